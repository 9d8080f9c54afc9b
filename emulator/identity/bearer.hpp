#pragma once

#include "emulator/front/answers.hpp"
#include "emulator/identity/token_issuer.hpp"

#include <optional>

namespace kustodrop::emulator {

/// Nothing when the request carries an access token that is known and has not expired; otherwise
/// the refusal with 401.
std::optional<service_error> check_bearer(const exchange& one, const token_issuer& tokens);

}  // namespace kustodrop::emulator
