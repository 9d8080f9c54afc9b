#include "pipeline/shipping/posting/rest_poster.hpp"

#include "async/timed_wait.hpp"
#include "pipeline/shipping/guarded.hpp"
#include "pipeline/targets/target_route.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

static constexpr duration longest_gathering = 100ms;
static constexpr duration longest_obeyed = 1h;

/// Sources that go into one request. The first of them leads: it waits, sends and wakes the others.
struct rest_poster::group {
    explicit group(asio::any_io_executor executor) : changed(std::move(executor)) {}

    std::vector<kusto::ingestion_request> members;
    std::unordered_set<std::string> sent;  // Of them those that were in the request.
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
        poster_.posting_ -= mine_->members.size();
        mine_->has_ended = true;
        mine_->changed.notify_all();
    }

private:
    rest_poster& poster_;
    shared_group mine_;
};

rest_poster::~rest_poster() = default;

static std::uint64_t raw_bytes_of(const std::vector<kusto::ingestion_request>& all) {
    std::uint64_t out = 0;
    for (auto& one : all) out += one.raw_bytes;
    return out;
}

// A group that this one may join, or a new one, which it leads.
rest_poster::shared_group rest_poster::join(
    const kusto::ingestion_request& request, asio::any_io_executor executor
) {
    ++posting_;
    auto& limits = with_.rest.transports->limits();
    bool is_alone = alone_.contains(request.id);
    for (auto& one : open_) {
        if (is_alone || one->is_full) continue;
        auto candidates = one->members;
        candidates.push_back(request);
        if (kusto::next_group(candidates, limits).size() < candidates.size()) continue;
        one->members = std::move(candidates);
        one->is_full =
            one->members.size() >= limits.blobs || raw_bytes_of(one->members) >= limits.raw_bytes;
        one->changed.notify_all();
        return one;
    }
    auto mine = std::make_shared<group>(std::move(executor));
    mine->members.push_back(request);
    mine->is_full = is_alone || limits.blobs <= 1 || !kusto::may_share(request, request);
    if (!mine->is_full) open_.push_back(mine);
    return mine;
}

asio::awaitable<result<bool>> rest_poster::post(kusto::ingestion_request request) {
    auto executor = co_await asio::this_coro::executor;
    auto id = request.id;
    if (auto wait = throttling()) co_return *wait;
    auto mine = join(request, executor);
    if (mine->members.front().id != id) {
        while (!mine->has_ended) co_await mine->changed.wait();
    } else {
        leading held(*this, mine);
        co_await gather(mine);
        close(*mine);
        if (auto wait = throttling()) {
            mine->outcome = *wait;
        } else {
            auto sent = co_await send(mine);
            mine->outcome = sent;
        }
    }
    if (mine->outcome.has_error()) co_return mine->outcome.error();
    co_return mine->sent.contains(id);
}

// All requests go to one endpoint: what it said to one of them is for all.
std::optional<failure> rest_poster::throttling() const {
    auto now = with_.time.now();
    if (!throttled_ || now >= not_before_) return std::nullopt;
    auto out = *throttled_;
    out.retry_after = not_before_ - now;
    return out;
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
    for (auto& one : mine.members) {
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

asio::awaitable<result<void>> rest_poster::send(shared_group mine) {
    auto ids = begin(*mine);
    if (ids.empty()) co_return result<void>();
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) {
        for (auto& id : ids) with_.marks.take_back(id, true);
        co_return safe.error();
    }
    std::vector<kusto::ingestion_request> group;
    for (auto& one : mine->members) {
        if (std::ranges::count(ids, one.id) > 0) group.push_back(one);
    }
    auto& first = group.front();
    auto path = kusto::rest_path(first.database, first.table);
    auto posting = with_.rest.client->post(std::move(path), kusto::rest_body(group));
    auto sent = co_await guarded(std::move(posting));
    // From here to the record nothing may wait: a cancellation would skip it (docs/traps.md §3).
    learn(ids, sent);
    if (sent.has_error()) co_return sent.error();
    for (auto& id : ids) mine->sent.insert(id);
    auto recorded = co_await with_.journal.durable();
    // What could not be written is written later: it is posted all the same.
    if (recorded.has_error()) with_.log.debug("the operation is not on disk yet");
    for (auto& id : ids) with_.marks.hand_on(id);
    co_return result<void>();
}

void rest_poster::learn(const std::vector<std::string>& ids, const result<std::string>& sent) {
    result<void> outcome;
    if (sent.has_error()) outcome = sent.error();
    bool lost = sent.has_error() && sent.error().maybe_acted;
    bool refused = sent.has_error() && sent.error().next == remedy::reconfigure;
    if (sent.has_error() && !lost && sent.error().retry_after) {
        throttled_ = sent.error();
        not_before_ = with_.time.now() + std::min(*sent.error().retry_after, longest_obeyed);
    }
    // Another way may be open, or one of them may be to blame.
    if (refused) with_.rest.transports->ask_soon();
    for (auto& id : ids) {
        if (!sent.has_error()) {
            with_.marks.accepted(id, *sent);
            alone_.erase(id);
        } else if (lost) {
            with_.marks.unanswered(id);
        } else {
            if (refused && ids.size() > 1) alone_.insert(id);
            with_.marks.take_back(id, true);
        }
        with_.attempts.request_ended(id, with_.rest.client->host(), "post", outcome);
    }
    if (sent.has_error()) return;
    with_.log.debug(
        "operation",
        {{"operation", *sent}, {"sources", std::to_string(ids.size())}, {"first", ids.front()}}
    );
}

}  // namespace kustodrop::pipeline
