#include "http/client/dialer.hpp"

#include "base/crypto/crypto.hpp"
#include "http/client/address_book.hpp"
#include "http/client/addresses.hpp"
#include "http/client/deadline.hpp"
#include "http/client/proxy.hpp"
#include "http/client/race.hpp"
#include "http/client/tls.hpp"
#include "http/client/tls_sessions.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace kustodrop::http {

namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t proxy_answer_bytes = 16u << 10u;

asio::awaitable<void> nothing() { co_return; }

// An aborted operation may mean that the coroutine was cancelled: then this throws.
asio::awaitable<void> throw_if_cancelled(error_code error) {
    if (error == asio::error::operation_aborted) co_await nothing();
}

tcp::socket& socket_of(tcp::socket& socket) { return socket; }
tcp::socket& socket_of(ssl::stream<tcp::socket>& stream) { return stream.next_layer(); }

template <class Stream>
class open_connection final : public connection {
public:
    template <class... Arguments>
    explicit open_connection(Arguments&&... arguments)
        : stream(std::forward<Arguments>(arguments)...), limit_(socket_of(stream)) {}

    asio::awaitable<io_count> read_some(asio::mutable_buffer into, io_limits limits) override {
        limit_.begin(limits);
        auto [error, bytes] =
            co_await stream.async_read_some(into, asio::as_tuple(asio::use_awaitable));
        io_count out{limit_.end(error), bytes};
        co_await throw_if_cancelled(out.error);
        co_return out;
    }

    asio::awaitable<io_count> write_some(asio::const_buffer from, io_limits limits) override {
        limit_.begin(limits);
        auto [error, bytes] =
            co_await stream.async_write_some(from, asio::as_tuple(asio::use_awaitable));
        io_count out{limit_.end(error), bytes};
        co_await throw_if_cancelled(out.error);
        co_return out;
    }

    asio::awaitable<error_code> shake_hands(duration limit) {
        limit_.begin({limit, limit});
        auto [error] = co_await stream.async_handshake(
            ssl::stream_base::client, asio::as_tuple(asio::use_awaitable)
        );
        auto out = limit_.end(error);
        co_await throw_if_cancelled(out);
        co_return out;
    }

    bool is_quiet() override {
        char byte = 0;
        auto socket = socket_of(stream).native_handle();
        auto got = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

    Stream stream;

private:
    deadline limit_;
};

using plain_connection = open_connection<tcp::socket>;
using tls_connection = open_connection<ssl::stream<tcp::socket>>;

void set_option(tcp::socket& socket, int level, int name, long value) {
    auto number = static_cast<int>(value);
    ::setsockopt(socket.native_handle(), level, name, &number, sizeof number);
}

// A dead peer is noticed within half a minute instead of a quarter of an hour; one that takes
// nothing, or of whose answers none arrives, may rest for as long as any operation may.
void tune(tcp::socket& socket, duration rest) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, std::max<duration>(rest, 30s) / 1ms);
}

// A name that leads inside although no one entitled to do so sent us there.
failure leads_inside(const std::string& host) {
    return {
        .code = errc::local_address,
        .detail = host + " resolves to this machine, its link or a metadata service",
        .hint = "check the name, or add it to cluster.trusted_storage_hosts"};
}

}  // namespace

struct dialer::state {
    state(asio::any_io_executor executor, transport_options given, kustodrop::clock& clock)
        : options(std::move(given)),
          clock(clock),
          tls(tls_context(options.ca_file, options.min_tls)),
          names(executor, clock),
          exceptions(options.no_proxy),
          executor(std::move(executor)) {
        if (options.proxy.empty()) return;
        auto read = parse_proxy(options.proxy);
        if (!read) throw unusable_options("network.proxy " + read.error().detail);
        proxy = std::move(read->location);
        if (options.proxy_authorization.empty()) {
            options.proxy_authorization = std::move(read->authorization);
        }
    }

    using plain_result = result<std::unique_ptr<plain_connection>>;
    using tls_result = result<std::unique_ptr<tls_connection>>;

    bool goes_by_proxy(const url& target) const {
        return proxy && http::goes_by_proxy(target, exceptions);
    }
    const url& first_stop(const url& target) const {
        return goes_by_proxy(target) ? *proxy : target;
    }
    duration at_most(duration limit, time_point end) const {
        if (end == time_point::max()) return limit;
        return std::clamp(end - clock.now(), duration::zero(), limit);
    }

    std::vector<asio::ip::address> allowed(const url& target, std::vector<asio::ip::address> found)
        const;
    asio::awaitable<plain_result> connect(url target, duration limit, time_point end);
    asio::awaitable<result<void>> tunnel(connection& line, url target, duration limit);
    asio::awaitable<tls_result> secure(
        std::unique_ptr<plain_connection> plain, url target, duration limit
    );

    transport_options options;
    kustodrop::clock& clock;
    std::unique_ptr<ssl::context> tls;
    bool trusts_machine = false;  // Its authorities are read before the first handshake.
    address_book names;
    proxy_exceptions exceptions;
    asio::any_io_executor executor;
    std::optional<url> proxy;
};

// Anyone who writes an address says where it leads; a name must not lead inside unnoticed. Plain
// http is spoken with identity endpoints alone, which are inside by nature.
std::vector<asio::ip::address> dialer::state::allowed(
    const url& target, std::vector<asio::ip::address> found
) const {
    bool is_proxy = proxy && target == *proxy;
    bool free = is_proxy || target.is_loopback() || !target.is_https() ||
                !options.may_lead_inside || options.may_lead_inside(target.host());
    boost::system::error_code not_a_literal;
    asio::ip::make_address(target.host(), not_a_literal);
    if (!free && not_a_literal) std::erase_if(found, is_local);
    return found;
}

// The name and the connection have `limit` each: a slow name must not look like a dead host.
asio::awaitable<dialer::state::plain_result> dialer::state::connect(
    url target, duration limit, time_point end
) {
    auto host = target.host();
    auto found = co_await names.find(host, at_most(limit, end));
    if (!found) co_return found.error();
    auto addresses = allowed(target, std::move(*found));
    if (addresses.empty()) co_return leads_inside(host);
    auto connected_by = clock.now() + at_most(limit, end);
    auto first = co_await connect_to_first(executor, clock, addresses, target.port(), connected_by);
    if (!first.socket) co_return connect_failure(target.authority(), first.error);
    boost::system::error_code no_peer;
    auto peer = first.socket->remote_endpoint(no_peer);
    if (!no_peer) names.worked(host, peer.address());
    auto line = std::make_unique<plain_connection>(std::move(*first.socket));
    tune(line->stream, options.io_timeout);
    co_return line;
}

// Asks the proxy for a way to the target (RFC 9110 §9.3.6).
asio::awaitable<result<void>> dialer::state::tunnel(connection& line, url target, duration limit) {
    auto end = clock.now() + limit;
    auto head = tunnel_request(target, options.proxy_authorization);
    failure broken{
        errc::proxy_failed,
        remedy::retry,
        "the proxy " + proxy->authority() + " gives no way to " + target.authority() + ": "};
    io_limits all{limit, limit};
    auto written = co_await line.write_some(asio::buffer(head), all);
    wipe(head.data(), head.size());
    if (written.error || written.bytes < head.size()) {
        broken.detail += "it closed the connection";
        broken.hint = "check network.proxy";
        co_return broken;
    }
    std::string answer;
    while (!answer.ends_with("\r\n\r\n")) {
        // A byte at a time: what follows the header belongs to the tunnel.
        char byte = 0;
        auto left = at_most(limit, end);
        io_limits rest{left, left};
        auto got = co_await line.read_some(asio::buffer(&byte, 1), rest);
        answer += byte;
        if (got.error || answer.size() > proxy_answer_bytes) {
            bool late = got.error == asio::error::timed_out;
            broken.detail += late ? "no answer in time" : "its answer is incomplete";
            broken.hint = late ? "check the proxy's health" : "check network.proxy";
            co_return broken;
        }
    }
    co_return tunnel_answer(answer, target, *proxy);
}

asio::awaitable<dialer::state::tls_result> dialer::state::secure(
    std::unique_ptr<plain_connection> plain, url target, duration limit
) {
    if (!std::exchange(trusts_machine, true)) trust_authorities_of_machine(*tls);
    auto line = std::make_unique<tls_connection>(std::move(plain->stream), *tls);
    auto* session = line->stream.native_handle();
    expect_host(session, target.host());
    resume_session(session, target.authority(), clock.now());
    auto error = co_await line->shake_hands(limit);
    if (error) {
        forget_session(session);
        co_return tls_failure(target.host(), session, error);
    }
    co_return line;
}

dialer::dialer(asio::any_io_executor executor, transport_options options, clock& clock)
    : state_(std::make_unique<state>(std::move(executor), std::move(options), clock)) {}

dialer::~dialer() = default;

asio::awaitable<result<std::unique_ptr<connection>>> dialer::open(
    url target, duration limit, time_point end
) {
    auto& self = *state_;
    auto plain = co_await self.connect(self.first_stop(target), limit, end);
    if (!plain) co_return plain.error();
    if (!target.is_https()) {
        std::unique_ptr<connection> out = std::move(*plain);
        co_return out;
    }
    if (self.goes_by_proxy(target)) {
        auto tunneled = co_await self.tunnel(**plain, target, self.at_most(limit, end));
        if (!tunneled) co_return tunneled.error();
    }
    auto secured = co_await self.secure(std::move(*plain), target, self.at_most(limit, end));
    if (!secured) co_return secured.error();
    std::unique_ptr<connection> out = std::move(*secured);
    co_return out;
}

static probe_step failed_step(std::string name, const failure& why) {
    return {std::move(name), false, why.detail, why.hint, why.code};
}

asio::awaitable<std::vector<probe_step>> dialer::probe(url target) {
    auto& self = *state_;
    std::vector<probe_step> steps;
    auto limit = self.options.connect_timeout;
    auto first = self.first_stop(target);
    auto addresses = co_await self.names.find(first.host(), limit);
    if (!addresses) {
        steps.push_back(failed_step("dns", addresses.error()));
        co_return steps;
    }
    std::string listing = first.host() + " is";
    for (auto& address : *addresses) listing += " " + address.to_string();
    steps.push_back({"dns", true, listing});

    auto plain = co_await self.connect(first, limit, time_point::max());
    if (!plain) {
        steps.push_back(failed_step("tcp", plain.error()));
        co_return steps;
    }
    steps.push_back({"tcp", true, "connected to " + first.authority()});
    if (!target.is_https()) co_return steps;

    if (self.goes_by_proxy(target)) {
        auto tunneled = co_await self.tunnel(**plain, target, limit);
        if (!tunneled) {
            steps.push_back(failed_step("proxy", tunneled.error()));
            co_return steps;
        }
        steps.push_back({"proxy", true, first.authority() + " leads to " + target.authority()});
    }
    auto secured = co_await self.secure(std::move(*plain), target, limit);
    if (!secured) {
        steps.push_back(failed_step("tls", secured.error()));
        co_return steps;
    }
    steps.push_back({"tls", true, certificate_summary((*secured)->stream.native_handle())});
    co_return steps;
}

}  // namespace kustodrop::http
