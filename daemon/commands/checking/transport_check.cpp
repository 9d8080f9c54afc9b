#include "daemon/commands/checking/transport_check.hpp"

#include "kusto/rest/rest_request.hpp"

#include <set>
#include <string>
#include <utility>

namespace kustodrop::daemon {

// Of the form of an operation's id, and of none.
static constexpr auto no_operation = "00000000;00000000;00000000-0000-0000-0000-000000000000";

// An answer that is not 401 or 403 shows that the question was allowed.
static asio::awaitable<void> check_right(
    kusto::rest_client& client, kusto::target where, step_printer& out
) {
    auto path = kusto::operation_path(where.database, where.table, no_operation);
    auto answer = co_await client.status(std::move(path), false);
    auto step = "REST " + where.name();
    bool is_refused = answer.status == 401 || answer.status == 403;
    if (is_refused) co_return out.bad(step, *answer.problem);
    if (!answer.problem || !answer.is_known)
        co_return out.good(step, "operations can be asked for");
    out.skipped(step, answer.problem->message());
}

asio::awaitable<void> check_transport(
    connection& service, const config::settings& settings, step_printer& out
) {
    auto wish = settings.cluster.transport;
    if (wish == kusto::transport_wish::queued) {
        co_return out.good("transport", "queued, as cluster.transport says");
    }
    auto reply = co_await service.rest.settings();
    auto choice = kusto::choose_transport(reply.answer, std::nullopt);
    bool is_wanted = wish == kusto::transport_wish::rest;
    if (is_wanted && reply.problem) co_return out.bad("transport", *reply.problem);
    bool by_rest = is_wanted || choice.chosen == kusto::transport::rest;
    if (!by_rest) {
        auto why = std::string(to_string(choice.reason));
        co_return out.good("transport", "queued (ingestion by REST: " + why + ")");
    }
    out.good("transport", is_wanted ? "REST, as cluster.transport says" : "REST (preferred)");
    std::set<std::string> seen;
    for (auto& watch : settings.watches) {
        auto where = watch.target;
        if (!seen.insert(where.name()).second) continue;
        co_await check_right(service.rest, std::move(where), out);
    }
}

}  // namespace kustodrop::daemon
