#include "http/beast_transport.hpp"

#include "base/text.hpp"
#include "http/address_book.hpp"
#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace kustodrop::http {

namespace ssl = asio::ssl;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::duration_cast;

namespace {

constexpr duration address_timeout = 5s;       // For each of a host's addresses but the last.
constexpr duration early_answer_timeout = 2s;  // For what a server said before it hung up on us.
constexpr std::size_t header_limit = 64u << 10u;
constexpr std::size_t piece_bytes = 64u << 10u;  // Written under one deadline.
constexpr std::size_t joined_bytes = 16u
                                     << 10u;  // Bodies up to this go in one write with the head.

/// The time that is left to a request, over all its phases.
class pace {
public:
    pace(clock& clock, std::optional<duration> total) : clock_(clock) {
        if (total) end_ = clock.now() + *total;
    }

    time_point end() const { return end_; }
    duration at_most(duration phase) const {
        if (end_ == time_point::max()) return phase;
        return std::clamp(end_ - clock_.now(), duration::zero(), phase);
    }

private:
    clock& clock_;
    time_point end_ = time_point::max();
};

bool is_timeout(error_code error) { return error == beast::error::timeout; }

// An aborted operation may mean that the coroutine was cancelled: then this throws.
asio::awaitable<void> nothing() { co_return; }

asio::awaitable<void> throw_if_cancelled(error_code error) {
    if (error == asio::error::operation_aborted) co_await nothing();
}

bool is_quiet(tcp::socket& socket) {
    char byte = 0;
    auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

beast::tcp_stream& tcp_of(beast::tcp_stream& stream) { return stream; }
beast::tcp_stream& tcp_of(ssl::stream<beast::tcp_stream>& stream) { return stream.next_layer(); }

template <class Stream>
class open_connection final : public connection {
public:
    template <class... Arguments>
    explicit open_connection(beast::tcp_stream&& tcp, Arguments&... arguments)
        : stream(std::move(tcp), arguments...) {}

    asio::awaitable<io_count> read_some(asio::mutable_buffer into, duration limit) override {
        tcp_of(stream).expires_after(limit);
        auto [error, bytes] =
            co_await stream.async_read_some(into, asio::as_tuple(asio::use_awaitable));
        co_await throw_if_cancelled(error);
        io_count out{error, bytes};
        co_return out;
    }

    asio::awaitable<io_count> write_some(asio::const_buffer from, duration limit) override {
        tcp_of(stream).expires_after(limit);
        auto [error, bytes] =
            co_await stream.async_write_some(from, asio::as_tuple(asio::use_awaitable));
        co_await throw_if_cancelled(error);
        io_count out{error, bytes};
        co_return out;
    }

    bool is_quiet() override { return http::is_quiet(tcp_of(stream).socket()); }

    Stream stream;
};

using plain_connection = open_connection<beast::tcp_stream>;
using tls_connection = open_connection<ssl::stream<beast::tcp_stream>>;

void set_option(tcp::socket& socket, int level, int name, long value) {
    auto number = static_cast<int>(value);
    ::setsockopt(socket.native_handle(), level, name, &number, sizeof number);
}

// A dead peer is noticed within half a minute instead of a quarter of an hour.
void tune(tcp::socket& socket) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
}

failure connect_failure(const std::string& where, error_code error) {
    namespace fault = boost::system::errc;
    auto text = "cannot connect to " + where + ": ";
    if (is_timeout(error)) {
        return {
            "connect_timeout",
            remedy::retry,
            text + "no answer in time; check firewalls and the proxy"};
    }
    if (error == fault::connection_refused) {
        return {
            "connect_refused",
            remedy::retry,
            text + "connection refused; check host and port, and that the service runs"};
    }
    bool ours = error == fault::too_many_files_open || error == fault::no_buffer_space ||
                error == fault::too_many_files_open_in_system ||
                error == fault::address_not_available;
    if (ours) {
        auto hint = "; this machine is at a limit (LimitNOFILE, ports)";
        return {"local_limit", remedy::retry, text + error.message() + hint, duration(1s)};
    }
    return {"connect_failed", remedy::retry, text + error.message() + "; check the network"};
}

std::string untrusted_hint(long verdict) {
    switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "it is for another name; check the host name, and who answers in its place";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "check this machine's clock";
    default:
        return "if a proxy inspects TLS here, name its CA in network.ca_file";
    }
}

failure tls_failure(const std::string& host, SSL* session, error_code error) {
    auto verdict = SSL_get_verify_result(session);
    if (verdict != X509_V_OK) {
        return {
            "tls_untrusted",
            remedy::retry,
            "the certificate of " + host + " is not trusted: " +
                X509_verify_cert_error_string(verdict) + "; " + untrusted_hint(verdict)};
    }
    auto why = is_timeout(error) ? std::string("no answer in time") : error.message();
    return {
        "tls_failed",
        remedy::retry,
        "no TLS with " + host + ": " + why + "; check that the port speaks TLS, and min_tls"};
}

std::string certificate_words(SSL* session) {
    std::string out = SSL_get_version(session);
    auto* certificate = SSL_get0_peer_certificate(session);
    if (!certificate) return out;
    std::array<char, 256> issuer{};
    X509_NAME_oneline(X509_get_issuer_name(certificate), issuer.data(), issuer.size());
    return out + ", certificate issued by " + printable(issuer.data());
}

ssl::context tls_context(const transport_options& options) {
    ssl::context context(ssl::context::tls_client);
    context.set_default_verify_paths();
    if (!options.ca_file.empty()) {
        error_code error;
        context.load_verify_file(options.ca_file, error);
        if (error) {
            throw std::runtime_error(
                "network.ca_file " + options.ca_file + " is of no use: " + error.message()
            );
        }
    }
    context.set_verify_mode(ssl::verify_peer);
    bool only_1_3 = options.min_tls == tls_version::v1_3;
    auto least = only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(context.native_handle(), least);
    return context;
}

// Whom the certificate must be for, and SNI.
void expect_host(SSL* session, const std::string& host) {
    auto* rules = SSL_get0_param(session);
    error_code not_a_literal;
    asio::ip::make_address(host, not_a_literal);
    if (!not_a_literal) {
        X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
        return;
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
    SSL_set_tlsext_host_name(session, host.c_str());
}

bool has_control_bytes(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) {
        return (c < 0x20 && c != '\t') || c == 0x7f;
    });
}

bool is_fit_to_send(const request& ask) {
    auto target = ask.target.target();
    if (has_control_bytes(target) || target.find(' ') != std::string::npos) return false;
    return std::none_of(ask.headers.begin(), ask.headers.end(), [](auto& field) {
        return has_control_bytes(field.first) || has_control_bytes(field.second);
    });
}

std::string head_of(const request& ask, const std::string& user_agent, bool to_proxy) {
    auto& target = ask.target;
    std::string out(to_string(ask.method));
    out += " " + (to_proxy ? target.reveal() : target.target()) + " HTTP/1.1\r\n";
    out += "Host: " + target.authority() + "\r\n";
    if (!ask.headers.find("User-Agent")) out += "User-Agent: " + user_agent + "\r\n";
    for (auto& [name, value] : ask.headers) out += name + ": " + value + "\r\n";
    bool bodiless = ask.method == verb::get || ask.method == verb::head;
    if (!bodiless || !ask.payload().empty()) {
        out += "Content-Length: " + std::to_string(ask.payload().size()) + "\r\n";
    }
    return out + "\r\n";
}

/// One request and its answer on an open connection.
class exchange {
public:
    exchange(connection& line, const request& ask, const pace& pace, duration io_timeout)
        : line_(line), ask_(ask), pace_(pace), io_timeout_(io_timeout) {}

    /// Nothing is copied but a small body.
    asio::awaitable<result<response>> run(std::string head) {
        auto body = ask_.payload();
        total_ = head.size() + body.size();
        if (body.size() <= joined_bytes) {
            head += body;
            body = {};
        }
        auto error = co_await write(head);
        if (!error && !body.empty()) error = co_await write(body);
        if (error && is_timeout(error)) co_return broken(error);
        // Who hangs up on a body may have said why: that answer counts more than the error.
        auto limit = error ? early_answer_timeout : io_timeout_;
        auto answer = co_await read(limit);
        if (answer && error) reusable_ = false;
        if (!answer && error && !received_) co_return broken(error);
        co_return answer;
    }

    bool reusable() const { return reusable_; }

    /// It broke, without a word from the server: what befalls a connection that lay too long.
    bool was_stale() const { return stale_; }

private:
    asio::awaitable<error_code> write(std::string_view bytes) {
        while (!bytes.empty()) {
            auto piece = bytes.substr(0, piece_bytes);
            attempted_ += piece.size();
            asio::const_buffer from(piece.data(), piece.size());
            auto done = co_await line_.write_some(from, pace_.at_most(io_timeout_));
            if (done.error) co_return done.error;
            attempted_ -= piece.size() - done.bytes;
            bytes.remove_prefix(done.bytes);
        }
        co_return error_code();
    }

    using parser = beast::http::response_parser<beast::http::string_body>;

    std::unique_ptr<parser> fresh_parser() const {
        auto out = std::make_unique<parser>();
        out->eager(true);
        out->header_limit(header_limit);
        out->body_limit(ask_.max_answer_bytes);
        if (ask_.method == verb::head) out->skip(true);
        return out;
    }

    // Feeds what has arrived. Interim answers (1xx) are passed over.
    error_code parse(beast::flat_buffer& arrived, std::unique_ptr<parser>& into) {
        error_code error;
        while (arrived.size() > 0 && !into->is_done()) {
            auto used = into->put(arrived.data(), error);
            arrived.consume(used);
            if (error == beast::http::error::need_more) return {};
            if (error) return error;
            if (into->is_done() && into->get().result_int() / 100 == 1) into = fresh_parser();
        }
        return {};
    }

    asio::awaitable<result<response>> read(duration limit) {
        beast::flat_buffer arrived(4 * header_limit);
        auto answer = fresh_parser();
        while (!answer->is_done()) {
            auto room = arrived.prepare(piece_bytes);
            auto got = co_await line_.read_some(room, pace_.at_most(limit));
            arrived.commit(got.bytes);
            received_ = received_ || got.bytes > 0;
            auto error = parse(arrived, answer);
            if (!error && got.error && !answer->is_done()) error = at_end(got.error, *answer);
            if (error) co_return broken(error);
        }
        reusable_ = answer->get().keep_alive() && arrived.size() == 0;
        co_return converted(answer->release());
    }

    // A clean end is the end of a body that has no length; anything else is a break.
    static error_code at_end(error_code error, parser& answer) {
        if (error != asio::error::eof || !answer.got_some()) return error;
        error_code incomplete;
        answer.put_eof(incomplete);
        return incomplete;
    }

    static response converted(beast::http::response<beast::http::string_body> from) {
        response out;
        out.status = from.result_int();
        for (auto& field : from) {
            out.headers.add(std::string(field.name_string()), std::string(field.value()));
        }
        out.body = std::move(from.body());
        return out;
    }

    failure broken(error_code error) {
        reusable_ = false;
        auto what = ask_.operation.empty() ? std::string(to_string(ask_.method)) : ask_.operation;
        auto text = what + " at " + ask_.target.authority() + ": ";
        failure out;
        out.maybe_acted = attempted_ >= total_;
        if (is_timeout(error)) {
            out.code = "timeout";
            out.detail = text + "no progress in time; check the network and the service's health";
        } else if (error == beast::http::error::body_limit) {
            out.code = "answer_too_large";
            out.next = remedy::give_up;
            out.detail = text + "the answer is larger than " + human_bytes(ask_.max_answer_bytes);
        } else if (error.category() == beast::http::make_error_code({}).category() && error != beast::http::error::partial_message && error != beast::http::error::end_of_stream) {
            out.code = "bad_answer";
            out.detail = text + "the answer is not HTTP: " + error.message();
        } else {
            out.code = "connection_reset";
            out.detail = text + "the connection broke: " + error.message();
            stale_ = !received_;
        }
        return out;
    }

    connection& line_;
    const request& ask_;
    const pace& pace_;
    duration io_timeout_;
    std::size_t total_ = 0;
    std::size_t attempted_ = 0;  // Bytes that may be on their way.
    bool received_ = false;
    bool reusable_ = false;
    bool stale_ = false;
};

}  // namespace

struct beast_transport::state {
    state(
        asio::any_io_executor executor, transport_options given, kustodrop::clock& clock, metrics& m
    )
        : options(std::move(given)),
          clock(clock),
          measured(m),
          tls(tls_context(options)),
          names(executor, clock),
          pool(executor, clock, options.connections_per_host, options.idle_timeout),
          executor(std::move(executor)) {
        if (options.proxy.empty()) return;
        proxy = url::parse(options.proxy);
        if (!proxy || proxy->is_https()) {
            throw std::runtime_error("network.proxy must be of the form http://host:port");
        }
    }

    using plain_result = result<std::unique_ptr<plain_connection>>;
    using line_result = result<std::unique_ptr<connection>>;

    bool goes_by_proxy(const url& target) const {
        return proxy && !target.is_loopback() && !target.host().starts_with("169.254.");
    }

    asio::awaitable<plain_result> connect(url target, duration limit);
    asio::awaitable<result<void>> tunnel(connection& line, url target, duration limit);
    asio::awaitable<result<std::unique_ptr<tls_connection>>> secure(
        std::unique_ptr<plain_connection> plain, std::string host, duration limit
    );
    asio::awaitable<line_result> open(url target, const request& ask, const pace& pace);
    asio::awaitable<result<response>> send(const request& ask);
    void measure(const request& ask, const result<response>& answer, duration took);

    transport_options options;
    kustodrop::clock& clock;
    metrics& measured;
    ssl::context tls;
    address_book names;
    connection_pool pool;
    asio::any_io_executor executor;
    std::optional<url> proxy;
};

asio::awaitable<beast_transport::state::plain_result> beast_transport::state::connect(
    url target, duration limit
) {
    auto end = clock.now() + limit;
    auto host = target.host();
    auto addresses = co_await names.find(host, limit);
    if (!addresses) co_return addresses.error();
    error_code last = beast::error::timeout;
    for (std::size_t i = 0; i < addresses->size() && clock.now() < end; ++i) {
        auto& address = (*addresses)[i];
        auto line = std::make_unique<plain_connection>(beast::tcp_stream(executor));
        bool is_last = i + 1 == addresses->size();
        auto left = end - clock.now();
        line->stream.expires_after(is_last ? left : std::min(left, address_timeout));
        tcp::endpoint where(address, target.port());
        auto [error] =
            co_await line->stream.async_connect(where, asio::as_tuple(asio::use_awaitable));
        co_await throw_if_cancelled(error);
        if (!error) {
            tune(line->stream.socket());
            names.worked(host, address);
            co_return line;
        }
        last = error;
    }
    co_return connect_failure(target.authority(), last);
}

// Asks the proxy for a way to the target (RFC 9110 §9.3.6).
asio::awaitable<result<void>> beast_transport::state::tunnel(
    connection& line, url target, duration limit
) {
    auto name =
        target.host().find(':') == std::string::npos ? target.host() : "[" + target.host() + "]";
    auto where = name + ":" + std::to_string(target.port());
    auto head = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n\r\n";
    failure refused{"proxy_failed", remedy::retry, "the proxy does not connect to " + where};
    auto written = co_await line.write_some(asio::buffer(head), limit);
    if (written.error || written.bytes < head.size()) co_return refused;
    beast::http::response_parser<beast::http::string_body> answer;
    answer.skip(true);
    beast::flat_buffer arrived(header_limit);
    while (!answer.is_done()) {
        // A byte at a time: what follows the header belongs to the tunnel.
        auto got = co_await line.read_some(arrived.prepare(1), limit);
        if (got.error) co_return refused;
        arrived.commit(got.bytes);
        error_code error;
        arrived.consume(answer.put(arrived.data(), error));
        if (error && error != beast::http::error::need_more) co_return refused;
    }
    auto status = answer.get().result_int();
    if (status / 100 == 2) co_return result<void>();
    refused.detail += ": it answered " + std::to_string(status);
    co_return refused;
}

asio::awaitable<result<std::unique_ptr<tls_connection>>> beast_transport::state::secure(
    std::unique_ptr<plain_connection> plain, std::string host, duration limit
) {
    auto line = std::make_unique<tls_connection>(std::move(plain->stream), tls);
    auto* session = line->stream.native_handle();
    expect_host(session, host);
    line->stream.next_layer().expires_after(limit);
    auto [error] = co_await line->stream.async_handshake(
        ssl::stream_base::client, asio::as_tuple(asio::use_awaitable)
    );
    co_await throw_if_cancelled(error);
    if (error) co_return tls_failure(host, session, error);
    co_return line;
}

asio::awaitable<beast_transport::state::line_result> beast_transport::state::open(
    url target, const request& ask, const pace& pace
) {
    auto limit = ask.connect_timeout.value_or(options.connect_timeout);
    auto by_proxy = goes_by_proxy(target);
    auto first = by_proxy ? *proxy : target;
    auto plain = co_await connect(first, pace.at_most(limit));
    if (!plain) co_return plain.error();
    if (!target.is_https()) {
        std::unique_ptr<connection> out = std::move(*plain);
        co_return out;
    }
    if (by_proxy) {
        auto tunneled = co_await tunnel(**plain, target, pace.at_most(limit));
        if (!tunneled) co_return tunneled.error();
    }
    auto secured = co_await secure(std::move(*plain), target.host(), pace.at_most(limit));
    if (!secured) co_return secured.error();
    std::unique_ptr<connection> out = std::move(*secured);
    co_return out;
}

asio::awaitable<result<response>> beast_transport::state::send(const request& ask) {
    if (!is_fit_to_send(ask)) {
        co_return failure{"bad_request", remedy::give_up, "control characters in the request"};
    }
    pace pace(clock, ask.total_timeout);
    bool absolute = goes_by_proxy(ask.target) && !ask.target.is_https();
    auto head = head_of(ask, options.user_agent, absolute);
    for (bool may_reuse = true;; may_reuse = false) {
        auto lease = co_await pool.acquire(ask.target.origin(), may_reuse, pace.end());
        if (!lease) {
            co_return failure{
                "timeout",
                remedy::retry,
                "too many requests to " + ask.target.authority() + " at once"};
        }
        bool reused = lease->line != nullptr;
        if (!reused) {
            auto opened = co_await open(ask.target, ask, pace);
            if (!opened) co_return opened.error();
            lease->line = std::move(*opened);
        }
        exchange talk(*lease->line, ask, pace, options.io_timeout);
        auto answer = co_await talk.run(head);
        if (answer && talk.reusable()) lease->keep();
        bool harmless = !answer && (ask.idempotent || !answer.error().maybe_acted);
        if (!reused || !harmless || !talk.was_stale()) co_return answer;
    }
}

void beast_transport::state::measure(
    const request& ask, const result<response>& answer, duration took
) {
    auto code = answer ? std::to_string(answer->status) : answer.error().code;
    metric_labels of{{"service", ask.service}, {"operation", ask.operation}};
    auto seconds = std::chrono::duration<double>(took).count();
    measured.distribution("kustodrop_http_request_duration_seconds", of).observe(seconds);
    of.emplace_back("code", code);
    measured.count("kustodrop_http_requests_total", of).add();
}

beast_transport::beast_transport(
    asio::any_io_executor executor, transport_options options, clock& clock, metrics& measured
)
    : state_(std::make_unique<state>(std::move(executor), std::move(options), clock, measured)) {
    measured.describe(
        "kustodrop_http_requests_total", "Requests by the status or our failure code"
    );
    measured.describe(
        "kustodrop_http_request_duration_seconds", "From the request to the whole answer"
    );
}

beast_transport::~beast_transport() = default;

asio::awaitable<result<response>> beast_transport::send(request ask) {
    auto began = state_->clock.now();
    auto answer = co_await state_->send(ask);
    state_->measure(ask, answer, state_->clock.now() - began);
    co_return answer;
}

static probe_step failed_step(std::string name, const failure& why) {
    probe_step out{std::move(name), false, why.detail};
    auto hint = why.detail.find("; ");
    if (hint == std::string::npos) return out;
    out.hint = why.detail.substr(hint + 2);
    out.detail.resize(hint);
    return out;
}

asio::awaitable<std::vector<probe_step>> beast_transport::probe(url target) {
    std::vector<probe_step> steps;
    auto limit = state_->options.connect_timeout;
    auto by_proxy = state_->goes_by_proxy(target);
    auto first = by_proxy ? *state_->proxy : target;
    auto addresses = co_await state_->names.find(first.host(), limit);
    if (!addresses) {
        steps.push_back(failed_step("dns", addresses.error()));
        co_return steps;
    }
    std::string words = first.host() + " is";
    for (auto& address : *addresses) words += " " + address.to_string();
    steps.push_back({"dns", true, words});

    auto plain = co_await state_->connect(first, limit);
    if (!plain) {
        steps.push_back(failed_step("tcp", plain.error()));
        co_return steps;
    }
    steps.push_back({"tcp", true, "connected to " + first.authority()});
    if (!target.is_https()) co_return steps;

    if (by_proxy) {
        auto tunneled = co_await state_->tunnel(**plain, target, limit);
        if (!tunneled) {
            steps.push_back(failed_step("tcp", tunneled.error()));
            co_return steps;
        }
    }
    auto secured = co_await state_->secure(std::move(*plain), target.host(), limit);
    if (!secured) {
        steps.push_back(failed_step("tls", secured.error()));
        co_return steps;
    }
    steps.push_back({"tls", true, certificate_words((*secured)->stream.native_handle())});
    co_return steps;
}

void beast_transport::close_idle() { state_->pool.close_idle(); }

}  // namespace kustodrop::http
