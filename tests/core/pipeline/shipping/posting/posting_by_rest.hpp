#pragma once

#include "core/pipeline/shipping/shipping_fixture.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::test {

constexpr auto accepted = R"({"ingestionOperationId":"1;2;3"})";

/// Shippers that post by REST, and a second watch for another table if a test wants one.
struct posting_by_rest : shipping {
    posting_by_rest() {
        kusto::management_options where;
        where.endpoint = http::url::parse("https://ingest-c.kusto.windows.net").value();
        client.emplace(network, random, where);
        client->authenticate_with(
            [this]() -> asio::awaitable<kusto::management_client::token> { co_return token; },
            [this](const kusto::management_client::token&) {
                ++tokens_refused;
                token = std::make_shared<azure::access_token>();
            }
        );
        kusto::transport_keeper::parts keeping{io.get_executor(), clock, random, log, *client};
        keeper.emplace(keeping, kusto::transport_wish::rest);
        auto with = parts();
        with.rest = {&*client, &*keeper};
        shipper.emplace(std::move(with), how, next);
        storage = [this](const http::request& asked) { return by_rest(asked); };
    }
    ~posting_by_rest() {
        for (auto& one : tasks) cancel(*one);
        tasks.clear();
    }

    /// As in the engine: no shipper waits for a request.
    void run_requests() {
        shipper->run_requests_with([this](asio::awaitable<void> request) {
            tasks.push_back(start(std::move(request)));
        });
    }

    asio::awaitable<void> take_one() { co_await ready.pop(); }

    /// Another source stays in hand: what is to be posted waits for company.
    void keep_one_in_hand() {
        claim(9);
        tasks.push_back(start(take_one()));
        settle();
    }

    std::optional<result<http::response>> by_rest(const http::request& asked) {
        if (asked.service != "rest") return std::nullopt;
        if (asked.operation == "get_configuration") return http::response{200, {}, settings};
        bodies.push_back(asked.body);
        bool is_other = asked.target.path().ends_with("/Other");
        return is_other ? said_of_other : said;
    }

    /// The service prefers REST, but messages would do as well.
    void choose_way() {
        keeper->set_wish(kusto::transport_wish::automatic);
        tasks.push_back(start(keeper->run()));
        settle();
        BOOST_REQUIRE((keeper->current().chosen == kusto::transport::rest));
    }

    pipeline::watch& add_other() {
        pipeline::watch_options options = web().options;
        options.name = "other";
        options.target.table = "Other";
        auto& made = watches.add(options);
        made.folder = web().folder;
        return made;
    }

    void claim_for_other(int number) {
        spool::source what;
        what.id = id_of(number);
        what.watch = "other";
        what.target = "Logs.Other";
        what.slices = {claimed_file("f" + std::to_string(number), "1,2\n")};
        what.claimed_at = clock.wall_now();
        sources->admit(std::move(what));
        push(number);
    }

    const pipeline::target_gate& gate() { return web().gates.of("Logs.Web"); }

    void release() {
        for (auto& id : web().gates.release(clock.now())) ready.push(id, clock.now());
        settle();
    }

    std::size_t blobs_in(std::size_t request) const {
        std::size_t out = 0;
        auto& body = bodies.at(request);
        for (auto at = body.find("sourceId"); at != std::string::npos; ++out) {
            at = body.find("sourceId", at + 1);
        }
        return out;
    }

    std::shared_ptr<const azure::access_token> token = std::make_shared<azure::access_token>();
    std::optional<kusto::rest_client> client;
    std::optional<kusto::transport_keeper> keeper;
    result<http::response> said = http::response{200, {}, accepted};
    result<http::response> said_of_other = http::response{200, {}, accepted};
    std::string settings = R"({"ingestionSettings":{"preferredIngestionMethod":"Rest"}})";
    int tokens_refused = 0;
    std::vector<std::string> bodies;
};

}  // namespace kustodrop::test
