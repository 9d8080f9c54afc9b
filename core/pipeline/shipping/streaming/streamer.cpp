#include "pipeline/shipping/streaming/streamer.hpp"

#include "base/text.hpp"
#include "pipeline/shipping/guarded.hpp"
#include "pipeline/shipping/shipment.hpp"
#include "pipeline/shipping/uploading/byte_counts.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;
using kusto::streaming_reply;
using kusto::streaming_step;

bool streamer::streams(const spool::source& what, const watch& from, const shipper_options& options)
    const {
    if (!with_.streaming || !with_.answered) return false;
    return ways_.streams(what, from.options, options.streaming_bytes, with_.time.now());
}

// One buffer holds it all: whatever does not fit is not streamed.
asio::awaitable<result<streamer::content>> streamer::read(
    spool::source what, const watch& from, shipper_options options
) {
    auto found = from.target_for(what);  // A copy: a reload may change it while we read.
    auto where = found ? std::move(*found) : from.options.target;
    auto folder = from.folder;  // Held: the watch may lose it while we read.
    if (!folder) {
        co_return failure{errc::folder_absent, remedy::retry, "the watched folder is absent"};
    }
    auto most = options.streaming_bytes;
    options.max_raw_bytes = most;
    auto room = buffer_bytes_for(what.size_bytes(), most + most / 64 + 1024);
    auto buffer = std::make_shared<std::string>(room, '\0');
    source_in_watch opened{what, from, where, folder};
    content out;
    out.reader = opening_.open(opened, options, 1);
    auto reader = out.reader;
    reading_lanes::work work;
    work.read = [reader, buffer, folder] {
        return reader->next(std::span<char>(buffer->data(), buffer->size()));
    };
    work.progress = [reader] { return reader->progress(); };
    auto made = co_await lanes_.run(what.watch, std::move(work));
    if (made.has_error()) co_return made.error();
    bool is_zip = reader->form() == spool::stored_as::zip;
    if (!made->last || is_zip) {
        co_return failure{errc::too_large, remedy::give_up, "it does not fit into one request"};
    }
    buffer->resize(made->bytes);
    out.bytes = std::move(*buffer);
    co_return out;
}

asio::awaitable<result<bool>> streamer::send(
    std::string source_id, watch& from, shipper_options options
) {
    // Not while the source is `posting`, which a crash makes an ambiguous post.
    co_await with_.streaming->wait_for_token();
    auto* what = with_.sources.find(source_id);
    if (!what) co_return true;
    auto lease = co_await with_.memory.take(what->size_bytes() + 1024);
    what = with_.sources.find(source_id);
    if (!what) co_return true;
    auto made = co_await read(*what, from, options);
    what = with_.sources.find(source_id);
    if (!what || !std::holds_alternative<stage::claimed>(what->stage)) co_return true;
    if (made.has_error()) {
        // The upload reads it again, and finds out what that means for the file.
        ways_.queue_this(source_id);
        co_return false;
    }
    auto found = from.target_for(*what);
    if (!found) co_return true;  // Its gate holds it then.
    auto& where = *found;
    kusto::streamed_source request;
    request.id = source_id;
    request.attempt = what->posts + 1;
    request.database = where.database;
    request.table = where.table;
    request.format = where.format;
    request.mapping_reference = where.mapping_reference;
    request.gzip = made->reader->form() == spool::stored_as::gzip;
    if (made->reader->whole()) what->slices.front() = *made->reader->whole();
    if (!is_destination(what->target)) what->target = from.name_of(where);
    auto sent = co_await post(source_id, std::move(request), *made);
    co_return sent;
}

asio::awaitable<result<streaming_reply>> streamer::ask(
    kusto::streamed_source request, std::string_view bytes
) {
    auto reply = co_await with_.streaming->send(std::move(request), bytes);
    co_return reply;
}

asio::awaitable<result<bool>> streamer::post(
    std::string source_id, kusto::streamed_source request, const content& made
) {
    auto* what = with_.sources.find(source_id);
    spool::blob_record sizes;  // In no container.
    sizes.raw_bytes = made.reader->raw_bytes();
    sizes.stored_bytes = made.reader->stored_bytes();
    ++what->posts;
    what->records = made.reader->records();
    what->reported.in_answer = true;
    what->cluster = with_.cluster.record();
    what->last_post_at = with_.time.wall_now();
    with_.sources.advance(*what, stage::posting{sizes, what->last_post_at});
    auto safe = co_await with_.journal.durable();
    what = with_.sources.find(source_id);
    if (safe.has_error()) {
        if (what) take_back(*what);
        co_return safe.error();
    }
    auto sent_at = with_.time.now();
    if (ways_.paused(what->target, sent_at)) {
        // What was answered meanwhile wants a pause: to send it now would be to pass that over.
        take_back(*what);
        co_return false;
    }
    ways_.begins(what->target, sent_at);
    auto asking = ask(std::move(request), made.bytes);
    auto answered = co_await guarded(std::move(asking));
    // From here to the record nothing may wait: a cancellation would skip it (docs/traps.md §3).
    what = with_.sources.find(source_id);
    if (!what || !std::holds_alternative<stage::posting>(what->stage)) co_return true;
    streaming_reply reply;
    if (answered) reply = *answered;
    if (!answered) reply = {streaming_step::unanswered, answered.error()};
    if (reply.step == streaming_step::succeeded) {
        opening_.count_rows(what->watch, made.reader->rows());
        count_bytes(with_.measured, what->watch, sizes);
    }
    co_return after_post(source_id, reply, sent_at);
}

static kusto::notification notification_of(
    const spool::source& what, const streaming_reply& reply, wall_time now
) {
    kusto::notification out;
    out.source_id = what.id;
    out.success = reply.step == streaming_step::succeeded;
    out.operation_id = reply.why.request_id;
    out.at = now;
    if (out.success) return out;
    out.code = reply.why.code.text();
    out.details = reply.why.message();
    out.status = kusto::failure_status::permanent;
    return out;
}

result<bool> streamer::after_post(
    const std::string& source_id, const streaming_reply& reply, time_point sent_at
) {
    auto& what = *with_.sources.find(source_id);
    count(what, reply.step);
    switch (reply.step) {
    case streaming_step::succeeded:
        if (ways_.succeeded(source_id, what.target, sent_at)) {
            with_.log.info("streaming works again", {{"target", shown_target(what.target)}});
        }
        with_.log.info(
            "streamed",
            {{"watch", what.watch},
             {"source", source_id},
             {"file", what.slices.front().name},
             {"files", std::to_string(what.slices.size())},
             {"target", shown_target(what.target)},
             {"bytes", std::to_string(what.size_bytes())}}
        );
        [[fallthrough]];
    case streaming_step::failed: {
        ways_.answered(what.target);
        if (reply.step == streaming_step::failed) ways_.forget(source_id);
        auto reported = notification_of(what, reply, with_.time.wall_now());
        with_.answered(reported);
        return true;
    }
    case streaming_step::unanswered:
        ++what.ambiguous_posts;
        with_.measured.count("kustodrop_posts_ambiguous_total", {{"watch", what.watch}}).add();
        with_.sources.note(what);
        if (ways_.lost(what.target, reply.why, sent_at, with_.time.now())) report(what, reply);
        next_.unanswered(what);
        return reply.why;
    default:
        break;
    }
    // It is certain that the service has nothing of it.
    take_back(what);
    auto now = with_.time.now();
    auto after = ways_.ended(what, what.target, reply, now, with_.random);
    if (after.begins) report(what, reply);
    if (after.next == streaming_ways::next::again) return reply.why;
    return false;
}

void streamer::report(const spool::source& what, const streaming_reply& reply) {
    auto now = with_.time.now();
    auto pause = ways_.paused(what.target, now);
    bool is_short = reply.step == streaming_step::queue_for_moment;
    with_.log.write(
        is_short ? log_level::info : log_level::warning,
        "streaming pauses; files are queued until it is tried again",
        {{"watch", what.watch},
         {"target", shown_target(what.target)},
         {"code", reply.why.code.text()},
         {"detail", reply.why.message()},
         {"request_id", reply.why.request_id},
         {"for", human_duration(pause ? pause->until - now : duration::zero())}}
    );
}

void streamer::count(const spool::source& what, streaming_step step) {
    metric_labels labels{{"watch", what.watch}, {"result", std::string(to_string(step))}};
    with_.measured.count("kustodrop_streaming_requests_total", labels).add();
}

void streamer::take_back(spool::source& what) {
    --what.posts;
    // One that was answered before counts on.
    what.reported.in_answer = what.posts > 0;
    with_.sources.advance(what, stage::claimed{});
}

void streamer::give_up_answer(spool::source& what) {
    // No report on it will come: the outcome of the next post is that of the source.
    what.posts -= std::min(what.posts, 1u);
    with_.sources.advance(what, stage::claimed{});
}

}  // namespace kustodrop::pipeline
