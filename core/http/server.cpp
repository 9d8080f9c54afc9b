#include "http/server.hpp"

#include "base/crypto.hpp"
#include "base/event.hpp"
#include "base/text.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <list>
#include <unistd.h>
#include <vector>

namespace kustodrop::http {

namespace beast_http = boost::beast::http;
namespace fs = std::filesystem;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using unix_stream = asio::local::stream_protocol;
// TCP and Unix connections alike, so that the code below is compiled twice (plain, TLS) and not
// three times.
using socket_type = asio::generic::stream_protocol::socket;

static constexpr std::size_t head_limit = 32u << 10u;
static constexpr std::size_t piece_bytes = 256u << 10u;
static constexpr std::size_t first_buffer_bytes = 8u << 10u;
static constexpr duration handshake_timeout = 10s;
static constexpr duration farewell_timeout = 2s;

spooled_body::~spooled_body() {
    std::error_code ignored;
    fs::remove(path, ignored);
}

namespace {

// A file descriptor that is closed when it goes.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int number) : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }

private:
    int number_ = -1;
};

// Where the body of one request goes: memory, or a file when it grows too large for that.
struct body_sink {
    std::string text;
    std::shared_ptr<spooled_body> spooled;
    descriptor file;
    fs::path folder;
    std::size_t limit = 0;

    void append(const void* data, std::size_t size, error_code& error) {
        if (!spooled && !folder.empty() && text.size() + size > limit) spool(error);
        if (error) return;
        if (!spooled) {
            text.append(static_cast<const char*>(data), size);
            return;
        }
        write(data, size, error);
    }

private:
    void spool(error_code& error) {
        auto body = std::make_shared<spooled_body>();
        body->path = folder / ("body-" + hex_encode(random_bytes(12)));
        file =
            descriptor(::open(body->path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
        if (file.get() < 0) {
            error.assign(errno, boost::system::system_category());
            return;
        }
        spooled = std::move(body);
        write(text.data(), text.size(), error);
        text = {};
    }

    void write(const void* data, std::size_t size, error_code& error) {
        auto* next = static_cast<const char*>(data);
        spooled->bytes += size;
        while (size > 0) {
            auto written = ::write(file.get(), next, size);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                error.assign(errno, boost::system::system_category());
                return;
            }
            next += written;
            size -= static_cast<std::size_t>(written);
        }
    }
};

// Lets Beast's parser write into a body_sink.
struct sink_body {
    using value_type = body_sink;

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(beast_http::header<is_request, Fields>&, body_sink& sink) : sink_(sink) {}

        void init(const boost::optional<std::uint64_t>& length, error_code& error) {
            error = {};
            // Trusts a promised length only so far.
            if (length) sink_.text.reserve(std::min<std::uint64_t>(*length, 1u << 20u));
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, error_code& error) {
            error = {};
            std::size_t total = 0;
            for (auto it = asio::buffer_sequence_begin(buffers);
                 it != asio::buffer_sequence_end(buffers);
                 ++it) {
                asio::const_buffer part(*it);
                sink_.append(part.data(), part.size(), error);
                total += part.size();
            }
            return total;
        }
        void finish(error_code& error) { error = {}; }

    private:
        body_sink& sink_;
    };
};

using request_parser = beast_http::request_parser<sink_body>;

// One connection; on the server's list for as long as it lives.
struct connection {
    explicit connection(socket_type socket) : socket(std::move(socket)) {}

    socket_type socket;
    std::string peer;
    asio::cancellation_signal cancellation;
    time_point deadline = time_point::max();
    bool idle = false;  // Between two requests.
    std::vector<char> buffer = std::vector<char>(first_buffer_bytes);
    std::size_t begin = 0;
    std::size_t end = 0;

    void expires_after(duration time) { deadline = std::chrono::steady_clock::now() + time; }
    void close() {
        error_code ignored;
        socket.close(ignored);
    }
    void break_off() {
        error_code ignored;
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
        socket.close(ignored);
    }
    // Room at the end of the buffer for the next read.
    asio::mutable_buffer room() {
        if (begin == end) begin = end = 0;
        if (end == buffer.size() && begin > 0) {
            std::copy(buffer.begin() + begin, buffer.begin() + end, buffer.begin());
            end -= begin;
            begin = 0;
        }
        if (end == buffer.size()) buffer.resize(buffer.size() * 2);
        return {buffer.data() + end, buffer.size() - end};
    }
};

}  // namespace

// Shared with the connections, whose frames may be destroyed after the server itself when an
// io_context goes down with work left in it.
struct shared_state {
    shared_state(asio::any_io_executor executor, server_options o, handler h, logger& log)
        : executor(executor),
          options(std::move(o)),
          handle(std::move(h)),
          log(log),
          changed(executor) {}

    asio::any_io_executor executor;
    server_options options;
    handler handle;
    logger& log;
    std::optional<asio::ssl::context> tls;
    std::list<connection*> connections;
    event changed;
    std::uint64_t accepted = 0;

    bool full() const { return connections.size() >= options.max_connections; }
};

using state_pointer = std::shared_ptr<shared_state>;

namespace {

class registration {
public:
    registration(state_pointer state, connection* one) : state_(std::move(state)), one_(one) {
        state_->connections.push_back(one);
    }
    ~registration() {
        state_->connections.remove(one_);
        state_->changed.notify_all();
    }
    registration(const registration&) = delete;

private:
    state_pointer state_;
    connection* one_;
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

std::string origin_form(std::string_view target) {
    auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return std::string(target);
    auto path = target.find_first_of("/?", scheme + 3);
    if (path == std::string_view::npos) return "/";
    return (target[path] == '?' ? "/" : "") + std::string(target.substr(path));
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

void append_field(std::string& head, std::string_view name, std::string_view value) {
    auto add = [&head](std::string_view text) {
        // A line break in a value would forge another field.
        for (auto c : text) {
            if (c != '\r' && c != '\n' && c != '\0') head += c;
        }
    };
    add(name);
    head += ": ";
    add(value);
    head += "\r\n";
}

bool has_no_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

std::string head_of(const reply& out, bool to_head, bool keep_alive) {
    auto& answer = out.answer;
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " ";
    head += std::string(beast_http::obsolete_reason(beast_http::int_to_status(answer.status)));
    head += "\r\n";
    // Only the answer to a HEAD may name a length that it does not carry.
    auto length = to_head ? answer.headers.find("Content-Length") : std::nullopt;
    for (auto& [name, value] : answer.headers) {
        if (!equals_ignoring_case(name, "Content-Length")) append_field(head, name, value);
    }
    auto bytes = out.file ? out.file->length : answer.body.size();
    if (length) {
        append_field(head, "Content-Length", *length);
    } else if (!has_no_body(answer.status)) {
        append_field(head, "Content-Length", std::to_string(bytes));
    }
    if (!keep_alive) head += "Connection: close\r\n";
    head += "\r\n";
    return head;
}

template <class Stream>
asio::awaitable<bool> write_all(Stream& stream, connection& self, std::string_view bytes) {
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
    Stream& stream, connection& self, file_part part, duration patience
) {
    descriptor file(::open(part.path.c_str(), O_RDONLY | O_CLOEXEC));
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
asio::awaitable<bool> read_some(Stream& stream, connection& self) {
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
    Stream& stream, connection& self, shared_state& state, request_parser& parser
) {
    bool continued = false;
    self.idle = true;
    if (state.full()) state.changed.notify_all();
    self.expires_after(state.options.idle_timeout);
    while (true) {
        if (self.begin < self.end) {
            self.idle = false;
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
            // A long body deserves a longer buffer.
            auto rest = parser.content_length_remaining();
            if (rest && *rest > 4 * first_buffer_bytes && self.buffer.size() < piece_bytes) {
                self.buffer.resize(piece_bytes);
            }
            if (!continued && expects_continue(parser)) {
                auto sent = co_await write_all(stream, self, "HTTP/1.1 100 Continue\r\n\r\n");
                if (!sent) co_return std::nullopt;
            }
            continued = true;
        }
        self.expires_after(state.options.idle_timeout);
        auto more = co_await read_some(stream, self);
        if (!more) co_return std::nullopt;
    }
    self.deadline = time_point::max();
    co_return error_code();
}

// Reads and forgets until the client hangs up. Closing with its bytes unread would reset the
// connection, and the client might never see the answer.
template <class Stream>
asio::awaitable<void> read_to_the_end(Stream& stream, connection& self, duration patience) {
    self.expires_after(patience);
    while (true) {
        self.begin = self.end = 0;
        auto more = co_await read_some(stream, self);
        if (!more) break;
    }
}

reply refusal(const error_code& error, const server_options& options) {
    reply out;
    out.answer.status = 400;
    if (error == beast_http::error::header_limit) out.answer.status = 431;
    if (error == beast_http::error::body_limit) {
        out.answer.status = 413;
        if (options.too_large.status != 0) out.answer = options.too_large;
    }
    if (error.category() == boost::system::system_category()) out.answer.status = 507;
    return out;
}

template <class Stream>
asio::awaitable<bool> send_reply(
    Stream& stream,
    connection& self,
    const reply& out,
    const duration patience,
    std::string head,
    bool with_body
) {
    // One write for most answers: a small body rides with the head.
    auto rides = with_body && !out.file && out.answer.body.size() <= first_buffer_bytes;
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
asio::awaitable<bool> serve_one(Stream& stream, connection& self, shared_state& state) {
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
        out = co_await state.handle(std::move(request));
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
asio::awaitable<void> serve(Stream& stream, connection& self, shared_state& state) {
    bool more = true;
    while (more) more = co_await serve_one(stream, self, state);
}

asio::awaitable<void> serve_tls(connection& self, shared_state& state) {
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

asio::awaitable<void>
serve_connection(state_pointer state, std::shared_ptr<connection> self, std::shared_ptr<registration>) {
    if (state->tls) {
        co_await serve_tls(*self, *state);
    } else {
        co_await serve(self->socket, *self, *state);
    }
}

void start(const state_pointer& state, socket_type socket, std::string peer) {
    auto self = std::make_shared<connection>(std::move(socket));
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

std::string peer_of(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto remote = socket.remote_endpoint(ignored);
    return ignored ? "" : remote.address().to_string();
}

std::string peer_of(unix_stream::socket& socket) {
    ucred who{};
    socklen_t size = sizeof(who);
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return "";
    return "uid=" + std::to_string(who.uid) + " gid=" + std::to_string(who.gid) +
           " pid=" + std::to_string(who.pid);
}

// Gives way to a newcomer: ends the connection that has waited longest for its next request.
void drop_the_idlest(shared_state& state) {
    connection* idlest = nullptr;
    for (auto* one : state.connections) {
        if (!one->idle) continue;
        if (!idlest || one->deadline < idlest->deadline) idlest = one;
    }
    if (idlest) idlest->close();
}

bool is_passing(const error_code& error) {
    return error == asio::error::connection_aborted || error == asio::error::try_again ||
           error == asio::error::no_descriptors || error == asio::error::no_memory ||
           error == asio::error::no_buffer_space || error == boost::system::errc::interrupted ||
           error == boost::system::errc::too_many_files_open_in_system;
}

template <class Acceptor>
asio::awaitable<void> accept_all(state_pointer state, Acceptor& acceptor) {
    asio::steady_timer pause(state->executor);
    while (true) {
        if (state->full()) {
            // Nobody has to go before somebody else is at the door.
            co_await acceptor.async_wait(asio::socket_base::wait_read, asio::use_awaitable);
        }
        while (state->full()) {
            drop_the_idlest(*state);
            co_await state->changed.wait();
        }
        auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!error) {
            ++state->accepted;
            auto peer = peer_of(socket);
            start(state, socket_type(std::move(socket)), std::move(peer));
            continue;
        }
        if (!is_passing(error)) throw boost::system::system_error(error, "accept");
        state->log.warning("accept_failed", {{"error", error.message()}});
        pause.expires_after(100ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

// Closes connections whose deadline has passed. One timer for all of them costs nothing per
// request, at the price of a little patience.
void sweep(const state_pointer& state, const std::shared_ptr<asio::steady_timer>& timer) {
    auto pace = std::clamp<duration>(state->options.idle_timeout / 8, 10ms, 1s);
    timer->expires_after(pace);
    timer->async_wait([state, timer](error_code error) {
        if (error) return;
        auto now = std::chrono::steady_clock::now();
        for (auto* one : state->connections) {
            if (one->deadline <= now) one->close();
        }
        sweep(state, timer);
    });
}

[[noreturn]] void refuse_to_listen(const error_code& error, const std::string& where) {
    throw std::system_error(error.value(), std::system_category(), "cannot listen on " + where);
}

tcp::acceptor listen_tcp(asio::any_io_executor executor, const server_options& options) {
    error_code error;
    auto address = asio::ip::make_address(options.address, error);
    auto where = options.address + " port " + std::to_string(options.port);
    if (error) refuse_to_listen(error, where);
    tcp::endpoint endpoint(address, options.port);
    tcp::acceptor acceptor(executor);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse_to_listen(error, where);
    return acceptor;
}

// A socket file that nobody listens on is what a killed process leaves behind.
void remove_stale(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode)) return;
    asio::io_context io;
    unix_stream::socket probe(io);
    error_code error;
    probe.connect(unix_stream::endpoint(path), error);
    if (error == asio::error::connection_refused) ::unlink(path.c_str());
}

unix_stream::acceptor listen_unix(asio::any_io_executor executor, const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        refuse_to_listen(make_error_code(boost::system::errc::filename_too_long), path);
    }
    remove_stale(path);
    error_code error;
    unix_stream::acceptor acceptor(executor);
    acceptor.open(unix_stream(), error);
    // The mode must be right from the first moment: fchmod on an unbound socket sets it.
    if (!error) ::fchmod(acceptor.native_handle(), 0660);
    if (!error) acceptor.bind(unix_stream::endpoint(path), error);
    if (!error) ::chmod(path.c_str(), 0660);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse_to_listen(error, path);
    return acceptor;
}

asio::ssl::context tls_context(const server_options& options) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.set_options(
        asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
        asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3
    );
    context.use_certificate_chain(asio::buffer(options.certificate_pem));
    context.use_private_key(asio::buffer(options.private_key_pem), asio::ssl::context::pem);
    return context;
}

}  // namespace

struct server::state {
    state_pointer shared;
    std::optional<tcp::acceptor> tcp_acceptor;
    std::optional<unix_stream::acceptor> unix_acceptor;

    asio::awaitable<void> accept() {
        if (tcp_acceptor) {
            co_await accept_all(shared, *tcp_acceptor);
        } else {
            co_await accept_all(shared, *unix_acceptor);
        }
    }

    void close_all() {
        error_code ignored;
        if (tcp_acceptor) tcp_acceptor->close(ignored);
        if (unix_acceptor) {
            unix_acceptor->close(ignored);
            ::unlink(shared->options.unix_path.c_str());
        }
        for (auto* one : shared->connections) {
            one->close();
            one->cancellation.emit(asio::cancellation_type::terminal);
        }
    }
};

server::server(asio::any_io_executor executor, server_options options, handler handle, logger& log)
    : state_(std::make_unique<state>()) {
    state_->shared =
        std::make_shared<shared_state>(executor, std::move(options), std::move(handle), log);
    auto& chosen = state_->shared->options;
    if (!chosen.certificate_pem.empty()) state_->shared->tls = tls_context(chosen);
    if (chosen.unix_path.empty()) {
        state_->tcp_acceptor = listen_tcp(executor, chosen);
    } else {
        state_->unix_acceptor = listen_unix(executor, chosen.unix_path);
    }
}

server::~server() = default;

std::uint16_t server::port() const {
    if (!state_->tcp_acceptor) return 0;
    error_code ignored;
    return state_->tcp_acceptor->local_endpoint(ignored).port();
}

std::uint64_t server::connections_accepted() const { return state_->shared->accepted; }

asio::awaitable<void> server::run() {
    auto shared = state_->shared;
    auto timer = std::make_shared<asio::steady_timer>(shared->executor);
    sweep(shared, timer);
    std::exception_ptr ended;
    try {
        co_await state_->accept();
    } catch (...) {
        ended = std::current_exception();
    }
    timer->cancel();
    state_->close_all();
    // From here nothing may cut short the wait for the connections.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (!shared->connections.empty()) co_await shared->changed.wait();
    std::rethrow_exception(ended);
}

}  // namespace kustodrop::http
