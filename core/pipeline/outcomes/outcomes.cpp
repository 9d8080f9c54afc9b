#include "pipeline/outcomes/outcomes.hpp"

#include "async/timed_wait.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

outcomes::outcomes(
    asio::any_io_executor executor,
    const outcomes_parts& with,
    const outcomes_options& options,
    routing& next
)
    : sources_(with.sources),
      time_(with.time),
      options_(options),
      changed_(executor),
      owners_(with.sources, with.journal),
      cleaner_(executor, with.queues, with.log),
      handler_(
          {with.sources,
           with.ready,
           with.watches,
           expected_,
           with.identity_token,
           with.time,
           with.random,
           with.log,
           with.measured},
          options,
          next
      ),
      queues_(
          {expected_,
           owners_,
           handler_,
           cleaner_,
           with.journal,
           with.router,
           with.queues,
           with.time,
           with.random,
           with.log,
           with.measured},
          options
      ),
      table_(
          {with.sources,
           expected_,
           handler_,
           with.router,
           with.tables,
           with.time,
           with.random,
           with.measured},
          options
      ) {}

void outcomes::set_options(const outcomes_options& options) {
    options_ = options;
    handler_.set_options(options);
    queues_.set_options(options);
    table_.set_options(options);
    changed_.notify_all();
}

void outcomes::expect(const spool::source& posted) {
    // A resumed source has waited before; a clock that was set back must not make it wait longer.
    bool is_known = posted.last_post_at != wall_time{};
    auto waited = std::chrono::microseconds(0);
    if (is_known) waited = time_.wall_now() - posted.last_post_at;
    waited = std::max(waited, std::chrono::microseconds(0));
    auto posted_at = time_.now() - std::min<duration>(waited, options_.outcome_timeout);
    expected_.add(posted.id, posted_at);
    changed_.notify_all();
}

std::optional<failure> outcomes::trouble() const {
    return options_.method == report_method::table ? table_.trouble() : queues_.trouble();
}

asio::awaitable<void> outcomes::run() {
    for (;;) {
        if (expected_.empty() && sources_.parked() == 0) {
            co_await changed_.wait();
            continue;
        }
        bool brought = false;
        if (options_.reports != report_level::none) brought = co_await poll();
        end_waiting();
        if (!brought) co_await pause();
    }
}

asio::awaitable<bool> outcomes::poll() {
    bool brought = false;
    if (options_.method == report_method::table) {
        brought = co_await table_.poll();
    } else {
        brought = co_await queues_.poll();
    }
    co_return brought;
}

// What is posted meanwhile brings the next poll nearer.
asio::awaitable<void> outcomes::pause() {
    auto timing = polling_options_of(options_);
    auto begun = time_.now();
    auto longest = duration::max();
    if (options_.method == report_method::queue)
        longest = queues_.wait_when_hidden().value_or(longest);
    for (;;) {
        auto now = time_.now();
        std::optional<duration> youngest;
        if (auto posted = expected_.youngest()) youngest = now - *posted;
        auto next = begun + std::min(longest, wait_before_poll(timing, youngest));
        if (now >= next) co_return;
        co_await wait_until(changed_, time_, next);
    }
}

// The sources that the service will not report on any more.
std::vector<std::string> outcomes::overdue() const {
    std::vector<std::string> ids;
    bool is_silent = options_.reports == report_level::none;
    auto now = time_.now();
    expected_.each([&](const expectations::entry& one) {
        auto deadline = one.posted_at + options_.outcome_timeout;
        if (!is_silent && deadline > now) return false;
        bool over = options_.method == report_method::table ? table_.is_over(deadline)
                                                            : queues_.is_over(deadline);
        if (is_silent || over) ids.push_back(one.source_id);
        return true;
    });
    return ids;
}

void outcomes::end_waiting() {
    for (auto& id : overdue()) {
        expected_.remove(id);
        auto* what = sources_.find(id);
        if (what && std::holds_alternative<stage::posted>(what->stage)) {
            handler_.handle_timeout(*what);
        }
    }
}

}  // namespace kustodrop::pipeline
