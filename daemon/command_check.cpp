#include "base/text.hpp"
#include "daemon/commands.hpp"
#include "daemon/program.hpp"
#include "spool/drop_folder.hpp"

#include <cstdio>
#include <set>

namespace kustodrop::daemon {

// Prints the steps and remembers the worst.
class step_printer {
public:
    void good(std::string_view step, const std::string& detail) { print("ok  ", step, detail); }

    void bad(std::string_view step, const failure& problem) {
        print("FAIL", step, problem.code + ": " + problem.detail);
        if (code_ == all_well) code_ = exit_code_for(problem);
    }

    void bad(std::string_view step, const std::string& detail, int code) {
        print("FAIL", step, detail);
        if (code_ == all_well) code_ = code;
    }

    int code() const { return code_; }

private:
    static void print(const char* mark, std::string_view step, const std::string& detail) {
        auto name = std::string(step);
        name.resize(std::max<std::size_t>(name.size(), 26), ' ');
        std::printf("%s  %s %s\n", mark, name.c_str(), printable(detail).c_str());
        std::fflush(stdout);
    }
    int code_ = all_well;
};

static void check_folders(const config::settings& settings, step_printer& out) {
    for (auto& watch : settings.watches) {
        auto step = "folder " + watch.name;
        auto folder = spool::drop_folder::open(watch.path);
        if (folder.has_error()) {
            out.bad(step, folder.error().detail, bad_configuration);
            continue;
        }
        auto advice = folder->advice();
        auto medium = folder->medium();
        auto words = watch.path + (medium ? " (" + medium->name + ")" : "");
        bool must_move = watch.claim == config::claim_mode::rename;
        if (advice && !advice->rename && must_move) {
            out.bad(step, words + ": " + advice->reason, bad_configuration);
        } else if (advice && !advice->rename) {
            out.good(step, words + ": " + advice->reason + ", so files are shipped in place");
        } else {
            out.good(step, words);
        }
    }
}

static asio::awaitable<bool> probe(connection& service, http::url place, step_printer& out) {
    auto steps = co_await service.network->probe(place);
    bool all = true;
    for (auto& step : steps) {
        auto name = step.name + " " + place.authority();
        if (step.ok) {
            out.good(name, step.detail);
        } else {
            out.bad(name, step.detail + (step.hint.empty() ? "" : "; " + step.hint), unreachable);
            all = false;
        }
    }
    co_return all;
}

static asio::awaitable<void> check_storage(
    connection& service, const kusto::resource_set& resources, step_printer& out
) {
    std::set<std::string> probed;
    for (auto& container : resources.containers) {
        if (probed.insert(container.location.origin()).second) {
            co_await probe(service, container.location, out);
        }
        auto blob = container.location.with_path_suffix("kustodrop-check");
        auto size = co_await service.blobs.size(blob);
        auto name = "container " + container.account;
        if (size.has_error())
            out.bad(name, size.error());
        else
            out.good(name, container.name);
    }
    for (auto& queue : resources.ingestion_queues) {
        if (probed.insert(queue.location.origin()).second) {
            co_await probe(service, queue.location, out);
        }
        out.good("queue " + queue.account, queue.name + " (a post is the only proof)");
    }
    for (auto* list : {&resources.failed_queues, &resources.successful_queues}) {
        for (auto& queue : *list) {
            auto seen = co_await service.queues.peek(queue.location, 1);
            auto name = "notifications " + queue.account;
            if (seen.has_error())
                out.bad(name, seen.error());
            else
                out.good(name, queue.name);
        }
    }
}

static void print_hosts(
    const connection& service,
    const std::optional<kusto::cloud>& cloud,
    const kusto::resource_set* resources
) {
    std::set<std::string> hosts{service.endpoint().authority()};
    if (cloud) hosts.insert(cloud->login_endpoint.authority());
    if (resources) {
        for (auto* list :
             {&resources->containers,
              &resources->ingestion_queues,
              &resources->failed_queues,
              &resources->successful_queues,
              &resources->status_tables}) {
            for (auto& place : *list) hosts.insert(place.location.authority());
        }
    }
    std::printf("\nHosts to open in a firewall (port 443 unless it is named):\n");
    for (auto& host : hosts) std::printf("  %s\n", host.c_str());
    if (!resources) std::printf("  and the storage accounts, known once the service answers\n");
}

static asio::awaitable<void> check_service(
    connection& service,
    step_printer& out,
    std::optional<kusto::cloud>& cloud,
    std::shared_ptr<const kusto::resource_set>& resources
) {
    bool reached = co_await probe(service, service.endpoint(), out);
    if (!reached) co_return;
    auto named = co_await service.ask_cloud();
    if (named.has_error()) co_return out.bad("metadata", named.error());
    cloud = *named;
    out.good("metadata", "sign in at " + cloud->login_endpoint.redacted());
    bool login = co_await probe(service, cloud->login_endpoint, out);
    if (!login) co_return;
    auto token = co_await service.fetch_token();
    if (token.has_error()) co_return out.bad("token", token.error());
    out.good("token", "good for " + human_duration(token->value.lifetime));

    auto executor = co_await asio::this_coro::executor;
    task_group caches(executor);
    caches.start(service.token.run());
    auto fetched = co_await service.fetch_resources();
    if (fetched.has_error()) {
        out.bad("ingestion resources", fetched.error());
    } else {
        resources = std::make_shared<const kusto::resource_set>(std::move(fetched->value));
        out.good(
            "ingestion resources",
            std::to_string(resources->containers.size()) + " containers, " +
                std::to_string(resources->ingestion_queues.size()) + " queues"
        );
        auto identity = co_await service.fetch_identity_token();
        if (identity.has_error())
            out.bad("identity token", identity.error());
        else
            out.good("identity token", "given");
        co_await check_storage(service, *resources, out);
    }
    caches.cancel();
    co_await caches.join();
}

static asio::awaitable<int> check_all(connection& service, step_printer& out) {
    std::optional<kusto::cloud> cloud;
    std::shared_ptr<const kusto::resource_set> resources;
    co_await check_service(service, out, cloud, resources);
    print_hosts(service, cloud, resources.get());
    co_return out.code();
}

int command_check(const check_options& options) {
    auto settings = load_settings(options.config);
    if (!settings) return bad_configuration;
    step_printer out;
    out.good("configuration", options.config);
    check_folders(*settings, out);
    if (options.offline) return out.code();
    program around(log_level::error, log_format::text);
    connection service(around.around(), *settings, config::process_environment());
    return around.run(check_all(service, out));
}

}  // namespace kustodrop::daemon
