// What happens on one connection of the server, from its first request to its last.
#include "http/server/served_connection.hpp"

#include "base/text.hpp"
#include "http/server/reply_head.hpp"
#include "http/server/request_body.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace kustodrop::http {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

static constexpr std::size_t head_limit = 32u << 10u;
static constexpr std::size_t piece_bytes = 256u << 10u;
static constexpr duration handshake_timeout = 10s;
static constexpr duration head_timeout = 20s;  // For the whole head of a request.
static constexpr duration farewell_timeout = 2s;

namespace {

class registration {
public:
    registration(state_pointer state, served_connection* one)
        : state_(std::move(state)), one_(one) {
        state_->connections.push_back(one);
    }
    ~registration() {
        state_->connections.remove(one_);
        state_->changed.notify_all();
    }
    registration(const registration&) = delete;

private:
    state_pointer state_;
    served_connection* one_;
};

std::optional<verb> known_verb(beast_http::verb method) {
    switch (method) {
    case beast_http::verb::get:
        return verb::get;
    case beast_http::verb::head:
        return verb::head;
    case beast_http::verb::put:
        return verb::put;
    case beast_http::verb::post:
        return verb::post;
    case beast_http::verb::delete_:
        return verb::delete_;
    default:
        return std::nullopt;
    }
}

incoming to_incoming(request_parser& parser, verb method, const std::string& peer) {
    auto& message = parser.get();
    incoming out;
    out.method = method;
    out.target = origin_form({message.target().data(), message.target().size()});
    for (auto& field : message) {
        out.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    out.body = std::move(message.body().text);
    out.spooled = std::move(message.body().spooled);
    out.peer = peer;
    return out;
}

template <class Stream>
asio::awaitable<bool> write_all(Stream& stream, served_connection& self, std::string_view bytes) {
    while (!bytes.empty()) {
        auto piece = asio::buffer(bytes.data(), std::min(bytes.size(), piece_bytes));
        auto [error, written] =
            co_await stream.async_write_some(piece, asio::as_tuple(asio::use_awaitable));
        if (error) co_return false;
        bytes.remove_prefix(written);
    }
    self.deadline = time_point::max();
    co_return true;
}

template <class Stream>
asio::awaitable<bool> write_file(
    Stream& stream, served_connection& self, file_part part, duration patience
) {
    open_file file(::open(part.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) co_return part.length == 0;
    std::string piece(std::min<std::uint64_t>(part.length, piece_bytes), '\0');
    while (part.length > 0) {
        auto want = std::min<std::uint64_t>(part.length, piece.size());
        auto got = ::pread(file.get(), piece.data(), want, static_cast<off_t>(part.offset));
        if (got <= 0) co_return false;
        self.expires_after(patience);
        auto sent = co_await write_all(stream, self, std::string_view(piece.data(), got));
        if (!sent) co_return false;
        part.offset += static_cast<std::uint64_t>(got);
        part.length -= static_cast<std::uint64_t>(got);
    }
    co_return true;
}

template <class Stream>
asio::awaitable<bool> read_some(Stream& stream, served_connection& self) {
    auto room = self.room();
    auto [error, bytes] =
        co_await stream.async_read_some(room, asio::as_tuple(asio::use_awaitable));
    self.end += bytes;
    co_return !error;
}

bool expects_continue(request_parser& parser) {
    auto expect = parser.get()[beast_http::field::expect];
    return equals_ignoring_case({expect.data(), expect.size()}, "100-continue");
}

// Reads one request into the parser. Nothing: the client went away.
template <class Stream>
asio::awaitable<std::optional<error_code>> read_request(
    Stream& stream, served_connection& self, server_state& state, request_parser& parser
) {
    bool continued = false;
    self.idle = true;
    self.in_head = false;
    self.began_at = real_clock().now();
    if (state.full()) state.changed.notify_all();
    self.expires_after(state.options.idle_timeout);
    while (true) {
        if (self.begin < self.end) {
            if (self.idle) {
                self.idle = false;
                self.in_head = true;
                self.began_at = real_clock().now();
            }
            error_code error;
            asio::const_buffer filled(self.buffer.data() + self.begin, self.end - self.begin);
            self.begin += parser.put(filled, error);
            if (error && error != beast_http::error::need_more) co_return error;
            if (parser.is_done()) break;
            if (error && self.end - self.begin > head_limit) {
                co_return error_code(beast_http::error::header_limit);
            }
            if (!error && self.begin < self.end) continue;
        }
        if (parser.is_header_done()) {
            self.in_head = false;
            // A long body deserves a longer buffer.
            auto rest = parser.content_length_remaining();
            if (rest && *rest > 4 * served_connection::first_bytes &&
                self.buffer.size() < piece_bytes) {
                self.buffer.resize(piece_bytes);
            }
            if (!continued && expects_continue(parser)) {
                auto sent = co_await write_all(stream, self, "HTTP/1.1 100 Continue\r\n\r\n");
                if (!sent) co_return std::nullopt;
            }
            continued = true;
        }
        // A byte now and then does not prolong the time of a head.
        if (self.in_head) {
            self.deadline = self.began_at + std::min(head_timeout, state.options.idle_timeout);
        } else {
            self.expires_after(state.options.idle_timeout);
        }
        auto more = co_await read_some(stream, self);
        if (!more) co_return std::nullopt;
    }
    self.in_head = false;
    self.deadline = time_point::max();
    co_return error_code();
}

// Reads and forgets until the client hangs up. Closing with its bytes unread would reset the
// connection, and the client might never see the answer.
template <class Stream>
asio::awaitable<void> read_to_the_end(Stream& stream, served_connection& self, duration patience) {
    self.expires_after(patience);
    while (true) {
        self.begin = self.end = 0;
        auto more = co_await read_some(stream, self);
        if (!more) break;
    }
}

template <class Stream>
asio::awaitable<bool> send_reply(
    Stream& stream,
    served_connection& self,
    const reply& out,
    const duration patience,
    std::string head,
    bool with_body
) {
    // One write for most answers: a small body rides with the head.
    auto rides = with_body && !out.file && out.answer.body.size() <= served_connection::first_bytes;
    if (rides) head += out.answer.body;
    self.expires_after(patience);
    auto sent = co_await write_all(stream, self, head);
    if (!sent || rides || !with_body) co_return sent;
    if (out.file) {
        auto file_sent = co_await write_file(stream, self, *out.file, patience);
        co_return file_sent;
    }
    std::string_view body = out.answer.body;
    while (!body.empty()) {
        self.expires_after(patience);
        auto piece = body.substr(0, piece_bytes);
        auto piece_sent = co_await write_all(stream, self, piece);
        if (!piece_sent) co_return false;
        body.remove_prefix(piece.size());
    }
    co_return true;
}

// One request and its answer. False when the connection has served its last.
template <class Stream>
asio::awaitable<bool> serve_one(Stream& stream, served_connection& self, server_state& state) {
    auto& options = state.options;
    auto parser = std::make_unique<request_parser>();
    parser->header_limit(head_limit);
    parser->body_limit(options.max_body_bytes);
    parser->eager(true);
    parser->get().body().folder = options.spool_folder;
    parser->get().body().limit = options.spool_above;
    auto read = co_await read_request(stream, self, state, *parser);
    if (!read) co_return false;
    auto method = known_verb(parser->get().method());
    reply out;
    bool keep_alive = !*read && parser->keep_alive();
    bool to_head = method == verb::head;
    if (*read) {
        out = refusal(*read, options);
    } else if (!method) {
        out.answer.status = 501;
    } else {
        auto request = to_incoming(*parser, *method, self.peer);
        parser.reset();
        self.waits = false;
        out = co_await state.handle(std::move(request));
        self.waits = true;
    }
    if (out.reset) {
        self.break_off();
        co_return false;
    }
    if (out.stall > duration::zero()) {
        co_await read_to_the_end(stream, self, out.stall);
        co_return false;
    }
    auto head = head_of(out, to_head, keep_alive);
    auto with_body = !to_head && !has_no_body(out.answer.status);
    auto sent =
        co_await send_reply(stream, self, out, options.idle_timeout, std::move(head), with_body);
    if (*read && sent) {
        error_code ignored;
        self.socket.shutdown(asio::socket_base::shutdown_send, ignored);
        co_await read_to_the_end(stream, self, farewell_timeout);
    }
    co_return sent&& keep_alive;
}

template <class Stream>
asio::awaitable<void> serve(Stream& stream, served_connection& self, server_state& state) {
    bool more = true;
    while (more) more = co_await serve_one(stream, self, state);
}

asio::awaitable<void> serve_tls(served_connection& self, server_state& state) {
    asio::ssl::stream<socket_type&> stream(self.socket, *state.tls);
    self.expires_after(handshake_timeout);
    auto [error] = co_await stream.async_handshake(
        asio::ssl::stream_base::server, asio::as_tuple(asio::use_awaitable)
    );
    if (error) {
        state.log.debug("tls_handshake_failed", {{"peer", self.peer}, {"error", error.message()}});
        co_return;
    }
    co_await serve(stream, self, state);
    if (!self.socket.is_open()) co_return;
    self.expires_after(farewell_timeout);
    co_await stream.async_shutdown(asio::as_tuple(asio::use_awaitable));
}

using connection_pointer = std::shared_ptr<served_connection>;
using registration_pointer = std::shared_ptr<registration>;

asio::awaitable<void> serve_connection(
    state_pointer state, connection_pointer self, registration_pointer
) {
    if (state->tls) {
        co_await serve_tls(*self, *state);
    } else {
        co_await serve(self->socket, *self, *state);
    }
}

}  // namespace

void start_serving(const state_pointer& state, socket_type socket, std::string peer) {
    auto self = std::make_shared<served_connection>(std::move(socket));
    self->peer = std::move(peer);
    auto registered = std::make_shared<registration>(state, self.get());
    auto finish = [state, self](std::exception_ptr error) {
        self->close();
        if (!error) return;
        try {
            std::rethrow_exception(error);
        } catch (const boost::system::system_error& e) {
            if (e.code() == asio::error::operation_aborted) return;
            state->log.error("connection_failed", {{"peer", self->peer}, {"error", e.what()}});
        } catch (const std::exception& e) {
            state->log.error("connection_failed", {{"peer", self->peer}, {"error", e.what()}});
        }
    };
    auto task = serve_connection(state, self, std::move(registered));
    auto slot = self->cancellation.slot();
    asio::co_spawn(
        state->executor, std::move(task), asio::bind_cancellation_slot(slot, std::move(finish))
    );
}

}  // namespace kustodrop::http
