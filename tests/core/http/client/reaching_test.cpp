#include "http/client/race.hpp"
#include "names.hpp"
#include "support/network.hpp"
#include "support/skipping.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace kustodrop;
using asio::ip::address;
using asio::ip::make_address;
using asio::ip::tcp;
using test::always;
using test::once;
using test::raw_server;
using test::small_ok;

namespace {

http::request ask(const std::string& host, std::uint16_t port) {
    auto out = test::network::get(port);
    out.target = *http::url::parse("http://" + host + ":" + std::to_string(port) + "/");
    return out;
}

http::request ask_over_tls(const std::string& host, std::uint16_t port) {
    auto out = ask(host, port);
    out.target = *http::url::parse("https://" + host + ":" + std::to_string(port) + "/");
    return out;
}

// A port that accepts connections but does not use TLS.
raw_server::behaviour deaf() {
    return [](raw_server::socket& client, int) { raw_server::say(client, "no TLS here\r\n\r\n"); };
}

// An address that answers no SYN: a listener whose queue is full.
struct black_hole {
    black_hole(const std::string& where, std::uint16_t port) : listener(io), filler(io) {
        tcp::endpoint at(make_address(where), port);
        listener.open(at.protocol());
        listener.set_option(tcp::acceptor::reuse_address(true));
        listener.bind(at);
        listener.listen(0);
        filler.connect(at);
    }
    asio::io_context io;
    tcp::acceptor listener;
    tcp::socket filler;
};

struct racing : test::network {
    http::race_result connect(std::vector<address> addresses, std::uint16_t port, duration limit) {
        auto end = clock.now() + limit;
        auto racing =
            http::connect_to_first(io.get_executor(), clock, std::move(addresses), port, end);
        return run(std::move(racing));
    }
};

std::vector<address> addresses(std::initializer_list<const char*> texts) {
    std::vector<address> out;
    for (auto* text : texts) out.push_back(make_address(text));
    return out;
}

bool has_ipv6() {
    asio::io_context io;
    boost::system::error_code error;
    tcp::acceptor probe(io);
    probe.open(tcp::v6(), error);
    if (!error) probe.bind({asio::ip::address_v6::loopback(), 0}, error);
    return !error;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(race_, racing)

BOOST_AUTO_TEST_CASE(families_take_turns_beginning_with_the_first) {
    auto ordered = http::by_turns(addresses({"::1", "::2", "::3", "1.1.1.1", "2.2.2.2"}));
    BOOST_TEST((ordered == addresses({"::1", "1.1.1.1", "::2", "2.2.2.2", "::3"})));
    ordered = http::by_turns(addresses({"1.1.1.1", "2.2.2.2", "::1"}));
    BOOST_TEST((ordered == addresses({"1.1.1.1", "::1", "2.2.2.2"})));
    BOOST_TEST(http::by_turns({}).empty());
}

BOOST_AUTO_TEST_CASE(the_next_address_is_tried_at_once_when_one_refuses) {
    raw_server server(always(small_ok));
    auto won = connect(addresses({"127.0.0.9", "127.0.0.8", "127.0.0.1"}), server.port(), 5s);
    BOOST_TEST_REQUIRE(won.socket.has_value());
    BOOST_TEST(won.socket->remote_endpoint().address().to_string() == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(an_address_that_never_answers_costs_a_moment_and_not_the_deadline) {
    raw_server server(always(small_ok));
    black_hole hole("127.0.0.7", server.port());
    auto won = connect(addresses({"127.0.0.7", "127.0.0.1"}), server.port(), 60s);
    BOOST_TEST_REQUIRE(won.socket.has_value());
    BOOST_TEST(won.socket->remote_endpoint().address().to_string() == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(without_an_answer_it_ends_in_time) {
    raw_server server(always(small_ok));
    black_hole hole("127.0.0.7", server.port());
    auto lost = connect(addresses({"127.0.0.7"}), server.port(), 300ms);
    BOOST_TEST(!lost.socket.has_value());
    BOOST_TEST((lost.error == asio::error::timed_out));
}

BOOST_AUTO_TEST_CASE(when_all_refuse_it_says_so) {
    std::uint16_t port = 0;
    { port = raw_server(always(small_ok)).port(); }
    auto lost = connect(addresses({"127.0.0.1", "127.0.0.2"}), port, 5s);
    BOOST_TEST((lost.error == asio::error::connection_refused));
}

BOOST_AUTO_TEST_CASE(each_way_to_fail_has_a_code_and_a_hint) {
    using boost::system::errc::make_error_code;
    namespace fault = boost::system::errc;
    auto code = [](boost::system::error_code error) {
        auto failed = http::connect_failure("here:1", error);
        BOOST_TEST(failed.detail.starts_with("cannot connect to here:1: "));
        BOOST_TEST(!failed.hint.empty());
        return failed.code;
    };
    BOOST_TEST(code(asio::error::timed_out) == errc::connect_timeout);
    BOOST_TEST(code(asio::error::connection_refused) == errc::connect_refused);
    BOOST_TEST(code(make_error_code(fault::network_unreachable)) == errc::connect_failed);
    for (auto limit :
         {fault::too_many_files_open,
          fault::too_many_files_open_in_system,
          fault::no_buffer_space,
          fault::address_not_available}) {
        BOOST_TEST(code(make_error_code(limit)) == errc::local_limit);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(reaching_, test::network)

BOOST_AUTO_TEST_CASE(a_name_service_that_never_answers_does_not_hold_a_request) {
    options.connect_timeout = 300ms;
    test::stalled_names stalled;
    auto began = clock.now();
    auto answer = send(ask("stalled.test", 80));
    BOOST_TEST(answer.error().code == errc::dns_failed);
    BOOST_TEST(answer.error().detail.find("no answer in time") != std::string::npos);
    BOOST_TEST((clock.now() - began < 30s));
}

BOOST_AUTO_TEST_CASE(a_connection_has_its_own_time_after_a_slow_name) {
    options.connect_timeout = 500ms;
    raw_server server(always(small_ok));
    black_hole hole("127.0.0.7", server.port());
    auto began = clock.now();
    auto answer = send(ask("late.test", server.port()));
    BOOST_TEST(answer.error().code == errc::connect_timeout);
    BOOST_TEST((clock.now() - began >= 800ms));
}

BOOST_AUTO_TEST_CASE(a_requests_own_deadline_holds_through_a_stalled_name_service_too) {
    options.connect_timeout = 60s;
    test::stalled_names stalled;
    auto request = ask("stalled.test", 80);
    request.total_timeout = 300ms;
    auto began = clock.now();
    BOOST_TEST(send(request).error().code == errc::dns_failed);
    BOOST_TEST((clock.now() - began < 30s));
}

BOOST_AUTO_TEST_CASE(ipv6_is_spoken) {
    if (!has_ipv6()) return test::skip("this machine has no IPv6 loopback");
    asio::io_context inner;
    tcp::acceptor listener(inner, {asio::ip::address_v6::loopback(), 0});
    auto port = listener.local_endpoint().port();
    auto served = std::async(std::launch::async, [&] {
        for (int i = 0; i < 2; ++i) {
            auto client = listener.accept();
            raw_server::read_request(client);
            raw_server::say(client, small_ok);
        }
    });
    BOOST_TEST(send(ask("[::1]", port))->body == "ok");
    transport_.reset();
    BOOST_TEST(send(ask("inside6.test", port))->body == "ok");
    served.get();
}

BOOST_AUTO_TEST_CASE(a_name_may_lead_inside_only_where_the_operator_wrote_it) {
    raw_server server(deaf());
    options.may_lead_inside = [](std::string_view host) { return host == "mine.test"; };
    for (std::string host : {"inside.test", "metadata.test", "127.1", "2130706433", "0x7f.1"}) {
        auto refused = send(ask_over_tls(host, server.port()));
        BOOST_TEST_REQUIRE(refused.has_error(), host);
        BOOST_TEST(refused.error().code == errc::local_address, host);
        BOOST_TEST(!refused.error().maybe_acted);
    }
    BOOST_TEST(server.connections() == 0);
    options.may_lead_inside = [](std::string_view host) { return host == "inside.test"; };
    transport_.reset();
    BOOST_TEST(send(ask_over_tls("inside.test", server.port())).error().code == errc::tls_failed);
    BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(a_written_loopback_address_is_no_trick) {
    raw_server server(deaf());
    options.may_lead_inside = [](std::string_view) { return false; };
    for (std::string host : {"127.0.0.1", "localhost"}) {
        BOOST_TEST(send(ask_over_tls(host, server.port())).error().code == errc::tls_failed);
    }
}

BOOST_AUTO_TEST_CASE(an_identity_endpoint_may_have_a_name_inside) {
    raw_server server(always(small_ok));
    options.may_lead_inside = [](std::string_view) { return false; };
    BOOST_TEST(send(ask("inside.test", server.port())).has_value());
}

BOOST_AUTO_TEST_CASE(the_proxy_itself_may_be_inside) {
    raw_server proxy(once("HTTP/1.1 403 Forbidden\r\n\r\n"));
    options.may_lead_inside = [](std::string_view) { return false; };
    options.proxy = "http://inside.test:" + std::to_string(proxy.port());
    BOOST_TEST(send(ask_over_tls("world.test", 443)).error().code == errc::proxy_refused);
}

BOOST_AUTO_TEST_CASE(a_proxy_is_shown_its_credentials_and_nobody_else_is) {
    std::promise<std::string> tunnel;
    raw_server proxy([&](raw_server::socket& client, int) {
        tunnel.set_value(raw_server::read_request(client));
        raw_server::say(client, "HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    options.proxy = "http://user:hunter2@127.0.0.1:" + std::to_string(proxy.port());
    auto refused = send(ask_over_tls("world.test", 443)).error();
    BOOST_TEST(refused.code == errc::proxy_refused);
    BOOST_TEST(refused.detail.find("hunter2") == std::string::npos);
    auto seen = tunnel.get_future().get();
    BOOST_TEST(seen.find("Proxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n") != std::string::npos);

    std::promise<std::string> direct;
    raw_server server([&](raw_server::socket& client, int) {
        direct.set_value(raw_server::read_request(client));
        raw_server::say(client, small_ok);
    });
    BOOST_TEST(send(get(server.port())).has_value());
    BOOST_TEST(direct.get_future().get().find("Proxy-Authorization") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_exception_goes_directly) {
    raw_server server(deaf());
    options.proxy = "http://127.0.0.1:1";
    options.no_proxy = "other.test, .test:" + std::to_string(server.port());
    BOOST_TEST(send(ask_over_tls("inside.test", server.port())).error().code == errc::tls_failed);
    options.no_proxy = "other.test";
    transport_.reset();
    BOOST_TEST(
        send(ask_over_tls("inside.test", server.port())).error().code == errc::connect_refused
    );
}

BOOST_AUTO_TEST_CASE(a_proxy_that_never_answers_is_a_failure_in_time) {
    options.connect_timeout = 300ms;
    raw_server mute([](raw_server::socket& client, int) { raw_server::wait_for_end(client); });
    options.proxy = "http://127.0.0.1:" + std::to_string(mute.port());
    auto failed = send(ask_over_tls("world.test", 443)).error();
    BOOST_TEST(failed.code == errc::proxy_failed);
    BOOST_TEST(failed.detail.find("no answer in time") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
