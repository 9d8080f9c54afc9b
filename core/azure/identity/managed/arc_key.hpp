#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace kustodrop::azure {

/// Where the Arc agent leaves the files that prove who may ask (docs/protocol.md §1.5).
inline constexpr std::string_view arc_token_directory = "/var/opt/azcmagent/tokens";

/// The name of the file that a challenge ("Basic realm=/var/opt/azcmagent/tokens/GUID.key") asks
/// for. Anyone who answers on the agent's port could name any file: it is refused unless it is
/// called *.key and lies directly in `directory`.
result<std::string> challenged_key(std::string_view challenge, std::string_view directory);

/// The file's content, which goes into a header as it is: at most 4 KiB, a regular file under one
/// name only, opened beneath the directory without following a link. If a right is missing, the
/// failure names the group to join.
result<secret> read_arc_key(const std::string& directory, const std::string& name);

}  // namespace kustodrop::azure
