#include "emulator/front/proxy.hpp"

#include "async/event.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "http/url.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <list>

namespace kustodrop::emulator {

using asio::ip::tcp;
using boost::system::error_code;

static constexpr std::size_t longest_head = 16u << 10u;
static constexpr duration hang_time = 10min;

proxy::proxy(asio::any_io_executor executor, clock& clock, proxy_options options)
    : executor_(executor),
      clock_(clock),
      options_(std::move(options)),
      acceptor_(executor, {asio::ip::make_address(options_.listen), options_.port}) {}

static std::string answer(std::string_view status, std::string_view more = {}) {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(more) +
           "Content-Length: 0\r\nConnection: close\r\n\r\n";
}

static std::string field_in(std::string_view head, std::string_view name) {
    for (auto line : split(head, '\n')) {
        auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        if (equals_ignoring_case(line.substr(0, colon), name)) {
            return std::string(trimmed(line.substr(colon + 1)));
        }
    }
    return {};
}

proxy::decision proxy::decide(std::string_view head) {
    auto parts = split(head.substr(0, head.find("\r\n")), ' ');
    if (parts.size() != 3 || parts[0] != "CONNECT") return {answer("501 Not Implemented")};
    auto where = http::url::parse("https://" + std::string(parts[1]));
    if (!where || where->path() != "/") return {answer("400 Bad Request")};
    auto shown = field_in(head, "Proxy-Authorization");
    bool ours = !internal_.empty() && shown == "Basic " + base64_encode(internal_);
    auto place = where->host() + ":" + std::to_string(where->port());
    bool known = where->is_loopback() || options_.names.contains(where->host());
    if (ours && known) return {"", where->port()};
    auto refused = [&](std::string text) {
        ++tunnels_["refused"];
        return decision{std::move(text)};
    };
    auto wanted = "Basic " + base64_encode(options_.credentials);
    if (!options_.credentials.empty() && shown != wanted) {
        return refused(answer(
            "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"proxy\"\r\n"
        ));
    }
    bool blocked = options_.mode != proxy_mode::open || blocked_.contains(place);
    if (blocked) return refused(answer("403 Forbidden"));
    if (!known) return refused(answer("502 Bad Gateway"));
    ++tunnels_[place];
    return {"", where->port()};
}

static asio::awaitable<void> relay(tcp::socket& from, tcp::socket& to) {
    std::array<char, 16384> piece{};
    for (;;) {
        auto [broken, count] =
            co_await from.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
        if (broken) co_return;
        auto bytes = asio::buffer(piece.data(), count);
        auto [stuck, written] =
            co_await asio::async_write(to, bytes, asio::as_tuple(asio::use_awaitable));
        if (stuck || written < count) co_return;
    }
}

asio::awaitable<void> proxy::serve(tcp::socket client) {
    using namespace asio::experimental::awaitable_operators;
    std::string head;
    auto into = asio::dynamic_buffer(head, longest_head);
    auto [unread, length] = co_await asio::async_read_until(
        client, into, "\r\n\r\n", asio::as_tuple(asio::use_awaitable)
    );
    if (unread || length == 0) co_return;
    auto decided = decide(head);
    bool hangs = options_.mode == proxy_mode::hang && !decided.refusal.empty();
    if (hangs) {
        auto end = clock_.now() + hang_time;
        co_await clock_.sleep_until(end);
    }
    tcp::socket far(executor_);
    if (decided.refusal.empty()) {
        tcp::endpoint there(asio::ip::address_v4::loopback(), decided.port);
        auto [error] = co_await far.async_connect(there, asio::as_tuple(asio::use_awaitable));
        if (error) decided.refusal = answer("502 Bad Gateway");
    }
    auto said = decided.refusal;
    if (said.empty()) said = "HTTP/1.1 200 Connection established\r\n\r\n";
    auto [mute, written] =
        co_await asio::async_write(client, asio::buffer(said), asio::as_tuple(asio::use_awaitable));
    if (mute || written < said.size() || !decided.refusal.empty()) co_return;
    auto there = relay(client, far);
    auto back = relay(far, client);
    auto either = std::move(there) || std::move(back);
    co_await std::move(either);
}

asio::awaitable<void> proxy::run() {
    std::list<asio::cancellation_signal> signals;
    std::size_t running = 0;
    event ended(executor_);
    std::exception_ptr cancelled;
    try {
        for (;;) {
            auto client = co_await acceptor_.async_accept(asio::use_awaitable);
            ++running;
            auto slot = signals.emplace_back().slot();
            // What breaks one tunnel concerns its client only; a cancellation ends all.
            auto finish = [&running, &ended](std::exception_ptr) {
                --running;
                ended.notify_all();
            };
            auto served = serve(std::move(client));
            auto bound = asio::bind_cancellation_slot(slot, std::move(finish));
            asio::co_spawn(executor_, std::move(served), std::move(bound));
        }
    } catch (...) {
        cancelled = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    for (auto& signal : signals) signal.emit(asio::cancellation_type::terminal);
    while (running > 0) co_await ended.wait();
    std::rethrow_exception(cancelled);
}

}  // namespace kustodrop::emulator
