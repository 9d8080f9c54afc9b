#include "pipeline/shipping/poster.hpp"

#include "kusto/notifications.hpp"
#include "pipeline/shipping/guarded.hpp"
#include "pipeline/shipping/shipment.hpp"

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static constexpr int report_in_table = 1;  // docs/protocol.md §7.2

// What a route has decided stays recorded as it is.
static std::string recorded_as(const spool::source& what, const watch& from, const target& where) {
    return is_destination(what.target) ? what.target : from.name_of(where);
}

asio::awaitable<result<bool>> poster::post(
    std::string source_id, watch& from, post_options options
) {
    auto token = co_await with_.identity_token.get();
    auto token_number = with_.identity_token.number();
    auto queue = co_await with_.router.queue();
    storage_router::visit visiting(with_.router, queue.account);
    auto* what = with_.sources.find(source_id);
    auto* blob = what ? spool::blob_of(what->stage) : nullptr;
    if (!blob || std::holds_alternative<stage::posted>(what->stage)) co_return false;
    auto container = with_.router.find_container(blob->account, blob->container);
    if (!container) {
        // It was removed or its SAS ends soon: the service could not read the blob for long enough.
        with_.sources.advance(*what, stage::claimed{});
        co_return false;
    }
    auto location = container->location.with_path_suffix(blob->name);
    auto where = from.target_for(*what);
    if (!where) co_return false;
    auto target = recorded_as(*what, from, *where);  // A new configuration may come while we wait.
    auto request = message_for(*what, *where, location, options.reports);
    request.client_version = options.client_version;
    if (request.report_method == report_in_table) {
        auto added = co_await add_status_row(request, what->posts + 1);
        if (added.has_error()) co_return added.error();
        what = with_.sources.find(source_id);
        blob = what ? spool::blob_of(what->stage) : nullptr;
        if (!blob || std::holds_alternative<stage::posted>(what->stage)) co_return false;
    }
    auto text = kusto::ingestion_message(request, *token);
    if (text.has_error()) co_return text.error();

    ++what->posts;
    bool in_table = request.report_method == report_in_table;
    what->reported.in_table = what->reported.in_table || in_table;
    what->reported.in_queue = what->reported.in_queue || !in_table;
    what->target = std::move(target);
    what->token_number = token_number;
    what->last_post_at = with_.time.wall_now();
    with_.sources.advance(*what, stage::posting{*blob, what->last_post_at});
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) {
        take_back_post(source_id);
        co_return safe.error();
    }
    auto putting = with_.queues.put_message(queue.location, std::move(*text));
    auto sent = co_await guarded(std::move(putting));
    // From here to the record nothing may wait: a cancellation would skip it (docs/traps.md §3).
    after_post(source_id, sent);
    with_.router.report(queue, sent);
    with_.attempts.request_ended(source_id, queue.account, "post", sent);
    if (sent.has_error()) co_return sent.error();
    co_return true;
}

// Before the post: the service writes the outcome there and makes no row of its own.
asio::awaitable<result<void>> poster::add_status_row(
    kusto::ingestion_request& request, unsigned post
) {
    auto resources = with_.router.current();
    if (!resources || resources->status_tables.empty()) {
        co_return failure{
            errc::no_status_table,
            remedy::reconfigure,
            "the cluster lends no status table: set notifications.report_method to queue"};
    }
    auto place = resources->status_tables.front();
    auto key = status_row_of(request.id, post);
    request.status = kusto::status_row{place.location, key.partition, key.row};
    auto row = kusto::pending_row(request);
    auto added = co_await with_.tables.insert(place.location, std::move(row));
    with_.router.report(place, added);
    with_.attempts.request_ended(request.id, place.account, "status row", added);
    co_return added;
}

void poster::after_post(const std::string& source_id, const result<void>& sent) {
    auto* what = with_.sources.find(source_id);
    auto* posting = what ? std::get_if<stage::posting>(&what->stage) : nullptr;
    if (!posting) return;  // Its outcome arrived while we were asking again.
    auto blob = posting->blob;
    if (!sent.has_error()) {
        with_.sources.advance(*what, stage::posted{std::move(blob), with_.time.wall_now()});
        with_.log.info(
            "posted",
            {{"watch", what->watch},
             {"source", source_id},
             {"file", what->slices.front().name},
             {"files", std::to_string(what->slices.size())},
             {"target", shown_target(what->target)},
             {"bytes", std::to_string(what->size_bytes())}}
        );
        next_.posted(*what);
        return;
    }
    if (sent.error().maybe_acted) {
        ++what->ambiguous_posts;
        with_.measured.count("kustodrop_posts_ambiguous_total", {{"watch", what->watch}}).add();
        with_.sources.note(*what);
        next_.unanswered(*what);
        return;
    }
    take_back_post(source_id);
}

// It is certain that the service never had it. The journal must know that too: after a restart it
// would be a copy whose outcome is still to come.
void poster::take_back_post(const std::string& source_id) {
    auto* what = with_.sources.find(source_id);
    auto* posting = what ? std::get_if<stage::posting>(&what->stage) : nullptr;
    if (!posting) return;
    auto blob = posting->blob;
    --what->posts;
    with_.sources.advance(*what, stage::uploaded{std::move(blob)});
}

}  // namespace kustodrop::pipeline
