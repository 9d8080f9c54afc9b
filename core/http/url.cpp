#include "http/url.hpp"

#include "base/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>

namespace kustodrop::http {

namespace urls = boost::urls;

static std::uint16_t scheme_port(bool https) { return https ? 443 : 80; }

// Reads "host", "host:port" or "[IPv6]:port" into `host` and `port`, which holds the default.
static bool read_authority(std::string_view text, std::string& host, std::uint16_t& port) {
    auto name = text.substr(0, text.find(':'));
    bool is_ipv6 = text.starts_with('[') && text.find(']') != std::string_view::npos;
    if (is_ipv6) name = text.substr(0, text.find(']') + 1);
    auto rest = text.substr(name.size());
    if (is_ipv6) name = name.substr(1, name.size() - 2);
    host = to_lower(name);
    // Stricter than RFC 3986: a percent sign or a comma in a host hides another host from code
    // that compares text; IPvFuture and zones have no place here.
    auto allowed = is_ipv6 ? "0123456789abcdef:." : "abcdefghijklmnopqrstuvwxyz0123456789-._";
    if (host.empty() || host.back() == '.') return false;
    if (host.find_first_not_of(allowed) != std::string::npos) return false;
    if (rest.empty()) return true;
    auto digits = rest.substr(1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return rest[0] == ':' && error == std::errc() && end == digits.data() + digits.size() && port;
}

std::optional<url> url::parse(std::string_view text) {
    // Boost judges the grammar only: 1.81 reads "127.0.0.1.example" as the host 127.0.0.1 and a
    // path ".example", so the text is taken apart here.
    auto parsed = urls::parse_uri(text);
    if (parsed.has_error() || !parsed->has_authority()) return {};
    url out;
    auto scheme = parsed->scheme_id();
    if (scheme != urls::scheme::https && scheme != urls::scheme::http) return {};
    out.https_ = scheme == urls::scheme::https;
    out.port_ = scheme_port(out.https_);
    auto rest = text.substr(text.find("://") + 3);
    auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (!read_authority(authority, out.host_, out.port_)) return {};
    rest.remove_prefix(authority.size());
    if (rest.find('#') != std::string_view::npos) return {};
    auto path = rest.substr(0, rest.find('?'));
    if (!path.empty()) out.path_ = path;
    if (path.size() < rest.size()) out.query_ = rest.substr(path.size() + 1);
    return out;
}

// The texts of every request: each is allocated once.
static constexpr std::size_t scheme_bytes = 8;  // "https://"
static constexpr std::size_t port_bytes = 8;    // "[]:65535"

void url::add_authority(std::string& to) const {
    bool is_ipv6 = host_.find(':') != std::string::npos;
    if (is_ipv6) to += '[';
    to += host_;
    if (is_ipv6) to += ']';
    if (port_ == scheme_port(https_)) return;
    to += ':';
    to += std::to_string(port_);
}

std::string url::authority() const {
    std::string out;
    out.reserve(host_.size() + port_bytes);
    add_authority(out);
    return out;
}

std::string url::origin_and(std::string_view path, std::string_view rest) const {
    std::string out;
    out.reserve(scheme_bytes + host_.size() + port_bytes + path.size() + rest.size() + 1);
    out += https_ ? "https://" : "http://";
    add_authority(out);
    out += path;
    out += rest;
    return out;
}

std::string url::origin() const { return origin_and({}, {}); }

std::string url::target() const {
    std::string out;
    out.reserve(path_.size() + 1 + query_.size());
    out += path_;
    if (query_.empty()) return out;
    out += '?';
    out += query_;
    return out;
}

std::optional<std::string> url::parameter(std::string_view name) const {
    for (std::string_view rest = query_; !rest.empty();) {
        auto part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        auto at = part.find('=');
        if (at != std::string_view::npos && part.substr(0, at) == name) {
            return percent_decode(part.substr(at + 1));
        }
    }
    return std::nullopt;
}

url url::with_path_suffix(std::string_view segments) const {
    auto out = *this;
    if (!out.path_.ends_with('/')) out.path_ += '/';
    out.path_ += segments;
    return out;
}

url url::with_parameters(std::string_view parameters) const {
    auto out = *this;
    if (!out.query_.empty()) out.query_ += '&';
    out.query_ += parameters;
    return out;
}

url url::with_path(std::string_view path) const {
    auto out = without_query();
    out.path_ = path;
    return out;
}

url url::without_query() const {
    url out;
    out.https_ = https_;
    out.host_ = host_;
    out.port_ = port_;
    out.path_ = path_;
    return out;
}

std::string url::place() const { return origin_and(path_, {}); }

std::string url::redacted() const { return origin_and(path_, query_.empty() ? "" : "?…"); }

std::string url::reveal() const { return origin_and(path_, query_.empty() ? "" : "?" + query_); }

bool url::is_loopback() const {
    if (host_ == "localhost" || host_.ends_with(".localhost") || host_ == "::1") return true;
    auto parts = split(host_, '.');
    if (parts.size() != 4 || parts[0] != "127") return false;
    for (auto part : parts) {
        if (part.empty() || part.size() > 3) return false;
        if (part.find_first_not_of("0123456789") != std::string_view::npos) return false;
        if (part.size() == 3 && part > "255") return false;
    }
    return true;
}

}  // namespace kustodrop::http
