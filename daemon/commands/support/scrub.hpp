#pragma once

#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// Text that may leave the machine: without the secrets that this process knows, and without what
/// looks like one: queries of URLs, values of sig=, client_secret, authorizationContext and the
/// like, bearer and JSON web tokens, user and password in URLs, and long opaque texts without a
/// blank. Keeps lines and JSON. Pure but for the known secrets.
std::string scrubbed(std::string_view text);

}  // namespace kustodrop::daemon
