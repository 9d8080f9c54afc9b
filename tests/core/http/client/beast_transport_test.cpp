#include "http/client/beast_transport.hpp"

#include "http/server/server.hpp"
#include "support/manual_clock.hpp"
#include "support/network.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <future>

using namespace kustodrop;
using http::verb;
using test::always;
using test::once;
using test::raw_server;
using test::small_ok;

BOOST_FIXTURE_TEST_SUITE(beast_transport_, test::network)

BOOST_AUTO_TEST_CASE(uses_a_connection_again) {
    raw_server server(always(small_ok));
    for (int i = 0; i < 5; ++i) BOOST_TEST(send(get(server.port())).has_value());
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(does_not_use_a_connection_again_that_the_server_ends) {
    raw_server server(always("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    for (int i = 0; i < 3; ++i) BOOST_TEST(send(get(server.port())).has_value());
    BOOST_TEST(server.connections() == 3);
}

BOOST_AUTO_TEST_CASE(does_not_use_a_connection_again_after_its_idle_time) {
    options.idle_timeout = 0s;
    raw_server server(always(small_ok));
    for (int i = 0; i < 3; ++i) BOOST_TEST(send(get(server.port())).has_value());
    BOOST_TEST(server.connections() == 3);
}

BOOST_AUTO_TEST_CASE(what_must_not_be_repeated_uses_a_connection_that_was_just_used) {
    raw_server server(always(small_ok));
    send(get(server.port()));
    BOOST_TEST(send(post(server.port(), "x")).has_value());
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(closes_what_is_idle_when_asked_to) {
    raw_server server(always(small_ok));
    BOOST_TEST(send(get(server.port())).has_value());
    transport().close_idle();
    BOOST_TEST(send(get(server.port())).has_value());
    BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(notices_that_the_server_closed_an_idle_connection) {
    std::promise<void> closed;
    raw_server server([&](raw_server::socket& client, int number) {
        raw_server::read_request(client);
        raw_server::say(client, small_ok);
        client.close();
        if (number == 1) closed.set_value();
    });
    BOOST_TEST(send(get(server.port())).has_value());
    closed.get_future().wait();
    // Not even a request that may not be repeated is lost to it.
    BOOST_TEST(send(post(server.port(), "x")).has_value());
    BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(holds_bodies_to_blobs_to_their_rate_and_no_others) {
    test::manual_clock time;
    options.blob_rates = timetable(20'000);
    http::beast_transport slow(io.get_executor(), options, time, measured);
    raw_server server(always(small_ok));
    auto took = [&](std::string service, duration step) {
        auto ask = post(server.port(), std::string(40'000, 'x'));
        ask.service = std::move(service);
        bool done = false;
        auto began = time.now();
        auto finish = [&](std::exception_ptr, result<http::response> answer) {
            BOOST_TEST(answer.has_value());
            done = true;
        };
        asio::co_spawn(io, slow.send(std::move(ask)), finish);
        while (!done) {
            // A server that is slow for real must not let the clock run into a deadline.
            io.restart();
            io.run_one_for(1ms);
            time.advance(step);
        }
        return time.now() - began;
    };
    BOOST_TEST((took("blob", 1ms) >= 1900ms));
    BOOST_TEST((took("queue", 0ms) == 0ms));
}

BOOST_AUTO_TEST_CASE(never_opens_more_connections_than_allowed) {
    options.connections_per_host = 2;
    raw_server server(always(small_ok));
    int answered = 0;
    for (int i = 0; i < 20; ++i) {
        asio::co_spawn(
            io,
            transport().send(get(server.port())),
            [&](std::exception_ptr, result<http::response> answer) {
                if (answer) ++answered;
            }
        );
    }
    io.run();
    BOOST_TEST(answered == 20);
    BOOST_TEST(server.connections() == 2);
}

// The first connection answers once and breaks at the second request, without an answer.
static raw_server::behaviour breaks_when_used_again() {
    return [](raw_server::socket& client, int number) {
        raw_server::read_request(client);
        raw_server::say(client, small_ok);
        raw_server::read_request(client);
        if (number == 1) return raw_server::reset(client);
        raw_server::say(client, small_ok);
    };
}

BOOST_AUTO_TEST_CASE(repeats_once_what_broke_on_a_reused_connection) {
    raw_server server(breaks_when_used_again());
    BOOST_TEST(send(get(server.port())).has_value());
    BOOST_TEST(send(get(server.port())).has_value());
    BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(does_not_repeat_what_is_not_idempotent) {
    raw_server server(breaks_when_used_again());
    BOOST_TEST(send(get(server.port())).has_value());
    auto answer = send(post(server.port(), "x"));
    BOOST_TEST(answer.error().code == errc::connection_reset);
    BOOST_TEST(answer.error().maybe_acted);
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(a_reset_on_a_new_connection_is_a_failure) {
    raw_server server([](raw_server::socket& client, int) {
        raw_server::read_request(client);
        raw_server::reset(client);
    });
    auto answer = send(get(server.port()));
    BOOST_TEST(answer.error().code == errc::connection_reset);
    BOOST_TEST((answer.error().next == remedy::retry));
    BOOST_TEST(answer.error().maybe_acted);
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(a_request_that_never_left_whole_was_not_acted_on) {
    std::string body(64u << 20u, 'x');
    raw_server server([](raw_server::socket& client, int) {
        char byte = 0;
        asio::read(client, asio::buffer(&byte, 1));
        raw_server::reset(client);
    });
    auto request = post(server.port(), "");
    request.borrowed_body = body;
    auto answer = send(request);
    BOOST_TEST(answer.error().code == errc::connection_reset);
    BOOST_TEST(!answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(a_closed_port_refuses) {
    std::uint16_t port = 0;
    { port = raw_server(always(small_ok)).port(); }
    auto answer = send(get(port));
    BOOST_TEST(answer.error().code == errc::connect_refused);
    BOOST_TEST(!answer.error().maybe_acted);
    BOOST_TEST(answer.error().detail.find("127.0.0.1:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_name_does_not_resolve) {
    options.connect_timeout = 1s;
    auto request = get(80);
    request.target = *http::url::parse("http://nothing.invalid/?sig=secret");
    auto answer = send(request);
    BOOST_TEST(answer.error().code == errc::dns_failed);
    BOOST_TEST(!answer.error().maybe_acted);
    BOOST_TEST(answer.error().detail.find("nothing.invalid") != std::string::npos);
    BOOST_TEST(answer.error().detail.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_are_resolved) {
    raw_server server(always(small_ok));
    auto request = get(server.port());
    request.target = *http::url::parse("http://localhost:" + std::to_string(server.port()) + "/");
    BOOST_TEST(send(request).has_value());
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_server_that_says_nothing) {
    options.io_timeout = 100ms;
    raw_server server([](raw_server::socket& client, int) { raw_server::wait_for_end(client); });
    auto answer = send(post(server.port(), "x"));
    BOOST_TEST(answer.error().code == errc::timeout);
    BOOST_TEST(answer.error().maybe_acted);
    BOOST_TEST(answer.error().detail.find("get at 127.0.0.1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_server_that_does_not_read) {
    options.io_timeout = 200ms;
    std::string body(64u << 20u, 'x');
    std::promise<void> done;
    auto until_done = done.get_future().share();
    raw_server server([&](raw_server::socket&, int) { until_done.wait(); });
    auto request = post(server.port(), "");
    request.borrowed_body = body;
    auto answer = send(request);
    done.set_value();
    BOOST_TEST(answer.error().code == errc::timeout);
    BOOST_TEST(!answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_requests_own_time_is_over) {
    raw_server server([](raw_server::socket& client, int) { raw_server::wait_for_end(client); });
    auto request = get(server.port());
    request.total_timeout = 100ms;
    BOOST_TEST(send(request).error().code == errc::timeout);
}

BOOST_AUTO_TEST_CASE(a_cancelled_send_throws_and_closes_its_connection) {
    std::promise<void> asked;
    std::promise<void> ended;
    raw_server server([&](raw_server::socket& client, int number) {
        if (number > 1) return always(small_ok)(client, number);
        raw_server::read_request(client);
        asked.set_value();
        raw_server::wait_for_end(client);
        ended.set_value();
    });
    asio::cancellation_signal cancellation;
    std::exception_ptr thrown;
    bool done = false;
    asio::co_spawn(
        io,
        transport().send(get(server.port())),
        asio::bind_cancellation_slot(
            cancellation.slot(),
            [&](std::exception_ptr error, result<http::response>) {
                thrown = error;
                done = true;
            }
        )
    );
    auto was_asked = asked.get_future();
    while (was_asked.wait_for(0s) != std::future_status::ready) io.run_for(1ms);
    cancellation.emit(asio::cancellation_type::terminal);
    while (!done) io.run_one();
    BOOST_TEST(bool(thrown));
    ended.get_future().wait();
    BOOST_TEST(send(get(server.port())).has_value());
}

BOOST_AUTO_TEST_CASE(counts_and_times_requests) {
    raw_server server(always(small_ok));
    send(get(server.port()));
    send(get(server.port()));
    metric_labels of{{"service", "test"}, {"operation", "get"}};
    BOOST_TEST(measured.distribution("kustodrop_http_request_duration_seconds", of).count() == 2u);
    of.emplace_back("code", "200");
    BOOST_TEST(measured.count("kustodrop_http_requests_total", of).value() == 2);
}

BOOST_AUTO_TEST_CASE(counts_failures_by_their_code) {
    raw_server server(once("nonsense\r\n\r\n"));
    send(get(server.port()));
    metric_labels of{{"service", "test"}, {"operation", "get"}, {"code", "bad_answer"}};
    BOOST_TEST(measured.count("kustodrop_http_requests_total", of).value() == 1);
}

BOOST_AUTO_TEST_CASE(speaks_with_our_own_server) {
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    http::server server(
        io.get_executor(),
        {},
        [](http::incoming request) -> asio::awaitable<http::reply> {
            http::reply out;
            out.answer.status = 200;
            out.answer.body = request.target;
            co_return out;
        },
        log
    );
    asio::cancellation_signal stop;
    asio::co_spawn(
        io, server.run(), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {})
    );
    BOOST_TEST(send(get(server.port(), "/path?query"))->body == "/path?query");
    stop.emit(asio::cancellation_type::terminal);
    io.run_for(10ms);
}

BOOST_AUTO_TEST_SUITE_END()
