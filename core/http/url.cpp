#include "http/url.hpp"

#include "base/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace kustodrop::http {

namespace urls = boost::urls;

static std::uint16_t scheme_port(bool https) { return https ? 443 : 80; }

std::optional<url> url::parse(std::string_view text) {
    auto parsed = urls::parse_uri(text);
    if (parsed.has_error() || !parsed->has_authority() || parsed->has_userinfo()) return {};
    if (parsed->has_fragment()) return {};
    url out;
    auto scheme = parsed->scheme_id();
    if (scheme != urls::scheme::https && scheme != urls::scheme::http) return {};
    out.https_ = scheme == urls::scheme::https;
    // A percent sign in a host hides another host from whoever compares text.
    auto host = std::string(parsed->encoded_host_address());
    if (host.empty() || host.find('%') != std::string::npos || host.back() == '.') return {};
    out.host_ = to_lower(host);
    out.port_ = scheme_port(out.https_);
    if (parsed->has_port()) {
        out.port_ = parsed->port_number();
        if (out.port_ == 0) return {};
    }
    out.path_ = std::string(parsed->encoded_path());
    if (out.path_.empty()) out.path_ = "/";
    out.query_ = std::string(parsed->encoded_query());
    return out;
}

std::string url::authority() const {
    auto name = host_.find(':') != std::string::npos ? "[" + host_ + "]" : host_;
    if (port_ == scheme_port(https_)) return name;
    return name + ":" + std::to_string(port_);
}

std::string url::origin() const { return (https_ ? "https://" : "http://") + authority(); }

std::string url::target() const { return query_.empty() ? path_ : path_ + "?" + query_; }

std::optional<std::string> url::parameter(std::string_view name) const {
    for (auto part : split(query_, '&')) {
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
    auto out = *this;
    out.query_.clear();
    return out;
}

std::string url::redacted() const { return origin() + path_ + (query_.empty() ? "" : "?…"); }

std::string url::reveal() const { return origin() + target(); }

bool url::is_loopback() const {
    if (host_ == "localhost" || host_.ends_with(".localhost") || host_ == "::1") return true;
    auto parts = split(host_, '.');
    if (parts.size() != 4 || parts[0] != "127") return false;
    for (auto part : parts) {
        if (part.empty() || part.size() > 3) return false;
        if (part.find_first_not_of("0123456789") != std::string_view::npos) return false;
    }
    return true;
}

}  // namespace kustodrop::http
