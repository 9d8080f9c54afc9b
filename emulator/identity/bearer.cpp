#include "emulator/identity/bearer.hpp"

#include "base/text.hpp"

namespace kustodrop::emulator {

std::optional<service_error> check_bearer(const exchange& one, const token_issuer& tokens) {
    auto given = one.header("Authorization").value_or("");
    bool bearer = given.size() > 7 && equals_ignoring_case(given.substr(0, 7), "bearer ");
    if (bearer && tokens.is_valid(trimmed(given.substr(7)))) return std::nullopt;
    return service_error{
        401,
        "Unauthorized",
        bearer ? "The access token is unknown or has expired."
               : "The request carries no bearer token.",
        {{"@type", "Kusto.DataNode.Exceptions.UnauthorizedException"}}};
}

}  // namespace kustodrop::emulator
