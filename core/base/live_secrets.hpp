#pragma once

#include <string>
#include <string_view>

namespace kustodrop {

/// The secrets that this process holds right now, known to all of it: the second net behind the
/// types, for whatever text a stranger sent back or somebody revealed by mistake. `secret` keeps
/// and drops its own. Safe on any thread.
namespace live_secrets {

/// Shorter values are not looked for: too many innocent words would go with them.
inline constexpr std::size_t shortest = 8;

/// As often kept as dropped, and forgotten.
void keep(std::string_view value);
void drop(std::string_view value);

}  // namespace live_secrets

/// The text with every live secret in it replaced by "[secret]", whether it stands there as it is,
/// percent-encoded, as in JSON, or in base64 of itself or of something around it.
std::string without_secrets(std::string text);

}  // namespace kustodrop
