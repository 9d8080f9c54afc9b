#include "daemon/commands/checking/service_check.hpp"

#include "azure/storage/sas_rights.hpp"
#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "daemon/commands/checking/service_facts.hpp"
#include "daemon/commands/checking/streaming_check.hpp"
#include "daemon/commands/checking/target_check.hpp"
#include "daemon/commands/checking/transport_check.hpp"
#include "daemon/fleet/fleet_rows.hpp"
#include "http/clock_skew.hpp"
#include "pipeline/outcomes/polling/queue_book.hpp"

#include <algorithm>

namespace kustodrop::daemon {

asio::awaitable<bool> service_check::probe(http::url place) {
    auto origin = place.origin();
    auto known = probed_.find(origin);
    if (known != probed_.end()) co_return known->second;
    auto steps = co_await service_.network->probe(place);
    bool all = true;
    for (auto& step : steps) {
        auto name = step.name + " " + place.authority();
        if (step.ok) {
            out_.good(name, step.detail);
            continue;
        }
        failure problem{.code = step.code, .detail = step.detail, .hint = step.hint};
        out_.bad(name, problem);
        all = false;
    }
    probed_[origin] = all;
    co_return all;
}

// SAS and assertions are refused outside the time they are signed for (docs/protocol.md §1.4).
void service_check::check_clock(const kusto::cloud& cloud) {
    if (!cloud.served_at) return;
    auto skew = http::clock_skew(*cloud.served_at, time_.wall_now());
    auto harm = http::skew_hint(skew, service_.endpoint().host());
    if (harm) {
        out_.bad("clock", {errc::clock, remedy::reconfigure, *harm});
    } else {
        out_.good("clock", "agrees with the service's");
    }
}

asio::awaitable<bool> service_check::sign_in() {
    auto named = co_await service_.ask_cloud();
    if (named.has_error()) {
        out_.bad("metadata", named.error());
        co_return false;
    }
    auto login = named->login_endpoint;
    out_.good("metadata", "sign in at " + login.redacted());
    check_clock(*named);
    // A machine's own identity comes from the machine.
    if (service_.needs_login()) {
        hosts_.emplace(login.authority(), "signing in");
        bool reached = co_await probe(login);
        if (!reached) co_return false;
    }
    auto token = co_await service_.fetch_token();
    if (token.has_error()) {
        out_.bad("token", token.error());
        co_return false;
    }
    out_.good("token", "good for " + human_duration(token->value.lifetime));
    co_return true;
}

void service_check::note(const kusto::resource_set& resources) {
    knows_storage_ = true;
    auto add = [&](const auto& list, const std::string& what) {
        for (auto& place : list) hosts_.emplace(place.location.authority(), what);
    };
    add(resources.containers, "uploading");
    add(resources.ingestion_queues, "posting");
    add(resources.failed_queues, "notifications");
    add(resources.successful_queues, "notifications");
    add(resources.status_tables, "status tables");
}

// What the SAS says answers most questions about a new cluster.
static step_printer::described described(const azure::storage_place& place) {
    return {place.name, azure::sas_description(place)};
}

asio::awaitable<void> service_check::check_container(azure::storage_place container) {
    auto name = "container " + container.account;
    bool reached = co_await probe(container.location);
    if (!reached) co_return out_.skipped(name, container.name + " cannot be reached");
    auto blob = container.location.with_path_suffix("kustodrop-check");
    auto size = co_await service_.blobs.size(blob);
    if (size.has_error()) co_return out_.bad(name, size.error());
    out_.good(name, described(container));
}

// Taking a message to prove that it can be taken would hide it from the others.
asio::awaitable<void> service_check::check_notifications(
    std::string kind, azure::storage_place queue
) {
    auto name = kind + " queue " + queue.account;
    bool reached = co_await probe(queue.location);
    if (!reached) co_return out_.skipped(name, queue.name + " cannot be reached");
    if (!azure::allows(queue, 'r')) {
        auto what = described(queue);
        what.common += ": not for peeking, messages are taken";
        co_return out_.good(name, what);
    }
    auto seen = co_await service_.queues.peek(queue.location, 1);
    if (seen.has_error()) co_return out_.bad(name, seen.error());
    out_.good(name, described(queue));
}

asio::awaitable<void> service_check::check_table(azure::storage_place table) {
    auto name = "status table " + table.account;
    bool reached = co_await probe(table.location);
    if (!reached) co_return out_.skipped(name, table.name + " cannot be reached");
    azure::row_key none{"kustodrop-check", "kustodrop-check"};
    auto row = co_await service_.tables.get(table.location, none);
    if (row.has_error() && azure::allows(table, 'r')) co_return out_.bad(name, row.error());
    out_.good(name, described(table));
}

asio::awaitable<void> service_check::check_storage(kusto::resource_set resources) {
    out_.gather();
    for (auto& container : resources.containers) co_await check_container(container);
    for (auto& queue : resources.ingestion_queues) {
        auto name = "queue " + queue.account;
        bool reached = co_await probe(queue.location);
        if (reached) {
            auto what = described(queue);
            what.common += ": only a post proves it";
            out_.good(name, what);
        } else {
            out_.skipped(name, queue.name + " cannot be reached");
        }
    }
    for (auto& queue : resources.failed_queues) co_await check_notifications("failure", queue);
    for (auto& queue : resources.successful_queues) co_await check_notifications("success", queue);
    for (auto& table : resources.status_tables) co_await check_table(table);
    out_.print_gathered();
    auto& reported = settings_.notifications;
    auto problem = pipeline::reporting_problem(resources, reported.reports, reported.method);
    if (problem) out_.bad("outcomes", *problem);
}

asio::awaitable<void> service_check::check_resources() {
    auto fetched = co_await service_.fetch_resources();
    if (fetched.has_error()) co_return out_.bad("ingestion resources", fetched.error());
    auto resources = std::move(fetched->value);
    note(resources);
    for (auto& warning : resources.warnings) {
        out_.bad(
            "ingestion resources", {errc::untrusted_storage_host, remedy::reconfigure, warning}
        );
    }
    out_.good(
        "ingestion resources",
        counted(resources.containers.size(), "container") + ", " +
            counted(resources.ingestion_queues.size(), "queue")
    );
    auto identity = co_await service_.fetch_identity_token();
    if (identity.has_error())
        out_.bad("identity token", identity.error());
    else
        out_.good("identity token", "given");
    co_await check_storage(std::move(resources));
}

asio::awaitable<void> service_check::check_targets() {
    target_check targets(service_, settings_.watches, out_);
    if (targets.endpoint() != service_.endpoint()) {
        hosts_.emplace(targets.endpoint().authority(), "checking targets; shipping needs it not");
    }
    co_await targets.run();
    auto& fleet = settings_.fleet;
    if (!fleet.database.empty()) {
        kusto::target where{fleet.database, fleet.table, kusto::data_format::json, fleet_mapping};
        std::string remedy = "run the commands that kustodrop gen-fleet prints";
        co_await targets.check_table("fleet table", std::move(where), std::move(remedy));
    }
    auto streams = [](auto& watch) {
        return watch.target.delivery == kusto::delivery_way::streaming;
    };
    if (std::ranges::none_of(settings_.watches, streams)) co_return;
    hosts_.insert_or_assign(targets.endpoint().authority(), "streaming");
    co_await check_streaming(service_, settings_.watches, out_);
}

asio::awaitable<void> service_check::run() {
    auto endpoint = service_.endpoint();
    hosts_.emplace(endpoint.authority(), "commands");
    auto proxy = service_.proxy();
    if (!proxy.empty()) hosts_.emplace(proxy, "the proxy, which must reach all others");
    bool reached = co_await probe(endpoint);
    if (!reached) co_return;
    bool signed_in = co_await sign_in();
    if (!signed_in) co_return;
    auto executor = co_await asio::this_coro::executor;
    task_group caches(executor);
    caches.start(service_.token.run());
    co_await check_resources();
    co_await check_transport(service_, settings_, out_);
    co_await show_service_facts(service_, settings_, out_);
    co_await check_targets();
    caches.cancel();
    co_await caches.join();
}

}  // namespace kustodrop::daemon
