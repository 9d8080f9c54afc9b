#include "pipeline/shipping/posting/rest_poster.hpp"

#include "async/timed_wait.hpp"
#include "pipeline/shipping/guarded.hpp"
#include "pipeline/targets/target_route.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

static constexpr duration longest_gathering = 100ms;
static constexpr std::size_t requests_on_their_way = 10;  // Before shippers wait for theirs.

/// Sources that go into one request. The first of them leads: it waits, sends and wakes the others.
struct rest_poster::group {
    group(kusto::request_group begun, asio::any_io_executor executor)
        : all(std::move(begun)), changed(std::move(executor)) {}

    kusto::request_group all;
    std::vector<std::string> handed_over;  // Of them those that no one waits for.
    std::unordered_set<std::string> sent;  // Those that were in the request.
    bool is_full = false;
    bool has_ended = false;
    result<void> outcome = unforeseen(std::runtime_error("the request was given up"));
    event changed;
};

/// However the leader ends, no member waits for it any longer.
class rest_poster::leading {
public:
    leading(rest_poster& poster, shared_group mine) : poster_(poster), mine_(std::move(mine)) {}
    leading(const leading&) = delete;
    ~leading() {
        poster_.close(*mine_);
        poster_.posting_ -= mine_->all.members().size();
        mine_->has_ended = true;
        mine_->changed.notify_all();
    }

private:
    rest_poster& poster_;
    shared_group mine_;
};

rest_poster::rest_poster(parts with)
    : with_(with),
      answers_(
          {with.sources, with.rest, with.time, with.log, with.attempts, with.marks, with.targets}
      ) {}

rest_poster::~rest_poster() = default;

// A group that this one may join, or a new one, which it leads.
rest_poster::place rest_poster::join(
    kusto::ingestion_request request, asio::any_io_executor executor
) {
    ++posting_;
    bool is_alone = answers_.goes_alone(request.id);
    for (auto& one : open_) {
        if (is_alone || one->is_full || !one->all.takes(request)) continue;
        one->all.add(std::move(request));
        one->is_full = one->all.is_full();
        bool is_last = with_.ready.served(with_.line) <= posting_;
        if (one->is_full || is_last) one->changed.notify_all();
        return {one};
    }
    kusto::request_group all(std::move(request), with_.rest.transports->limits());
    auto mine = std::make_shared<group>(std::move(all), std::move(executor));
    mine->is_full = is_alone || mine->all.is_full();
    if (!mine->is_full) open_.push_back(mine);
    return {mine, true};
}

result<bool> rest_poster::end_of(const group& one, const std::string& source_id) {
    if (one.outcome.has_error()) return one.outcome.error();
    return one.sent.contains(source_id);
}

asio::awaitable<result<bool>> rest_poster::post(kusto::ingestion_request request) {
    auto executor = co_await asio::this_coro::executor;
    auto id = request.id;
    if (auto wait = answers_.closed(request)) co_return *wait;
    auto [mine, is_first] = join(std::move(request), executor);
    if (is_first) {
        co_await lead(mine);
    } else {
        while (!mine->has_ended) co_await mine->changed.wait();
    }
    co_return end_of(*mine, id);
}

asio::awaitable<bool> rest_poster::hand_over(const kusto::ingestion_request& request) {
    auto executor = co_await asio::this_coro::executor;
    auto most = requests_on_their_way * with_.rest.transports->limits().blobs;
    if (!start_ || posting_ >= most || answers_.closed(request)) co_return false;
    auto [mine, is_first] = join(request, executor);
    mine->handed_over.push_back(request.id);
    if (is_first) start_(run(mine));
    co_return true;
}

asio::awaitable<void> rest_poster::lead(shared_group mine) {
    leading held(*this, mine);
    co_await gather(mine);
    close(*mine);
    if (auto wait = answers_.closed(mine->all.members().front())) {
        mine->outcome = *wait;
    } else {
        auto sending = send(mine);
        mine->outcome = co_await guarded(std::move(sending));
    }
}

asio::awaitable<void> rest_poster::run(shared_group mine) {
    co_await lead(mine);
    for (auto& id : mine->handed_over) ended_(id, end_of(*mine, id));
}

// Nothing can join but what shippers have in hand and is in no group yet.
asio::awaitable<void> rest_poster::gather(shared_group mine) {
    auto until = with_.time.now() + longest_gathering;
    while (!mine->is_full && with_.ready.served(with_.line) > posting_) {
        if (with_.time.now() >= until) co_return;
        co_await wait_until(mine->changed, with_.time, until);
    }
}

void rest_poster::close(const group& one) {
    std::erase_if(open_, [&](const shared_group& other) { return other.get() == &one; });
}

// Those that still want to be posted are `posting` from now on.
std::vector<std::string> rest_poster::begin(const group& mine) {
    std::vector<std::string> ids;
    for (auto& one : mine.all.members()) {
        auto* what = with_.sources.find(one.id);
        auto* blob = what ? spool::blob_of(what->stage) : nullptr;
        if (!blob || std::holds_alternative<spool::stage::posted>(what->stage)) continue;
        begun_post post;
        // What a route has decided stays recorded as it is.
        bool is_routed = is_destination(what->target);
        post.target = is_routed ? what->target : one.database + "." + one.table;
        post.rest = spool::rest_post{one.database, one.table};
        with_.marks.begin(*what, std::move(post));
        ids.push_back(one.id);
    }
    return ids;
}

asio::awaitable<result<kusto::post_reply>> rest_poster::ask(
    std::string path, std::string body, kusto::rest_client::gate closed
) {
    auto& client = *with_.rest.client;
    auto reply = co_await client.post(std::move(path), std::move(body), std::move(closed));
    co_return reply;
}

asio::awaitable<result<void>> rest_poster::send(shared_group mine) {
    auto ids = begin(*mine);
    if (ids.empty()) co_return result<void>();
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) {
        for (auto& id : ids) with_.marks.take_back(id, true);
        co_return safe.error();
    }
    std::vector<kusto::ingestion_request> group;
    for (auto& one : mine->all.members()) {
        if (std::ranges::count(ids, one.id) > 0) group.push_back(one);
    }
    auto& first = group.front();
    auto path = kusto::rest_path(first.database, first.table);
    auto closed = [this, first] { return answers_.closed(first); };
    auto body = kusto::rest_body(group);
    auto asking = ask(std::move(path), std::move(body), closed);
    auto answered = co_await guarded(std::move(asking));
    // From here to the record nothing may wait: a cancellation would skip it (docs/traps.md §3).
    kusto::post_reply reply;
    if (answered) reply = std::move(*answered);
    if (!answered) reply = {kusto::post_step::unanswered, {}, answered.error()};
    auto outcome = answers_.learn(ids, first, reply);
    if (reply.step != kusto::post_step::accepted) co_return outcome;
    for (auto& id : ids) mine->sent.insert(id);
    auto recorded = co_await with_.journal.durable();
    // What could not be written is written later: it is posted all the same.
    if (recorded.has_error()) with_.log.debug("the operation is not on disk yet");
    for (auto& id : ids) with_.marks.hand_on(id);
    co_return result<void>();
}

}  // namespace kustodrop::pipeline
