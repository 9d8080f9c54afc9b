#pragma once

#include "core/pipeline/outcomes/awaiting.hpp"
#include "pipeline/outcomes/polling/operation_poller.hpp"

#include <memory>
#include <optional>
#include <string>

namespace kustodrop::test {

using namespace std::chrono_literals;

inline constexpr auto pending =
    R"({"status":{"Succeeded":0,"Failed":0,"InProgress":2,"Canceled":0}})";

/// A poller of operations over a scripted service.
struct asking : awaiting {
    asking() {
        kusto::management_options where;
        where.endpoint = http::url::parse("https://ingest-c.kusto.windows.net").value();
        client.emplace(rest, random, where);
        client->authenticate_with(
            [this]() -> asio::awaitable<kusto::management_client::token> { co_return token; },
            [this](const kusto::management_client::token&) {
                token = std::make_shared<azure::access_token>();
            }
        );
        pipeline::outcome_handler::parts handling{
            *sources,
            *absent,
            ready,
            watches,
            expected,
            identity_token,
            clock,
            random,
            log,
            measured};
        handler.emplace(handling, options, next);
        pipeline::operation_poller::parts with{
            *sources, *absent, expected, *handler, &*client, clock, measured};
        poller.emplace(with, options);
    }
    ~asking() { stop(); }

    spool::source& posted_in(
        int number, const std::string& operation, const std::string& table = "Web"
    ) {
        auto& what = posted(number);
        what.reported.in_operation = true;
        what.rest_posts.push_back({"Logs", table, operation});
        expected.add(what.id, clock.now(), what.reported);
        poller->expect(what);
        return what;
    }

    static std::string blob(int number, const std::string& rest) {
        return R"({"sourceId":")" + id_of(number) + R"(","url":"https://a/b?sig=s",)" + rest + "}";
    }

    static std::string details(const std::string& counters, const std::string& blobs) {
        return R"({"status":{)" + counters + R"(},"details":[)" + blobs + "]}";
    }

    bool poll() {
        auto polled = start(poller->poll());
        BOOST_REQUIRE(polled->done());
        return polled->value.value();
    }

    scripted_transport rest;
    std::shared_ptr<const azure::access_token> token = std::make_shared<azure::access_token>();
    std::optional<kusto::rest_client> client;
    pipeline::expectations expected;
    pipeline::outcomes_options options;
    std::optional<pipeline::outcome_handler> handler;
    std::optional<pipeline::operation_poller> poller;
};

}  // namespace kustodrop::test
