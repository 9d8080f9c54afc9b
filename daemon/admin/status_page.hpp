#pragma once

#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// The status page, whole in itself: daemon/page/ as it was built in. `nonce` is what the answer's
/// Content-Security-Policy allows; with an empty `token` the page offers no changes.
std::string status_page(std::string_view nonce, std::string_view token);

}  // namespace kustodrop::daemon
