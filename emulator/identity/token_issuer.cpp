#include "emulator/identity/token_issuer.hpp"

#include "base/crypto/base64url.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>

namespace kustodrop::emulator {

namespace json = boost::json;

static std::int64_t seconds_since_1970(wall_time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string token_issuer::issue(std::string_view issuer) {
    forget_expired();
    auto now = clock_.wall_now();
    auto expiry = now + std::chrono::duration_cast<std::chrono::microseconds>(lifetime());
    json::object claims{
        {"aud", options_.resource},
        {"iss", issuer},
        {"iat", seconds_since_1970(now)},
        {"nbf", seconds_since_1970(now)},
        {"exp", seconds_since_1970(expiry)},
        {"appid", options_.client_id},
        {"tid", options_.tenant},
        {"uti", hex_encode(random_bytes(16))},
        {"ver", "1.0"},
    };
    auto token = base64url_encode(R"({"typ":"JWT","alg":"none"})") + "." +
                 base64url_encode(json::serialize(claims)) + "." +
                 base64url_encode(random_bytes(32));
    expiries_[token] = expiry;
    ++issued_;
    return token;
}

bool token_issuer::is_valid(std::string_view token) const {
    auto found = expiries_.find(std::string(token));
    return found != expiries_.end() && clock_.wall_now() < found->second;
}

void token_issuer::forget_expired() {
    auto now = clock_.wall_now();
    std::erase_if(expiries_, [now](auto& entry) { return entry.second <= now; });
}

std::string authorization_contexts::issue() const {
    auto issued = clock_.wall_now().time_since_epoch().count();
    auto content = std::to_string(issued) + "|" + hex_encode(random_bytes(16));
    return base64_encode(content + "|" + hex_encode(hmac_sha256(key_, content)));
}

bool authorization_contexts::is_valid(std::string_view text) const {
    auto decoded = base64_decode(text).value_or("");
    auto bar = decoded.rfind('|');
    if (bar == std::string::npos) return false;
    auto content = decoded.substr(0, bar);
    if (hex_encode(hmac_sha256(key_, content)) != decoded.substr(bar + 1)) return false;
    wall_time issued{std::chrono::microseconds(std::stoll(content))};
    return clock_.wall_now() - issued < lifetime_;
}

}  // namespace kustodrop::emulator
