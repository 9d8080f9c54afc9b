#include "daemon/commands/checking/streaming_check.hpp"

#include "base/text.hpp"

namespace kustodrop::daemon {

using kusto::streaming_step;

std::optional<failure> streaming_problem(const kusto::streaming_reply& answered) {
    switch (answered.step) {
    case streaming_step::succeeded:
    case streaming_step::queue_for_moment:
        return std::nullopt;
    case streaming_step::failed: {
        // That there are no rows is what was to be refused.
        bool is_empty = to_lower(answered.why.detail).find("empty") != std::string::npos;
        if (is_empty) return std::nullopt;
        break;
    }
    default:
        break;
    }
    auto out = answered.why;
    bool is_ours = answered.step == streaming_step::failed ||
                   answered.step == streaming_step::queue_for_long ||
                   answered.step == streaming_step::queue_for_rights;
    if (is_ours) out.next = remedy::reconfigure;
    return out;
}

static kusto::streamed_source empty_source(const kusto::target& where) {
    kusto::streamed_source out;
    out.id = "kustodrop-check";
    out.database = where.database;
    out.table = where.table;
    out.format = where.format;
    out.mapping_reference = where.mapping_reference;
    return out;
}

asio::awaitable<void> check_streaming(
    connection& service, const std::vector<pipeline::watch_options>& watches, step_printer& out
) {
    for (auto& watch : watches) {
        if (watch.target.delivery != kusto::delivery_way::streaming) continue;
        auto what = empty_source(watch.target);
        std::string_view nothing;
        auto answered = co_await service.streaming.send(std::move(what), nothing);
        auto step = "streaming " + watch.name;
        if (auto problem = streaming_problem(answered)) {
            out.bad(step, *problem);
        } else {
            out.good(step, watch.target.name());
        }
    }
}

}  // namespace kustodrop::daemon
