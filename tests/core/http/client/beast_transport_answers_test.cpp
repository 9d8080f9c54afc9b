#include "base/crypto/crypto.hpp"
#include "http/client/beast_transport.hpp"
#include "support/network.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace kustodrop;
using http::verb;
using test::always;
using test::once;
using test::raw_server;
using test::small_ok;

BOOST_FIXTURE_TEST_SUITE(beast_transport_answers_, test::network)

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
                                       "\r\nUser-Agent: kustodrop\r\nAccept-Encoding: identity\r\n"
                                       "x-ms-version: 1\r\n"
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

BOOST_AUTO_TEST_CASE(is_patient_with_a_body_that_comes_slowly_but_comes) {
    options.io_timeout = 2s;
    std::promise<void> nothing;
    auto never = nothing.get_future().share();
    raw_server server([never](raw_server::socket& client, int) {
        raw_server::read_request(client);
        raw_server::say(client, "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n");
        for (int i = 0; i < 25; ++i) {
            never.wait_for(100ms);
            raw_server::say(client, "x");
        }
    });
    BOOST_TEST(send(get(server.port())).value().body == std::string(25, 'x'));
}

// The kernel takes most of the body at once, and the peer reads it for longer than anything may
// rest.
BOOST_AUTO_TEST_CASE(is_patient_with_a_peer_that_takes_a_body_slowly_but_takes_it) {
    options.io_timeout = 2s;
    std::string body(512u << 10u, 'x');
    std::promise<void> nothing;
    auto never = nothing.get_future().share();
    raw_server server([&](raw_server::socket& client, int) {
        client.set_option(asio::socket_base::receive_buffer_size(16 << 10));
        std::vector<char> piece(8u << 10u);
        boost::system::error_code error;
        for (std::size_t read = 0; read < body.size() && !error;) {
            never.wait_for(100ms);
            read += client.read_some(asio::buffer(piece), error);
        }
        raw_server::say(client, small_ok);
        raw_server::wait_for_end(client);
    });
    auto request = post(server.port(), "");
    request.borrowed_body = body;
    BOOST_TEST(send(request).value().status == 200u);
}

BOOST_AUTO_TEST_CASE(answers_that_only_announce_another_one_end_somewhere) {
    std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n";
    std::string some;
    for (int i = 0; i < 10; ++i) some += interim;
    raw_server few(once(some + small_ok));
    BOOST_TEST(send(get(few.port())).value().status == 200u);
    for (int i = 0; i < 20; ++i) some += interim;
    raw_server many(once(some));
    BOOST_TEST(send(get(many.port())).error().code == errc::bad_answer);
}

BOOST_AUTO_TEST_CASE(an_answer_that_drips_for_ever_is_given_up) {
    options.io_timeout = 200ms;
    std::promise<void> nothing;
    auto never = nothing.get_future().share();
    raw_server server([never](raw_server::socket& client, int) {
        raw_server::read_request(client);
        raw_server::say(client, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
        boost::system::error_code ended;
        while (!ended) {
            never.wait_for(50ms);
            asio::write(client, asio::buffer("x", 1), ended);
        }
    });
    BOOST_TEST(send(get(server.port())).error().code == errc::timeout);
}

BOOST_AUTO_TEST_CASE(a_header_cannot_smuggle_another_one) {
    raw_server server(always(small_ok));
    auto request = get(server.port());
    request.headers.add("X-App", "a\r\nX-Evil: b");
    BOOST_TEST(send(request).error().code == errc::bad_request);
    BOOST_TEST(server.connections() == 0);
}

BOOST_AUTO_TEST_CASE(refuses_an_answer_that_says_it_is_too_large) {
    raw_server server(once("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"));
    auto request = get(server.port());
    request.max_answer_bytes = 1000;
    auto answer = send(request);
    BOOST_TEST(answer.error().code == errc::answer_too_large);
    BOOST_TEST((answer.error().next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(refuses_an_answer_that_grows_too_large) {
    auto chunk = "200\r\n" + std::string(0x200, 'x') + "\r\n";
    raw_server server(
        once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk)
    );
    auto request = get(server.port());
    request.max_answer_bytes = 1000;
    BOOST_TEST(send(request).error().code == errc::answer_too_large);
}

BOOST_AUTO_TEST_CASE(drops_the_body_of_an_error_that_is_too_large) {
    auto page = std::string(100'000, 'x');
    raw_server server(
        once("HTTP/1.1 403 Forbidden\r\nRetry-After: 7\r\nContent-Length: 100000\r\n\r\n" + page)
    );
    auto request = get(server.port());
    request.max_answer_bytes = 1000;
    auto answer = send(request);
    BOOST_TEST(answer.has_value());
    BOOST_TEST(answer->status == 403u);
    BOOST_TEST(answer->headers.find("Retry-After").value_or("") == "7");
    BOOST_TEST(answer->body.empty());
}

BOOST_AUTO_TEST_CASE(drops_the_body_of_an_error_that_grows_too_large) {
    auto chunk = "200\r\n" + std::string(0x200, 'x') + "\r\n";
    raw_server server(once(
        "HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk
    ));
    auto request = get(server.port());
    request.max_answer_bytes = 1000;
    auto answer = send(request);
    BOOST_TEST(answer.has_value());
    BOOST_TEST(answer->status == 502u);
    BOOST_TEST(answer->body.empty());
}

BOOST_AUTO_TEST_CASE(refuses_a_chunk_extension_or_trailer_without_end) {
    std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    raw_server extended(once(head + "3;x=" + std::string(600'000, 'x')));
    BOOST_TEST(send(get(extended.port())).error().code == errc::bad_answer);
    raw_server trailed(once(head + "3\r\nabc\r\n0\r\nX: " + std::string(600'000, 'x')));
    BOOST_TEST(send(get(trailed.port())).error().code == errc::bad_answer);
}

BOOST_AUTO_TEST_CASE(refuses_headers_without_end) {
    raw_server server(once("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x')));
    BOOST_TEST(send(get(server.port())).error().code == errc::bad_answer);
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
    BOOST_TEST(answer.error().code == errc::connection_reset);
    BOOST_TEST(answer.error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_a_failure) {
    raw_server server(once("220 mail.example ESMTP\r\n\r\n"));
    BOOST_TEST(send(get(server.port())).error().code == errc::bad_answer);
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

BOOST_AUTO_TEST_CASE(a_compressed_answer_is_named_and_not_read) {
    std::string head = "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz";
    raw_server good(always("HTTP/1.1 200 OK\r\n" + head));
    auto request = post(good.port(), "hello");
    request.operation = "post_blobs";
    auto answer = send(request);
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST(answer.error().code == errc::bad_answer);
    BOOST_TEST(answer.error().maybe_acted);
    BOOST_TEST(answer.error().detail.find("Content-Encoding: gzip") != std::string::npos);
    raw_server bad(always("HTTP/1.1 404 Not Found\r\n" + head));
    auto error = send(get(bad.port()));
    BOOST_TEST(error.value().status == 404u);
    BOOST_TEST(error.value().body.empty());
}

BOOST_AUTO_TEST_CASE(an_answer_may_say_that_it_is_not_compressed) {
    for (std::string coding : {"identity", "IDENTITY ", ""}) {
        raw_server server(always(
            "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nContent-Length: 3\r\n\r\nxyz"
        ));
        BOOST_TEST(send(get(server.port())).value().body == "xyz");
    }
    raw_server empty(
        always("HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n")
    );
    BOOST_TEST(send(get(empty.port())).value().status == 201u);
}

BOOST_AUTO_TEST_CASE(what_a_blob_holds_may_be_compressed) {
    raw_server server(
        always("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz")
    );
    auto request = get(server.port());
    request.service = "blob";
    BOOST_TEST(send(request).value().body == "xyz");
}

BOOST_AUTO_TEST_SUITE_END()
