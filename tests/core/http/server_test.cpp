#include "http/server.hpp"

#include "base/text.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>
#include <unistd.h>

using namespace kustodrop;
namespace fs = std::filesystem;
using tcp = asio::ip::tcp;

namespace {

// For localhost, for a hundred years; nobody else's.
constexpr auto certificate = R"(-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUIcTXwfhj9OVbbgrniRBm2+DHLZMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA3MDUwNVoYDzIxMjYxMDMw
MDcwNTA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQQf3JUS3DeGp8TtNRjN3DLiI/Zq+zMXfNICKoJcBMUnCoIQsdvpKe6
CHHMWHmxDoXp/N9GBRqHi4jKSAQ0Hx8Co1MwUTAdBgNVHQ4EFgQUVOBTrK8yYivv
k4D2XPtR4NjDp9wwHwYDVR0jBBgwFoAUVOBTrK8yYivvk4D2XPtR4NjDp9wwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAR36n29pOscOdn54jbzHPW
pOhLxZ9X4SgtWAzQ2dlJXAIgUO+YXhBVpiXu1Si3nd2yG/QcACWPB4W5s3l649d4
DiE=
-----END CERTIFICATE-----
)";
constexpr auto private_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrX+jFNEDneSg5fZi
MfTD0g7JHU2rnKE8AsQSMZTnX9ihRANCAAQQf3JUS3DeGp8TtNRjN3DLiI/Zq+zM
XfNICKoJcBMUnCoIQsdvpKe6CHHMWHmxDoXp/N9GBRqHi4jKSAQ0Hx8C
-----END PRIVATE KEY-----
)";

http::reply plain(unsigned status, std::string body) {
    http::reply out;
    out.answer.status = status;
    out.answer.body = std::move(body);
    return out;
}

asio::awaitable<http::reply> echo(http::incoming request) {
    co_return plain(200, request.target + "|" + request.body + "|" + request.peer);
}

// A server on its own thread, stopped by cancellation as in life.
struct running_server {
    real_clock clock;
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    asio::io_context io{1};
    http::server server;
    asio::cancellation_signal cancellation;
    std::thread thread;
    std::promise<void> ended;

    explicit running_server(http::handler handle, http::server_options options = {})
        : server(io.get_executor(), std::move(options), std::move(handle), log) {
        auto finish = [this](std::exception_ptr) { ended.set_value(); };
        asio::co_spawn(io, server.run(), asio::bind_cancellation_slot(cancellation.slot(), finish));
        thread = std::thread([this] { io.run(); });
    }
    ~running_server() {
        if (thread.joinable()) stop();
    }
    void stop() {
        asio::post(io, [this] { cancellation.emit(asio::cancellation_type::terminal); });
        ended.get_future().wait();
        thread.join();
    }
    tcp::endpoint endpoint() const { return {asio::ip::make_address("127.0.0.1"), server.port()}; }
};

template <class Stream>
void say(Stream& stream, std::string_view text) {
    asio::write(stream, asio::buffer(text));
}

// Reads until `wanted` has come or the connection ends.
template <class Stream>
std::string hear(Stream& stream, std::string_view wanted) {
    std::string all;
    boost::system::error_code error;
    char piece[4096];
    while (!error && all.find(wanted) == std::string::npos) {
        auto got = stream.read_some(asio::buffer(piece), error);
        all.append(piece, got);
    }
    return all;
}

template <class Stream>
std::string hear_all(Stream& stream) {
    return hear(stream, "\xff never sent \xff");
}

struct client {
    asio::io_context io;
    tcp::socket socket{io};

    explicit client(const running_server& host) { socket.connect(host.endpoint()); }
};

fs::path temporary(std::string_view name) {
    auto path = fs::temp_directory_path() /
                ("kustodrop-server-test-" + std::to_string(::getpid()) + "-" + std::string(name));
    fs::remove_all(path);
    return path;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_)

BOOST_AUTO_TEST_CASE(answers_with_what_the_handler_says) {
    running_server host(echo);
    client one(host);
    say(one.socket, "PUT /a%20b?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    auto answer = hear(one.socket, "127.0.0.1");
    BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(answer.ends_with("\r\n\r\n/a%20b?c=d|abc|127.0.0.1"));
    BOOST_TEST(answer.find("Content-Length: 24\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_the_connection_for_the_next_request_even_when_both_come_at_once) {
    running_server host(echo);
    client one(host);
    say(one.socket, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    auto answer = hear(one.socket, "/2||127.0.0.1");
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
    BOOST_TEST(hear(one.socket, "/x|hi|").find("200 OK") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(joins_the_chunks_of_a_chunked_body) {
    running_server host(echo);
    client one(host);
    say(one.socket, "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    say(one.socket, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    BOOST_TEST(hear(one.socket, "127.0.0.1").ends_with("/c|abcde|127.0.0.1"));
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
    BOOST_TEST(hear(one.socket, "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    say(one.socket, "ok");
    BOOST_TEST(hear(one.socket, "/e|ok|").starts_with("HTTP/1.1 200 OK"));
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_is_too_large_before_it_is_sent) {
    http::server_options options;
    options.max_body_bytes = 1000;
    running_server host(echo, options);
    client one(host);
    say(one.socket, "PUT /e HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
    BOOST_TEST(hear_all(one.socket).starts_with("HTTP/1.1 413 "));
}

BOOST_AUTO_TEST_CASE(refuses_in_the_words_it_was_given_though_the_client_keeps_sending) {
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

BOOST_AUTO_TEST_CASE(resets_the_connection_when_told_to) {
    auto handle = [](http::incoming) -> asio::awaitable<http::reply> {
        http::reply out;
        out.reset = true;
        co_return out;
    };
    running_server host(handle);
    client one(host);
    say(one.socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    char piece[16];
    boost::system::error_code error;
    one.socket.read_some(asio::buffer(piece), error);
    BOOST_TEST((error == asio::error::connection_reset));
}

BOOST_AUTO_TEST_CASE(says_nothing_when_told_to_stall_and_hangs_up_in_the_end) {
    auto handle = [](http::incoming) -> asio::awaitable<http::reply> {
        http::reply out;
        out.stall = 20ms;
        co_return out;
    };
    http::server_options options;
    options.idle_timeout = 80ms;
    running_server host(handle, options);
    client one(host);
    say(one.socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(hear_all(one.socket).empty());
}

BOOST_AUTO_TEST_CASE(hangs_up_on_an_idle_client) {
    http::server_options options;
    options.idle_timeout = 80ms;
    running_server host(echo, options);
    client one(host);
    BOOST_TEST(hear_all(one.socket).empty());
}

BOOST_AUTO_TEST_CASE(lets_an_idle_connection_make_room_for_a_new_one) {
    http::server_options options;
    options.max_connections = 1;
    running_server host(echo, options);
    client idle(host);
    say(idle.socket, "GET /idle HTTP/1.1\r\nHost: x\r\n\r\n");
    hear(idle.socket, "/idle||127.0.0.1");
    client busy(host);
    say(busy.socket, "GET /busy HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(hear(busy.socket, "/busy||127.0.0.1").starts_with("HTTP/1.1 200"));
    BOOST_TEST(hear_all(idle.socket).empty());
}

BOOST_AUTO_TEST_CASE(keeps_a_large_body_in_a_file_that_goes_with_the_request) {
    auto folder = temporary("spool");
    fs::create_directory(folder);
    fs::path seen;
    auto handle = [&seen](http::incoming request) -> asio::awaitable<http::reply> {
        if (!request.spooled) co_return plain(500, "in memory");
        seen = request.spooled->path;
        std::ifstream file(seen);
        std::string text(std::istreambuf_iterator<char>(file), {});
        auto same = text == std::string(300000, 'y') && request.spooled->bytes == text.size();
        co_return plain(200, same ? "same" : "different");
    };
    http::server_options options;
    options.spool_folder = folder;
    options.spool_above = 1000;
    running_server host(handle, options);
    client one(host);
    say(one.socket,
        "PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Content-Length: 300000\r\n\r\n" +
            std::string(300000, 'y'));
    BOOST_TEST(hear_all(one.socket).ends_with("\r\n\r\nsame"));
    host.stop();
    BOOST_TEST(!fs::exists(seen));
    fs::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(sends_a_part_of_a_file) {
    auto path = temporary("part");
    std::ofstream(path) << std::string(500000, 'a') << "tail";
    auto handle = [path](http::incoming) -> asio::awaitable<http::reply> {
        auto out = plain(206, "");
        out.file = http::file_part{path, 100, 499904};
        co_return out;
    };
    running_server host(handle);
    client one(host);
    say(one.socket, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto answer = hear_all(one.socket);
    BOOST_TEST(answer.find("Content-Length: 499904\r\n") != std::string::npos);
    BOOST_TEST(answer.ends_with(std::string(499900, 'a') + "tail"));
    fs::remove(path);
}

BOOST_AUTO_TEST_CASE(does_not_let_a_header_value_forge_another) {
    auto handle = [](http::incoming) -> asio::awaitable<http::reply> {
        auto out = plain(200, "");
        out.answer.headers.add("X-Name", "a\r\nX-Forged: b");
        co_return out;
    };
    running_server host(handle);
    client one(host);
    say(one.socket, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    BOOST_TEST(hear_all(one.socket).find("\r\nX-Forged") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(closes_everything_when_cancelled_even_a_handler_at_work) {
    std::promise<void> working;
    auto handle = [&working](http::incoming) -> asio::awaitable<http::reply> {
        real_clock clock;
        working.set_value();
        auto never = clock.now() + 24h;
        co_await clock.sleep_until(never);
        co_return plain(200, "late");
    };
    running_server host(handle);
    client busy(host);
    client idle(host);
    say(busy.socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    working.get_future().wait();
    host.stop();
    BOOST_TEST(hear_all(busy.socket).empty());
    BOOST_TEST(hear_all(idle.socket).empty());
}

BOOST_AUTO_TEST_CASE(survives_a_handler_that_throws) {
    auto handle = [](http::incoming request) -> asio::awaitable<http::reply> {
        if (request.target == "/throw") throw std::runtime_error("no");
        co_return plain(200, "fine");
    };
    running_server host(handle);
    client bad(host);
    say(bad.socket, "GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(hear_all(bad.socket).empty());
    client good(host);
    say(good.socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(hear(good.socket, "fine").ends_with("fine"));
}

BOOST_AUTO_TEST_CASE(says_where_it_cannot_listen) {
    running_server first(echo);
    http::server_options options;
    options.port = first.server.port();
    auto names_the_port = [&options](const std::system_error& e) {
        return std::string_view(e.what()).find(std::to_string(options.port)) != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(
        http::server(first.io.get_executor(), options, echo, first.log),
        std::system_error,
        names_the_port
    );
}

BOOST_AUTO_TEST_CASE(serves_a_unix_socket_and_names_the_peer) {
    auto path = temporary("socket");
    http::server_options options;
    options.unix_path = path;
    {
        // What a killed process leaves behind.
        asio::io_context io;
        asio::local::stream_protocol::acceptor stale(io, options.unix_path);
    }
    running_server host(echo, options);
    BOOST_TEST((fs::status(path).permissions() == fs::perms(0660)));
    asio::io_context io;
    asio::local::stream_protocol::socket socket(io);
    socket.connect(options.unix_path);
    say(socket, "GET /u HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto who = "|uid=" + std::to_string(::getuid()) + " gid=" + std::to_string(::getgid()) +
               " pid=" + std::to_string(::getpid());
    BOOST_TEST(hear_all(socket).ends_with(who));
    host.stop();
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(does_not_take_over_a_unix_socket_that_is_served) {
    auto path = temporary("taken");
    http::server_options options;
    options.unix_path = path;
    running_server host(echo, options);
    BOOST_CHECK_THROW(
        http::server(host.io.get_executor(), options, echo, host.log), std::system_error
    );
}

BOOST_AUTO_TEST_CASE(speaks_tls) {
    http::server_options options;
    options.certificate_pem = certificate;
    options.private_key_pem = private_key;
    running_server host(echo, options);
    asio::io_context io;
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.add_certificate_authority(asio::buffer(std::string_view(certificate)));
    context.set_verify_mode(asio::ssl::verify_peer);
    asio::ssl::stream<tcp::socket> stream(io, context);
    stream.next_layer().connect(host.endpoint());
    stream.handshake(asio::ssl::stream_base::client);
    say(stream, "PUT /t HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    BOOST_TEST(hear(stream, "|127.0.0.1").ends_with("/t|hi|127.0.0.1"));
    say(stream, "GET /u HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    BOOST_TEST(hear_all(stream).ends_with("/u||127.0.0.1"));
}

BOOST_AUTO_TEST_SUITE_END()
