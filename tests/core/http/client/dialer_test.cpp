#include "base/crypto/crypto.hpp"
#include "http/client/beast_transport.hpp"
#include "http/server/server.hpp"
#include "support/certificates.hpp"
#include "support/network.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <unistd.h>

using namespace kustodrop;
using http::verb;
using test::always;
using test::once;
using test::raw_server;
using test::small_ok;

BOOST_FIXTURE_TEST_SUITE(dialer_, test::network)

// Identity endpoints use it, and are never asked through a proxy (docs/protocol.md §1.4).
BOOST_AUTO_TEST_CASE(plain_http_never_goes_through_the_proxy) {
    raw_server proxy(always(small_ok));
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    auto request = get(80);
    request.target = *http::url::parse("http://world.invalid/metadata/identity/oauth2/token");
    BOOST_TEST(send(request).error().code == errc::dns_failed);
    BOOST_TEST(proxy.connections() == 0);
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
    BOOST_TEST(answer.error().code == errc::proxy_unauthorized);
    BOOST_TEST(answer.error().detail.find("407") != std::string::npos);
    BOOST_TEST(seen.get_future().get().starts_with("CONNECT world.test:443 HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_CASE(this_machine_is_not_reached_through_the_proxy) {
    raw_server server(always(small_ok));
    options.proxy = "http://127.0.0.1:1";
    BOOST_TEST(send(get(server.port())).has_value());
}

BOOST_AUTO_TEST_CASE(a_proxy_of_another_form_is_refused_at_once) {
    for (auto text : {"non sense", "https://proxy.test", "socks5://proxy.test"}) {
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
struct tls_network : test::network {
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

BOOST_FIXTURE_TEST_SUITE(dialer_tls_, tls_network)

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
    BOOST_TEST(answer.error().code == errc::tls_untrusted);
    BOOST_TEST(!answer.error().maybe_acted);
    BOOST_TEST(answer.error().message().find("network.ca_file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_ca_file_only_the_systems_store_counts) {
    options.ca_file.clear();
    serve(ca.issue("DNS:localhost"));
    BOOST_TEST(send(ask()).error().code == errc::tls_untrusted);
}

BOOST_AUTO_TEST_CASE(distrusts_a_certificate_for_another_name) {
    serve(ca.issue("DNS:other.test"));
    auto answer = send(ask());
    BOOST_TEST(answer.error().code == errc::tls_untrusted);
    BOOST_TEST(answer.error().message().find("another name") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(distrusts_a_certificate_for_another_address) {
    serve(ca.issue("IP:127.0.0.2,DNS:127.0.0.1"));
    BOOST_TEST(send(ask("127.0.0.1")).error().code == errc::tls_untrusted);
}

BOOST_AUTO_TEST_CASE(distrusts_an_expired_certificate_and_mentions_the_clock) {
    serve(ca.issue("DNS:localhost", -60));
    auto answer = send(ask());
    BOOST_TEST(answer.error().code == errc::tls_untrusted);
    BOOST_TEST(answer.error().message().find("clock") != std::string::npos);
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
    BOOST_TEST(answer.error().code == errc::tls_failed);
    BOOST_TEST(!answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(a_port_that_says_nothing_fails_the_handshake_in_time) {
    options.connect_timeout = 200ms;
    raw_server mute([](raw_server::socket& client, int) { raw_server::wait_for_end(client); });
    auto request = get(80);
    request.target = *http::url::parse("https://localhost:" + std::to_string(mute.port()));
    BOOST_TEST(send(request).error().code == errc::tls_failed);
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
