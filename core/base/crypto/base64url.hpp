#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop {

/// For URLs and JSON Web Tokens: - and _ for + and /, without padding (RFC 4648 §5).
std::string base64url_encode(std::string_view bytes);

/// Nothing unless `text` is that.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace kustodrop
