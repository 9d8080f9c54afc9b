// How connections and the server end, and what they listen on.
#include "core/http/server/served.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

BOOST_AUTO_TEST_SUITE(server_life_)

BOOST_AUTO_TEST_CASE(resets_the_connection_when_asked_to) {
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

BOOST_AUTO_TEST_CASE(says_nothing_when_asked_to_stall_and_hangs_up_in_the_end) {
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

// The timer that looks after the connections may be due at the very moment of the end.
BOOST_AUTO_TEST_CASE(leaves_nothing_running_when_its_timer_was_due_at_the_end) {
    real_clock clock;
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    asio::io_context io{1};
    http::server_options options;
    options.idle_timeout = 80ms;  // It looks every eighth of that.
    http::server server(io.get_executor(), options, echo, log);
    asio::cancellation_signal cancellation;
    bool ended = false;
    auto finish = [&](std::exception_ptr) { ended = true; };
    asio::co_spawn(io, server.run(), asio::bind_cancellation_slot(cancellation.slot(), finish));
    io.poll();
    asio::post(io, [&] {
        for (auto due = clock.now() + 15ms; clock.now() < due;) {
        }
        cancellation.emit(asio::cancellation_type::terminal);
    });
    io.run_for(10s);
    BOOST_TEST(ended);
    BOOST_TEST(io.stopped());
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
    read_until(idle.socket, "/idle||127.0.0.1");
    client busy(host);
    say(busy.socket, "GET /busy HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(read_until(busy.socket, "/busy||127.0.0.1").starts_with("HTTP/1.1 200"));
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
    BOOST_TEST(read_until(good.socket, "fine").ends_with("fine"));
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
    BOOST_TEST(read_until(stream, "|127.0.0.1").ends_with("/t|hi|127.0.0.1"));
    say(stream, "GET /u HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    BOOST_TEST(hear_all(stream).ends_with("/u||127.0.0.1"));
}

BOOST_AUTO_TEST_SUITE_END()
