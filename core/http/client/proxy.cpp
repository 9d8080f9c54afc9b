#include "http/client/proxy.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "http/client/addresses.hpp"

#include <algorithm>
#include <charconv>

namespace kustodrop::http {

static failure bad_proxy() {
    return {
        errc::bad_proxy,
        remedy::reconfigure,
        "is not a proxy; allowed: http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with special "
        "characters percent-encoded"};
}

static bool has_control_bytes(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7f;
    });
}

// "user:password", percent-decoded, as the header wants it (RFC 7617).
static std::optional<secret> basic_authorization(std::string_view given) {
    auto colon = given.find(':');
    auto user = percent_decode(given.substr(0, colon));
    auto password = percent_decode(colon == std::string_view::npos ? "" : given.substr(colon + 1));
    if (!user || !password || user->find(':') != std::string::npos) return std::nullopt;
    auto both = *user + ":" + *password;
    if (has_control_bytes(both)) return std::nullopt;
    return secret("Basic " + base64_encode(both));
}

result<proxy_address> parse_proxy(std::string_view text) {
    auto scheme = text.find("://");
    auto rest = scheme == std::string_view::npos ? text : text.substr(scheme + 3);
    auto prefix = scheme == std::string_view::npos ? "http" : to_lower(text.substr(0, scheme));
    if (prefix != "http") return bad_proxy();
    proxy_address out;
    auto end = rest.find_first_of("/?#");
    auto at = rest.substr(0, end).rfind('@');
    if (at != std::string_view::npos) {
        auto authorization = basic_authorization(rest.substr(0, at));
        if (!authorization) return bad_proxy();
        out.authorization = std::move(*authorization);
        rest.remove_prefix(at + 1);
    }
    auto location = url::parse("http://" + std::string(rest));
    if (!location || location->path() != "/" || !location->query().empty()) return bad_proxy();
    out.location = std::move(*location);
    return out;
}

// "[::1]:80", "host:80", "10.0.0.1", "2001:db8::1": cuts the port off.
static std::optional<std::uint16_t> take_port(std::string_view& text) {
    auto colon = text.rfind(':');
    bool bracketed = text.starts_with('[');
    bool bare_ipv6 = !bracketed && text.find(':') != colon;
    std::uint16_t port = 0;
    bool found = false;
    if (colon != std::string_view::npos && !bare_ipv6 && text.find(']', colon) == text.npos) {
        auto digits = text.substr(colon + 1);
        auto* end = digits.data() + digits.size();
        auto [stopped, error] = std::from_chars(digits.data(), end, port);
        found = error == std::errc() && stopped == end && !digits.empty();
        if (found) text = text.substr(0, colon);
    }
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    return found ? std::optional(port) : std::nullopt;
}

static std::optional<asio::ip::address> strict_address(std::string_view text) {
    boost::system::error_code error;
    auto out = asio::ip::make_address(std::string(text), error);
    if (error) return std::nullopt;
    return out;
}

std::optional<proxy_exceptions::entry> proxy_exceptions::read(std::string_view text) {
    entry out;
    auto slash = text.find('/');
    if (slash != std::string_view::npos) {
        out.network = strict_address(text.substr(0, slash));
        auto digits = text.substr(slash + 1);
        auto* end = digits.data() + digits.size();
        auto [stopped, error] = std::from_chars(digits.data(), end, out.prefix_bits);
        bool good = error == std::errc() && stopped == end && !digits.empty();
        if (!out.network || !good) return std::nullopt;
        if (out.prefix_bits > (out.network->is_v4() ? 32u : 128u)) return std::nullopt;
        return out;
    }
    out.port = take_port(text);
    out.network = strict_address(text);
    if (out.network) {
        out.prefix_bits = out.network->is_v4() ? 32 : 128;
        return out;
    }
    if (text.starts_with("*.")) text.remove_prefix(1);
    out.itself = !text.starts_with('.');
    if (!out.itself) text.remove_prefix(1);
    while (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty()) return std::nullopt;
    out.suffix = "." + to_lower(text);
    return out;
}

proxy_exceptions::proxy_exceptions(std::string_view list) {
    std::string text(list);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; }, ','
    );
    for (auto part : split(text, ',')) {
        if (part.empty()) continue;
        if (part == "*") everything_ = true;
        if (auto one = read(part)) entries_.push_back(std::move(*one));
    }
}

static bool same_network(
    const asio::ip::address& one, const asio::ip::address& network, unsigned bits
) {
    if (one.is_v4() != network.is_v4()) return false;
    auto equal = [bits](const auto& left, const auto& right) {
        for (std::size_t i = 0; i < left.size() && 8 * i < bits; ++i) {
            auto rest = std::min<std::size_t>(bits - 8 * i, 8);
            auto mask = static_cast<unsigned>(0xff00u >> rest) & 0xffu;
            if ((left[i] & mask) != (right[i] & mask)) return false;
        }
        return true;
    };
    if (one.is_v4()) return equal(one.to_v4().to_bytes(), network.to_v4().to_bytes());
    return equal(one.to_v6().to_bytes(), network.to_v6().to_bytes());
}

bool proxy_exceptions::matches(const entry& one, const url& target) {
    if (one.port && *one.port != target.port()) return false;
    if (one.network) {
        auto address = strict_address(target.host());
        return address && same_network(*address, *one.network, one.prefix_bits);
    }
    if (one.itself && target.host() == one.suffix.substr(1)) return true;
    return target.host().size() > one.suffix.size() && target.host().ends_with(one.suffix);
}

bool proxy_exceptions::covers(const url& target) const {
    if (everything_) return true;
    return std::any_of(entries_.begin(), entries_.end(), [&](auto& one) {
        return matches(one, target);
    });
}

bool goes_by_proxy(const url& target, const proxy_exceptions& exceptions) {
    if (!target.is_https() || target.is_loopback() || exceptions.covers(target)) return false;
    auto address = address_of(target.host());
    return !address || !is_local(*address);
}

static std::string host_and_port(const url& target) {
    auto port = ":" + std::to_string(target.port());
    auto out = target.authority();
    return out.ends_with(port) ? out : out + port;
}

std::string tunnel_request(const url& target, const secret& authorization) {
    auto where = host_and_port(target);
    auto out = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n";
    if (!authorization.empty()) {
        out += "Proxy-Authorization: " + std::string(authorization.reveal()) + "\r\n";
    }
    return out + "\r\n";
}

// The schemes of the header Proxy-Authenticate, which may come more than once.
static std::vector<std::string> offered_schemes(std::string_view head) {
    static constexpr std::string_view name = "proxy-authenticate:";
    std::vector<std::string> out;
    for (auto line : split(head, '\n')) {
        if (!to_lower(line.substr(0, name.size())).starts_with(name)) continue;
        auto value = trimmed(line.substr(name.size()));
        out.push_back(printable(value.substr(0, value.find_first_of(" ,")).substr(0, 20)));
    }
    return out;
}

static std::string hint_at_credentials(std::string_view head) {
    auto schemes = offered_schemes(head);
    bool takes_basic =
        std::ranges::any_of(schemes, [](auto& one) { return equals_ignoring_case(one, "Basic"); });
    if (schemes.empty() || takes_basic) {
        return "put the proxy's user and password into network.proxy";
    }
    std::string names;
    for (auto& one : schemes) names += (names.empty() ? "" : ", ") + one;
    return "the proxy takes only " + names +
           ", and kustodrop speaks only Basic: have the proxy let this machine through, or run a "
           "local proxy that signs in to it";
}

result<void> tunnel_answer(std::string_view head, const url& target, const url& proxy) {
    auto status = head.substr(0, head.find("\r\n"));
    bool is_http = status.starts_with("HTTP/1.") && status.size() >= 12 && status[8] == ' ';
    char kind = is_http ? status[9] : '\0';
    if (kind == '2') return {};
    auto where = host_and_port(target);
    auto said = "the proxy " + proxy.authority() + " does not connect to " + where +
                ": it answered " + printable(status.substr(0, 80));
    if (is_http && status.substr(9, 3) == "407") {
        return failure{
            .code = errc::proxy_unauthorized, .detail = said, .hint = hint_at_credentials(head)};
    }
    if (kind == '4') {
        return failure{
            .code = errc::proxy_refused,
            .detail = said,
            .hint = "ask the proxy's administrator to allow " + where};
    }
    return failure{
        .code = errc::proxy_failed,
        .detail = said,
        .hint = "check that the proxy reaches the internet and resolves the name"};
}

}  // namespace kustodrop::http
