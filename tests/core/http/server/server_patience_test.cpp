// How long the server waits for clients that do not finish.
#include "core/http/server/served.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

static void pass(client& of, duration time) {
    asio::steady_timer timer(of.io, time);
    timer.wait();
}

static std::string answer_of(client& one) {
    std::string head(16, '\0');
    boost::system::error_code error;
    asio::read(one.socket, asio::buffer(head), error);
    return head;
}

BOOST_AUTO_TEST_SUITE(server_patience_)

BOOST_AUTO_TEST_CASE(a_byte_now_and_then_does_not_prolong_the_time_of_a_head) {
    http::server_options options;
    options.idle_timeout = 150ms;
    running_server host(echo, options);
    client slow(host);
    real_clock clock;
    auto begun = clock.now();
    boost::system::error_code error;
    for (int i = 0; i < 40 && !error; ++i) {
        asio::write(slow.socket, asio::buffer("G", 1), error);
        pass(slow, 50ms);
    }
    BOOST_TEST(error.failed());
    BOOST_TEST((clock.now() - begun < 1500ms));
}

// One of them is in the head, one in the body, and one does not take its answer.
BOOST_AUTO_TEST_CASE(clients_that_do_not_finish_make_room_for_a_new_one) {
    http::server_options options;
    options.max_connections = 3;
    auto handle = [](http::incoming request) -> asio::awaitable<http::reply> {
        bool large = request.target == "/large";
        co_return plain(200, large ? std::string(64u << 20u, 'x') : request.target);
    };
    running_server host(handle, options);
    client head(host);
    say(head.socket, "GET /slow HTTP/1.1\r\nHo");
    client body(host);
    say(body.socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbegin");
    client deaf(host);
    say(deaf.socket, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    pass(deaf, 100ms);
    for (auto name : {"/1", "/2", "/3"}) {
        client one(host);
        say(one.socket, "GET " + std::string(name) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        BOOST_TEST(answer_of(one).starts_with("HTTP/1.1 200"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
