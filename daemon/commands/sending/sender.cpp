#include "daemon/commands/sending/sender.hpp"

#include "async/timed_wait.hpp"
#include "base/text.hpp"
#include "daemon/commands/found_files.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/program.hpp"
#include "daemon/run/translate.hpp"
#include "daemon/service/connections.hpp"

#include <csignal>
#include <filesystem>
#include <system_error>

namespace kustodrop::daemon {

// How long the service may be unreachable before `send` gives up.
static constexpr duration patience = 60s;
static constexpr duration look_again = 200ms;
static constexpr duration look_again_at_the_end = 10ms;
static constexpr duration longest_join = 5s;

// What was sent to another target or cluster by an earlier run is not of this one.
static std::string watch_name_of(const send_options& options) {
    auto name = "send:" + options.database + "." + options.table;
    return options.cluster.empty() ? name : name + "@" + options.cluster;
}

sender::sender(surroundings around, config::settings settings, send_options options)
    : around_(around),
      settings_(std::move(settings)),
      options_(std::move(options)),
      watch_name_(watch_name_of(options_)),
      pool_(2),
      journal_pool_(1),
      service_(around, settings_, config::process_environment()),
      tasks_(around.executor),
      progress_(around.executor),
      report_(options_.wait),
      display_(!options_.json, options_.wait),
      signals_(around.executor, SIGINT, SIGTERM),
      started_(around.time.now()) {}

sender::~sender() {
    pool_.join();
    journal_pool_.join();
}

// The configuration of a watch whose files are those that are named.
static pipeline::watch_options watch_options_of(const send_options& options, std::string name) {
    pipeline::watch_options watch;
    watch.name = std::move(name);
    watch.path = "/";
    watch.on_success = pipeline::success_action::keep;
    watch.on_failure = pipeline::failure_action::keep;
    watch.target.database = options.database;
    watch.target.table = options.table;
    watch.target.format = *kusto::parse_data_format(options.format);
    watch.target.mapping_reference = options.mapping;
    watch.target.ignore_first_record = options.ignore_first_record;
    if (options.delivery == "streaming") watch.target.delivery = kusto::delivery_way::streaming;
    return watch;
}

result<void> sender::open() {
    std::error_code problem;
    std::filesystem::create_directories(options_.state_directory, problem);
    if (problem) {
        return failure{
            .code = errc::journal_unopenable,
            .next = remedy::reconfigure,
            .detail =
                "cannot make " + printable(options_.state_directory) + ": " + problem.message(),
            .hint = "name a folder that this user may write with --state-directory"};
    }
    auto options = spool::options_for_many(options_.state_directory + "/journal.db");
    auto journal = spool::journal::open(
        around_.executor, options, around_.time, journal_pool_, around_.log, around_.measured
    );
    if (journal.has_error()) return journal.error();
    journal_ = std::move(*journal);
    auto service = service_parts_of(service_);
    if (options_.delivery != "streaming") service.streaming = nullptr;
    service.cluster = options_.cluster;
    pipeline::engine_parts parts{
        around_.executor,
        *journal_,
        {service},
        pool_,
        around_.time,
        around_.random,
        around_.log,
        around_.measured};
    auto how = engine_options_of(settings_);
    how.inotify = false;
    pipeline::engine_observer& follower = *this;
    engine_ = std::make_unique<pipeline::engine>(std::move(parts), std::move(how), &follower);
    auto resumed = engine_->resume({});
    if (resumed.has_error()) return resumed;
    auto files = engine_->open_named_files(watch_options_of(options_, watch_name_));
    if (files.has_error()) return files.error();
    files_ = *files;
    engine_->sources().each([&](const spool::source& what) {
        // One that is unconfirmed is reported when it is named.
        if (!engine_->sources().is_parked(what)) moved(what);
    });
    return {};
}

std::string sender::state_of(const std::string& path) const {
    auto found = report_.files().find(path);
    return found == report_.files().end() ? std::string() : found->second.state;
}

void sender::note(const sent_file& now, const std::string& state_before) {
    if (!report_.is_final(state_before) && report_.is_final(now.state)) display_.file(now);
    progress_.notify_all();
}

void sender::moved(const spool::source& what) {
    if (what.watch != watch_name_) return;  // Sent to another table by an earlier run.
    auto before = state_of("/" + what.slices.front().name);
    note(report_.note(what), before);
}

void sender::read(const std::string& source_id, std::uint64_t bytes) {
    report_.note_accepted(source_id, bytes);
}

void sender::take(const std::string& path) {
    auto taken = files_->take(path.substr(1));
    if (taken.source) return moved(*taken.source);
    auto before = state_of(path);
    if (taken.sent_before) {
        auto& known = *taken.sent_before;
        std::string outcome(to_string(known.outcome));
        return note(report_.note({path, known.source_id, outcome, "", "sent before"}), before);
    }
    auto& problem = *taken.problem;
    note(report_.note({path, "", "rejected", problem.code.text(), problem.message()}), before);
}

void sender::start() {
    service_.start(tasks_);
    tasks_.start(journal_->run());
    engine_->start();
}

asio::awaitable<int> sender::run() {
    auto paths = files_at(options_.paths);
    if (paths.has_error()) {
        trouble_ = paths.error();
        co_return bad_usage;
    }
    auto opened = open();
    if (opened.has_error()) {
        trouble_ = opened.error();
        co_return exit_code_for(*trouble_);
    }
    for (auto& path : *paths) take(path);
    start();
    co_await wait_for_the_end();
    auto end = around_.time.now() + longest_join;
    display_.draw(report_.state(), around_.time.now());
    display_.close(report_.files(), report_.state(), around_.time.now() - started_);
    engine_->cancel();
    tasks_.cancel();
    co_await engine_->join(end);
    co_await tasks_.join_until(around_.time, end);
    co_return trouble_ ? exit_code_for(*trouble_) : report_.exit_code();
}

// No notification came in time: for this run that is the outcome.
void sender::note_parked() {
    auto& sources = engine_->sources();
    sources.each_parked([&](const spool::source& what) {
        auto state = state_of("/" + what.slices.front().name);
        bool is_pending = !state.empty() && !spool::parse_outcome(state);
        if (is_pending) moved(what);
    });
}

// Everything is reported, and what is settled is recorded as sent.
bool sender::is_done() {
    if (!report_.all_final()) return false;
    static const auto settled = spool::any_stage(spool::stage::settled()).index();
    return engine_->sources().counts(watch_name_).files_in_stage[settled] == 0;
}

void sender::stop_on_signal() {
    signals_.async_wait([this](boost::system::error_code error, int) {
        if (error) return;
        interrupted_ = true;
        signals_.clear();
        progress_.notify_all();
    });
}

// The service takes nothing in for the target: what was sent may still have its outcomes, but a
// person has to act before anything else is.
std::optional<failure> sender::refusal() const {
    auto* from = engine_->watches().find(watch_name_);
    auto refused = from ? from->gates.refused_at_post() : nullptr;
    if (!refused) return std::nullopt;
    return failure{
        .code = service_code(refused->code()),
        .next = remedy::reconfigure,
        .detail = refused->details()};
}

// Why nothing gets through, now.
std::optional<failure> sender::trouble_now() {
    if (auto trouble = service_.trouble()) return trouble;
    if (auto trouble = engine_->delivery_trouble(0)) return trouble;
    return engine_->trouble_of(watch_name_);
}

// However short the time was, and although a failure or two are not trouble yet.
failure sender::why_unfinished() {
    auto why = trouble_now();
    if (!why) why = engine_->clusters().shipping_of(watch_name_)->last_failure();
    if (!why) why = service_.unusable();
    if (why) return with_advice(*why);
    return {
        .code = errc::timeout,
        .next = remedy::retry,
        .detail = "no failure, but it was not sent to " + service_.endpoint().host() +
                  " within --timeout",
        .hint = "send it again with a longer --timeout: what has arrived is not sent twice"};
}

asio::awaitable<void> sender::wait_for_the_end() {
    stop_on_signal();
    auto end = around_.time.now() + options_.timeout;
    while (!is_done() && !interrupted_ && around_.time.now() < end) {
        auto trouble = service_.trouble();
        if (!trouble) trouble = refusal();
        bool hopeless = trouble && trouble->next == remedy::reconfigure;
        if (trouble && (hopeless || around_.time.now() - started_ > patience)) {
            trouble_ = trouble;
            report_.note_trouble(trouble);
            co_return;
        }
        auto now = trouble_now();
        if (now) display_.trouble(*now);
        report_.note_trouble(now);
        display_.draw(report_.state(), around_.time.now());
        auto next_look = report_.all_final() ? look_again_at_the_end : look_again;
        co_await wait_until(progress_, around_.time, around_.time.now() + next_look);
        note_parked();
    }
    signals_.cancel();
    if (!interrupted_ && !report_.all_sent()) {
        auto why = why_unfinished();
        display_.trouble(why);
        report_.note_trouble(why);
    }
    // What was recorded last is on disk before the report is given.
    co_await journal_->durable();
}

result<void> sender::flush() {
    if (!journal_) return {};
    return journal_->flush();
}

}  // namespace kustodrop::daemon
