#include "http/beast_transport.hpp"

#include "base/crypto.hpp"
#include "http/server.hpp"
#include "support/certificates.hpp"
#include "support/raw_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <unistd.h>

using namespace kustodrop;
using http::verb;
using test::raw_server;

namespace {

constexpr auto small_ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A transport and its loop on this thread; peers live on their own.
struct network {
    network() { options.connect_timeout = 5s; }

    http::beast_transport& transport() {
        if (!transport_) transport_.emplace(io.get_executor(), options, clock, measured);
        return *transport_;
    }

    template <class T>
    T run(asio::awaitable<T> work) {
        std::optional<T> out;
        std::exception_ptr thrown;
        asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
            thrown = error;
            if (!error) out.emplace(std::move(value));
        });
        io.restart();
        while (!out && !thrown) io.run_one();
        if (thrown) std::rethrow_exception(thrown);
        return std::move(*out);
    }

    result<http::response> send(http::request request) {
        return run(transport().send(std::move(request)));
    }

    static http::url at(std::uint16_t port, const std::string& path = "/") {
        return *http::url::parse("http://127.0.0.1:" + std::to_string(port) + path);
    }

    static http::request get(std::uint16_t port, const std::string& path = "/") {
        http::request out;
        out.target = at(port, path);
        out.service = "test";
        out.operation = "get";
        return out;
    }

    static http::request post(std::uint16_t port, std::string body) {
        auto out = get(port);
        out.method = verb::post;
        out.body = std::move(body);
        out.idempotent = false;
        return out;
    }

    real_clock clock;
    metrics measured;
    http::transport_options options;
    asio::io_context io{1};
    std::optional<http::beast_transport> transport_;
};

// Answers every request alike, for as long as the client stays.
raw_server::behaviour always(std::string answer) {
    return [answer](raw_server::socket& client, int) {
        while (!raw_server::read_request(client).empty()) raw_server::say(client, answer);
    };
}

raw_server::behaviour once(std::string answer) {
    return [answer](raw_server::socket& client, int) {
        raw_server::read_request(client);
        raw_server::say(client, answer);
    };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(beast_transport_, network)

BOOST_AUTO_TEST_CASE(brings_back_status_headers_and_body) {
    raw_server server(always("HTTP/1.1 418 Teapot\r\nX-Kind: pot\r\nContent-Length: 3\r\n\r\ntea"));
    auto answer = send(get(server.port()));
    BOOST_TEST(answer->status == 418u);
    BOOST_TEST(*answer->headers.find("x-kind") == "pot");
    BOOST_TEST(answer->body == "tea");
}

BOOST_AUTO_TEST_CASE(sends_what_it_was_given) {
    std::promise<std::string> seen;
    raw_server server([&](raw_server::socket& client, int) {
        seen.set_value(raw_server::read_request(client));
        raw_server::say(client, small_ok);
    });
    auto request = post(server.port(), "hello");
    request.target = at(server.port(), "/a%2Fb?sig=x%2By");
    request.headers.add("x-ms-version", "1");
    BOOST_TEST(send(request)->body == "ok");
    auto where = "127.0.0.1:" + std::to_string(server.port());
    BOOST_TEST(
        seen.get_future().get() == "POST /a%2Fb?sig=x%2By HTTP/1.1\r\nHost: " + where +
                                       "\r\nUser-Agent: kustodrop\r\nx-ms-version: 1\r\n"
                                       "Content-Length: 5\r\n\r\nhello"
    );
}

BOOST_AUTO_TEST_CASE(says_the_length_of_an_empty_put) {
    std::promise<std::string> seen;
    raw_server server([&](raw_server::socket& client, int) {
        seen.set_value(raw_server::read_request(client));
        raw_server::say(client, "HTTP/1.1 204 No Content\r\n\r\n");
    });
    auto request = get(server.port());
    request.method = verb::put;
    BOOST_TEST(send(request)->status == 204u);
    BOOST_TEST(seen.get_future().get().find("Content-Length: 0\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_large_borrowed_body_arrives_whole) {
    std::string body(8u << 20u, 'x');
    for (std::size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('a' + i % 26);
    std::promise<std::string> seen;
    raw_server server([&](raw_server::socket& client, int) {
        auto request = raw_server::read_request(client);
        seen.set_value(sha256(request.substr(request.find("\r\n\r\n") + 4)));
        raw_server::say(client, small_ok);
    });
    auto request = post(server.port(), "");
    request.borrowed_body = body;
    BOOST_TEST(send(request).has_value());
    BOOST_TEST((seen.get_future().get() == sha256(body)));
}

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

BOOST_AUTO_TEST_CASE(closes_what_is_idle_when_told_to) {
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

// The first connection answers once and breaks at the second request, without a word.
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
    BOOST_TEST(answer.error().code == "connection_reset");
    BOOST_TEST(answer.error().maybe_acted);
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(a_reset_on_a_new_connection_is_a_failure) {
    raw_server server([](raw_server::socket& client, int) {
        raw_server::read_request(client);
        raw_server::reset(client);
    });
    auto answer = send(get(server.port()));
    BOOST_TEST(answer.error().code == "connection_reset");
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
    BOOST_TEST(answer.error().code == "connection_reset");
    BOOST_TEST(!answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(hears_an_answer_that_comes_before_the_body_is_sent) {
    std::string body(16u << 20u, 'x');
    raw_server server([](raw_server::socket& client, int) {
        char byte = 0;
        asio::read(client, asio::buffer(&byte, 1));
        raw_server::say(client, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
        client.shutdown(asio::ip::tcp::socket::shutdown_send);
        raw_server::wait_for_end(client);
    });
    auto request = post(server.port(), "");
    request.borrowed_body = body;
    BOOST_TEST(send(request)->status == 413u);
}

BOOST_AUTO_TEST_CASE(a_closed_port_refuses) {
    std::uint16_t port = 0;
    { port = raw_server(always(small_ok)).port(); }
    auto answer = send(get(port));
    BOOST_TEST(answer.error().code == "connect_refused");
    BOOST_TEST(!answer.error().maybe_acted);
    BOOST_TEST(answer.error().detail.find("127.0.0.1:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_name_does_not_resolve) {
    options.connect_timeout = 1s;
    auto request = get(80);
    request.target = *http::url::parse("http://nothing.invalid/?sig=secret");
    auto answer = send(request);
    BOOST_TEST(answer.error().code == "dns_failed");
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
    BOOST_TEST(answer.error().code == "timeout");
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
    BOOST_TEST(answer.error().code == "timeout");
    BOOST_TEST(!answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_requests_own_time_is_over) {
    raw_server server([](raw_server::socket& client, int) { raw_server::wait_for_end(client); });
    auto request = get(server.port());
    request.total_timeout = 100ms;
    BOOST_TEST(send(request).error().code == "timeout");
}

BOOST_AUTO_TEST_CASE(is_patient_with_a_body_that_comes_slowly_but_comes) {
    options.io_timeout = 1s;
    raw_server server([](raw_server::socket& client, int) {
        raw_server::read_request(client);
        raw_server::say(client, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
        for (int i = 0; i < 12; ++i) {
            std::this_thread::sleep_for(100ms);
            raw_server::say(client, "x");
        }
    });
    BOOST_TEST(send(get(server.port()))->body == "xxxxxxxxxxxx");
}

BOOST_AUTO_TEST_CASE(refuses_an_answer_that_says_it_is_too_large) {
    raw_server server(once("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"));
    auto request = get(server.port());
    request.max_answer_bytes = 1000;
    auto answer = send(request);
    BOOST_TEST(answer.error().code == "answer_too_large");
    BOOST_TEST((answer.error().next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(refuses_an_answer_that_grows_too_large) {
    auto chunk = "200\r\n" + std::string(0x200, 'x') + "\r\n";
    raw_server server(
        once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk)
    );
    auto request = get(server.port());
    request.max_answer_bytes = 1000;
    BOOST_TEST(send(request).error().code == "answer_too_large");
}

BOOST_AUTO_TEST_CASE(refuses_headers_without_end) {
    raw_server server(once("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x')));
    BOOST_TEST(send(get(server.port())).error().code == "bad_answer");
}

BOOST_AUTO_TEST_CASE(reads_chunked_bodies) {
    raw_server server(always(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
    ));
    for (int i = 0; i < 2; ++i) BOOST_TEST(send(get(server.port()))->body == "abcdefg");
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(reads_a_body_that_ends_with_the_connection) {
    raw_server server(once("HTTP/1.0 200 OK\r\n\r\nall of it"));
    BOOST_TEST(send(get(server.port()))->body == "all of it");
}

BOOST_AUTO_TEST_CASE(a_body_cut_short_is_a_failure) {
    raw_server server(once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
    auto answer = send(get(server.port()));
    BOOST_TEST(answer.error().code == "connection_reset");
    BOOST_TEST(answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_a_failure) {
    raw_server server(once("220 mail.example ESMTP\r\n\r\n"));
    BOOST_TEST(send(get(server.port())).error().code == "bad_answer");
}

BOOST_AUTO_TEST_CASE(a_head_request_has_no_body_whatever_its_length_says) {
    raw_server server(always("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
    auto request = get(server.port());
    request.method = verb::head;
    for (int i = 0; i < 2; ++i) {
        auto answer = send(request);
        BOOST_TEST(*answer->headers.find("Content-Length") == "1000");
        BOOST_TEST(answer->body.empty());
    }
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(passes_over_interim_answers) {
    raw_server server(always(std::string("HTTP/1.1 100 Continue\r\n\r\n") + small_ok));
    BOOST_TEST(send(get(server.port()))->body == "ok");
}

BOOST_AUTO_TEST_CASE(does_not_follow_redirects) {
    raw_server server(
        always("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    );
    BOOST_TEST(send(get(server.port()))->status == 302u);
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(a_header_cannot_smuggle_another_one) {
    raw_server server(always(small_ok));
    auto request = get(server.port());
    request.headers.add("X-App", "a\r\nX-Evil: b");
    BOOST_TEST(send(request).error().code == "bad_request");
    BOOST_TEST(server.connections() == 0);
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

BOOST_AUTO_TEST_CASE(requests_to_the_world_go_through_the_proxy) {
    std::promise<std::string> seen;
    raw_server proxy([&](raw_server::socket& client, int) {
        seen.set_value(raw_server::read_request(client));
        raw_server::say(client, small_ok);
    });
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    auto request = get(80);
    request.target = *http::url::parse("http://world.test/x?y");
    BOOST_TEST(send(request).has_value());
    auto text = seen.get_future().get();
    BOOST_TEST(text.starts_with("GET http://world.test/x?y HTTP/1.1\r\nHost: world.test\r\n"));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_refuses_is_a_failure) {
    std::promise<std::string> seen;
    raw_server proxy([&](raw_server::socket& client, int) {
        seen.set_value(raw_server::read_request(client));
        raw_server::say(client, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    });
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    auto request = get(80);
    request.target = *http::url::parse("https://world.test/");
    auto answer = send(request);
    BOOST_TEST(answer.error().code == "proxy_failed");
    BOOST_TEST(answer.error().detail.find("407") != std::string::npos);
    BOOST_TEST(seen.get_future().get().starts_with("CONNECT world.test:443 HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_CASE(this_machine_is_not_reached_through_the_proxy) {
    raw_server server(always(small_ok));
    options.proxy = "http://127.0.0.1:1";
    BOOST_TEST(send(get(server.port())).has_value());
}

BOOST_AUTO_TEST_CASE(a_proxy_of_another_form_is_refused_at_once) {
    for (auto text : {"nonsense", "https://proxy.test", "socks5://proxy.test"}) {
        options.proxy = text;
        BOOST_CHECK_THROW(
            http::beast_transport(io.get_executor(), options, clock, measured), std::runtime_error
        );
    }
}

BOOST_AUTO_TEST_CASE(a_ca_file_that_is_none_is_refused_at_once) {
    options.ca_file = "/nonexistent/ca.pem";
    BOOST_CHECK_THROW(
        http::beast_transport(io.get_executor(), options, clock, measured), std::runtime_error
    );
}

BOOST_AUTO_TEST_CASE(a_probe_walks_to_the_connection) {
    raw_server server(always(small_ok));
    auto steps = run(transport().probe(at(server.port())));
    BOOST_TEST_REQUIRE(steps.size() == 2u);
    BOOST_TEST(steps[0].name == "dns");
    BOOST_TEST(steps[0].ok);
    BOOST_TEST(steps[1].name == "tcp");
    BOOST_TEST(steps[1].ok);
}

BOOST_AUTO_TEST_CASE(a_probe_stops_where_it_fails_and_says_what_to_do) {
    std::uint16_t port = 0;
    { port = raw_server(always(small_ok)).port(); }
    auto steps = run(transport().probe(at(port)));
    BOOST_TEST_REQUIRE(steps.size() == 2u);
    BOOST_TEST(!steps[1].ok);
    BOOST_TEST(steps[1].detail.find("refused") != std::string::npos);
    BOOST_TEST(steps[1].hint.find("check host and port") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// A TLS server in front of the transport, with a CA of its own.
struct tls_network : network {
    tls_network() {
        folder = std::filesystem::temp_directory_path() /
                 ("kustodrop-tls-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder);
        trust(ca);
    }
    ~tls_network() {
        if (server) {
            stop.emit(asio::cancellation_type::terminal);
            io.restart();
            io.run_for(10ms);
        }
        std::filesystem::remove_all(folder);
    }

    void trust(const test::authority& one) {
        auto file = folder / "ca.pem";
        std::ofstream(file) << one.pem();
        options.ca_file = file;
    }

    void serve(const test::certificate& certificate) {
        http::server_options how;
        how.certificate_pem = certificate.pem;
        how.private_key_pem = certificate.key_pem;
        server.emplace(io.get_executor(), how, answer, log);
        asio::co_spawn(
            io, server->run(), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {})
        );
    }

    static asio::awaitable<http::reply> answer(http::incoming request) {
        http::reply out;
        out.answer.status = 200;
        out.answer.body = request.body.empty() ? "secure" : sha256(request.body);
        co_return out;
    }

    http::request ask(const std::string& host = "localhost") {
        http::request out;
        auto port = server->port();
        out.target = *http::url::parse("https://" + host + ":" + std::to_string(port) + "/");
        return out;
    }

    test::authority ca;
    std::filesystem::path folder;
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    std::optional<http::server> server;
    asio::cancellation_signal stop;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(beast_transport_tls_, tls_network)

BOOST_AUTO_TEST_CASE(trusts_a_certificate_of_the_configured_authority) {
    serve(ca.issue("DNS:localhost"));
    BOOST_TEST(send(ask())->body == "secure");
    BOOST_TEST(send(ask())->body == "secure");
}

BOOST_AUTO_TEST_CASE(addresses_stand_in_certificates_too) {
    serve(ca.issue("IP:127.0.0.1"));
    BOOST_TEST(send(ask("127.0.0.1")).has_value());
}

BOOST_AUTO_TEST_CASE(large_bodies_arrive_whole) {
    serve(ca.issue("DNS:localhost"));
    std::string body(5'000'000, 'y');
    auto request = ask();
    request.method = verb::put;
    request.borrowed_body = body;
    BOOST_TEST((send(request)->body == sha256(body)));
}

BOOST_AUTO_TEST_CASE(distrusts_an_unknown_authority) {
    test::authority other("Other CA");
    serve(other.issue("DNS:localhost"));
    auto answer = send(ask());
    BOOST_TEST(answer.error().code == "tls_untrusted");
    BOOST_TEST(!answer.error().maybe_acted);
    BOOST_TEST(answer.error().detail.find("network.ca_file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_ca_file_only_the_systems_store_counts) {
    options.ca_file.clear();
    serve(ca.issue("DNS:localhost"));
    BOOST_TEST(send(ask()).error().code == "tls_untrusted");
}

BOOST_AUTO_TEST_CASE(distrusts_a_certificate_for_another_name) {
    serve(ca.issue("DNS:other.test"));
    auto answer = send(ask());
    BOOST_TEST(answer.error().code == "tls_untrusted");
    BOOST_TEST(answer.error().detail.find("another name") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(distrusts_a_certificate_for_another_address) {
    serve(ca.issue("IP:127.0.0.2,DNS:127.0.0.1"));
    BOOST_TEST(send(ask("127.0.0.1")).error().code == "tls_untrusted");
}

BOOST_AUTO_TEST_CASE(distrusts_an_expired_certificate_and_mentions_the_clock) {
    serve(ca.issue("DNS:localhost", -60));
    auto answer = send(ask());
    BOOST_TEST(answer.error().code == "tls_untrusted");
    BOOST_TEST(answer.error().detail.find("clock") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(speaks_1_3_where_that_is_asked_for) {
    options.min_tls = http::tls_version::v1_3;
    serve(ca.issue("DNS:localhost"));
    BOOST_TEST(send(ask()).has_value());
}

BOOST_AUTO_TEST_CASE(a_port_without_tls_fails_the_handshake) {
    raw_server plain([](raw_server::socket& client, int) {
        raw_server::say(client, "HTTP/1.1 400 Bad Request\r\n\r\n");
        raw_server::wait_for_end(client);
    });
    auto request = get(80);
    request.target = *http::url::parse("https://localhost:" + std::to_string(plain.port()));
    auto answer = send(request);
    BOOST_TEST(answer.error().code == "tls_failed");
    BOOST_TEST(!answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(a_port_that_says_nothing_fails_the_handshake_in_time) {
    options.connect_timeout = 200ms;
    raw_server mute([](raw_server::socket& client, int) { raw_server::wait_for_end(client); });
    auto request = get(80);
    request.target = *http::url::parse("https://localhost:" + std::to_string(mute.port()));
    BOOST_TEST(send(request).error().code == "tls_failed");
}

BOOST_AUTO_TEST_CASE(tunnels_through_a_proxy_and_verifies_the_far_end) {
    serve(ca.issue("DNS:world.test"));
    // Blocking, in two directions.
    raw_server proxy([&](raw_server::socket& client, int) {
        auto asked = raw_server::read_request(client);
        if (!asked.starts_with("CONNECT world.test:443 ")) return;
        asio::io_context inner;
        raw_server::socket far(inner);
        far.connect({asio::ip::address_v4::loopback(), server->port()});
        raw_server::say(client, "HTTP/1.1 200 Connection established\r\n\r\n");
        auto pump = [](raw_server::socket& from, raw_server::socket& to) {
            std::array<char, 4096> piece;
            boost::system::error_code error;
            for (;;) {
                auto count = from.read_some(asio::buffer(piece), error);
                if (error) break;
                raw_server::say(to, {piece.data(), count});
            }
            to.shutdown(asio::ip::tcp::socket::shutdown_both, error);
        };
        std::thread back([&] { pump(far, client); });
        pump(client, far);
        back.join();
    });
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    auto request = get(80);
    request.target = *http::url::parse("https://world.test/");
    BOOST_TEST(send(request)->body == "secure");
    transport_.reset();
}

BOOST_AUTO_TEST_CASE(a_probe_names_version_and_issuer) {
    serve(ca.issue("DNS:localhost"));
    auto steps = run(transport().probe(ask().target));
    BOOST_TEST_REQUIRE(steps.size() == 3u);
    BOOST_TEST(steps[2].ok);
    BOOST_TEST(steps[2].detail.find("TLSv1.3") != std::string::npos);
    BOOST_TEST(steps[2].detail.find("Test CA") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_probe_says_why_tls_fails) {
    serve(ca.issue("DNS:other.test"));
    auto steps = run(transport().probe(ask().target));
    BOOST_TEST_REQUIRE(steps.size() == 3u);
    BOOST_TEST(!steps[2].ok);
    BOOST_TEST(steps[2].hint.find("another name") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
