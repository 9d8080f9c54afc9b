#include "daemon/commands/checking/service_facts.hpp"

#include "base/wording/counted.hpp"
#include "daemon/commands/checking/answer_facts.hpp"
#include "kusto/rest/rest_request.hpp"

#include <utility>

namespace kustodrop::daemon {

static constexpr auto absent_operation = "00000000;00000000;00000000-0000-0000-0000-000000000000";
static constexpr duration answer_timeout = 15s;

static asio::awaitable<result<http::response>> asked(
    connection& service, http::url target, std::string operation
) {
    auto token = co_await service.token.get();
    http::request request;
    request.target = std::move(target);
    request.service = "rest";
    request.operation = std::move(operation);
    request.total_timeout = answer_timeout;
    auto random = seeded_from_the_system();
    kusto::add_client_headers(request.headers, {}, *token, random);
    auto answer = co_await service.transport.send(std::move(request));
    co_return answer;
}

static asio::awaitable<void> show_configuration(connection& service, step_printer& out) {
    auto target = service.endpoint().with_path("/v1/rest/ingestion/configuration");
    auto answer = co_await asked(service, std::move(target), "get_configuration");
    if (!answer) co_return out.skipped("answer configuration", answer.error().message());
    auto facts = answer_facts(*answer);
    if (answer->status == 200) facts += ", " + configuration_facts(answer->body);
    out.good("answer configuration", facts);
}

static asio::awaitable<void> show_unknown_operation(
    connection& service, kusto::target where, step_printer& out
) {
    auto path = kusto::operation_path(where.database, where.table, absent_operation);
    auto target = service.endpoint().with_path(path).with_parameters("details=true");
    auto answer = co_await asked(service, std::move(target), "get_operation");
    if (!answer) co_return out.skipped("answer unknown-operation", answer.error().message());
    out.good("answer unknown-operation", answer_facts(*answer));
}

// Whether operations that were begun by REST can be asked for by a command too.
static asio::awaitable<void> show_command(connection& service, step_printer& out) {
    auto command = std::string(".show queued ingestion operations \"") + absent_operation + "\"";
    auto answer = co_await service.management.execute(std::move(command));
    if (!answer) co_return out.good("answer operations-command", answer.error().message());
    auto rows = answer->tables.empty() ? 0 : answer->tables.front().rows.size();
    out.good("answer operations-command", counted(rows, "row"));
}

asio::awaitable<void> show_service_facts(
    connection& service, const config::settings& settings, step_printer& out
) {
    bool is_wanted = settings.cluster.transport != kusto::transport_wish::queued;
    if (!is_wanted || settings.watches.empty()) co_return;
    auto where = settings.watches.front().target;
    out.gather();
    co_await show_configuration(service, out);
    co_await show_unknown_operation(service, std::move(where), out);
    co_await show_command(service, out);
    out.print_gathered();
}

}  // namespace kustodrop::daemon
