#include "kusto/rest/transport_keeper.hpp"

#include "async/timed_wait.hpp"

#include <algorithm>
#include <chrono>

namespace kustodrop::kusto {

static constexpr duration shortest_distance = 5s;
static constexpr duration longest_obeyed = 1min;

transport_keeper::transport_keeper(parts with, transport_wish wish)
    : with_(with), wish_(wish), changed_(with.executor) {}

void transport_keeper::set_wish(transport_wish wish) {
    if (wish == wish_) return;
    wish_ = wish;
    changed_.notify_all();
}

transport_choice transport_keeper::current() const {
    auto out = decided_;
    if (wish_ == transport_wish::automatic) {
        bool is_off = out.chosen == transport::rest && withdrawn_.is_on(with_.time.now());
        if (!is_off) return out;
        out.chosen = transport::queued;
        out.reason = choice_reason::refused;
        return out;
    }
    out.chosen = wish_ == transport_wish::rest ? transport::rest : transport::queued;
    out.reason = choice_reason::configured;
    return out;
}

asio::awaitable<transport> transport_keeper::chosen() {
    while (wish_ == transport_wish::automatic && !answered_) co_await changed_.wait();
    co_return current().chosen;
}

void transport_keeper::ask_soon() {
    soon_ = true;
    changed_.notify_all();
}

bool transport_keeper::withdraw(const failure& why) {
    ask_soon();
    // By any other wish posts stay with REST, so that nothing changes that could be said.
    if (!withdrawn_.refused(with_.time.now()) || !may_choose()) return false;
    with_.log.warning(
        "files are posted as queue messages: there is nothing that takes them by REST, which is "
        "tried again now and then",
        {{"transport", "queued"}, {"code", why.code.text()}, {"detail", why.message()}}
    );
    return true;
}

void transport_keeper::accepted() {
    if (!withdrawn_.accepted() || !may_choose()) return;
    with_.log.info("files are posted by REST again", {{"transport", "rest"}});
}

// A fleet does not ask at one time.
static duration spread(duration wait, random_generator& random) {
    std::uniform_real_distribution<double> share(0.9, 1.0);
    std::chrono::duration<double> exact(wait);
    return std::chrono::duration_cast<duration>(exact * share(random));
}

asio::awaitable<void> transport_keeper::run() {
    for (;;) {
        while (wish_ == transport_wish::queued) co_await changed_.wait();
        asked_at_ = with_.time.now();
        soon_ = false;
        auto reply = co_await with_.client.settings();
        learn(reply);
        auto now = with_.time.now();
        auto earliest = asked_at_ + shortest_distance;
        if (reply.problem && reply.problem->retry_after) {
            auto wish = std::min(*reply.problem->retry_after, longest_obeyed);
            earliest = std::max(earliest, now + wish);
        }
        auto next = std::max(earliest, now + spread(decided_.ask_again, with_.random));
        for (;;) {
            auto due = soon_ ? earliest : next;
            if (with_.time.now() >= due || wish_ == transport_wish::queued) break;
            co_await wait_until(changed_, with_.time, due);
        }
    }
}

void transport_keeper::learn(const settings_reply& reply) {
    auto former = decided_;
    std::optional<transport> last;
    if (is_known_) last = decided_.chosen;
    decided_ = choose_transport(reply.answer, last);
    is_known_ = is_known_ || decided_.reason != choice_reason::unknown_yet;
    if (auto& settings = reply.answer.settings) {
        limits_ = {std::max<std::size_t>(1, settings->max_blobs), settings->max_data_size};
    }
    report(former, reply);
    answered_ = true;
    changed_.notify_all();
}

void transport_keeper::report(const transport_choice& former, const settings_reply& reply) {
    auto chosen = std::string(to_string(decided_.chosen));
    auto reason = std::string(to_string(decided_.reason));
    std::string detail = reply.problem ? reply.problem->message() : "";
    if (wish_ == transport_wish::rest) {
        // It stays with REST whatever the answer is; what matters is that it works.
        bool works = !reply.problem;
        auto state = works ? "works" : reply.problem->code.text();
        if (state == reported_ || (works && reported_.empty())) return;
        reported_ = state;
        if (works) return with_.log.info("the ingestion configuration can be read again");
        return with_.log.warning(
            "the ingestion configuration cannot be read; files are posted by REST all the same, "
            "as cluster.transport says",
            {{"code", reply.problem->code.text()}, {"detail", detail}}
        );
    }
    bool is_first = !answered_;
    bool same = former.chosen == decided_.chosen && reason == reported_;
    bool is_outage = decided_.reason == choice_reason::kept;
    if (!is_first && (same || is_outage)) return;
    reported_ = reason;
    with_.log.info(
        "files are posted " + std::string(chosen == "rest" ? "by REST" : "as queue messages"),
        {{"transport", chosen}, {"reason", reason}, {"detail", detail}}
    );
}

}  // namespace kustodrop::kusto
