#include "core/http/server/served.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

BOOST_AUTO_TEST_SUITE(server_)

BOOST_AUTO_TEST_CASE(answers_with_what_the_handler_says) {
    running_server host(echo);
    client one(host);
    say(one.socket, "PUT /a%20b?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    auto answer = read_until(one.socket, "127.0.0.1");
    BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(answer.ends_with("\r\n\r\n/a%20b?c=d|abc|127.0.0.1"));
    BOOST_TEST(answer.find("Content-Length: 24\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_the_connection_for_the_next_request_even_when_both_come_at_once) {
    running_server host(echo);
    client one(host);
    say(one.socket, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    auto answer = read_until(one.socket, "/2||127.0.0.1");
    BOOST_TEST(answer.find("/1||127.0.0.1") != std::string::npos);
    say(one.socket, "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto last = hear_all(one.socket);
    BOOST_TEST(last.find("Connection: close\r\n") != std::string::npos);
    BOOST_TEST(last.ends_with("/3||127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(takes_a_request_that_comes_byte_by_byte) {
    running_server host(echo);
    client one(host);
    std::string request = "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    for (auto c : request) say(one.socket, std::string_view(&c, 1));
    BOOST_TEST(read_until(one.socket, "/x|hi|").find("200 OK") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(joins_the_chunks_of_a_chunked_body) {
    running_server host(echo);
    client one(host);
    say(one.socket, "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    say(one.socket, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    BOOST_TEST(read_until(one.socket, "127.0.0.1").ends_with("/c|abcde|127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(answers_head_with_the_length_but_no_body) {
    auto handle = [](http::incoming) -> asio::awaitable<http::reply> {
        auto out = plain(200, "");
        out.answer.headers.add("Content-Length", "12345");
        co_return out;
    };
    running_server host(handle);
    client one(host);
    say(one.socket, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto answer = hear_all(one.socket);
    BOOST_TEST(answer.find("Content-Length: 12345\r\n") != std::string::npos);
    BOOST_TEST(answer.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(sends_no_length_with_204) {
    auto handle = [](http::incoming) -> asio::awaitable<http::reply> { co_return plain(204, ""); };
    running_server host(handle);
    client one(host);
    say(one.socket, "DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto answer = hear_all(one.socket);
    BOOST_TEST(answer.starts_with("HTTP/1.1 204 No Content\r\n"));
    BOOST_TEST(answer.find("Content-Length") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(invites_the_body_of_a_client_that_expects_it) {
    running_server host(echo);
    client one(host);
    say(one.socket,
        "PUT /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    BOOST_TEST(read_until(one.socket, "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    say(one.socket, "ok");
    BOOST_TEST(read_until(one.socket, "/e|ok|").starts_with("HTTP/1.1 200 OK"));
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_is_too_large_before_it_is_sent) {
    http::server_options options;
    options.max_body_bytes = 1000;
    running_server host(echo, options);
    client one(host);
    say(one.socket, "PUT /e HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
    BOOST_TEST(hear_all(one.socket).starts_with("HTTP/1.1 413 "));
}

BOOST_AUTO_TEST_CASE(refuses_with_the_answer_it_was_given_though_the_client_keeps_sending) {
    http::server_options options;
    options.max_body_bytes = 1000;
    options.too_large = plain(413, "<Error/>").answer;
    running_server host(echo, options);
    client one(host);
    say(one.socket, "PUT /e HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
    say(one.socket, std::string(300000, 'x'));
    BOOST_TEST(hear_all(one.socket).ends_with("\r\n\r\n<Error/>"));
}

BOOST_AUTO_TEST_CASE(refuses_a_head_without_end) {
    running_server host(echo);
    client one(host);
    say(one.socket, "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(40000, 'x') + "\r\n");
    BOOST_TEST(hear_all(one.socket).starts_with("HTTP/1.1 431 "));
}

BOOST_AUTO_TEST_CASE(refuses_nonsense) {
    running_server host(echo);
    client one(host);
    say(one.socket, "\x16\x03\x01 hello\r\n\r\n");
    BOOST_TEST(hear_all(one.socket).starts_with("HTTP/1.1 400 "));
}

BOOST_AUTO_TEST_SUITE_END()
