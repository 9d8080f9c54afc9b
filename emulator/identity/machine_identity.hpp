#pragma once

#include "async/clock.hpp"
#include "base/random.hpp"
#include "emulator/front/service.hpp"
#include "emulator/identity/token_issuer.hpp"

#include <map>
#include <string>

namespace kustodrop::emulator {

/// The endpoints that give a machine its identity (docs/protocol.md §1.4, §1.5): IMDS of a virtual
/// machine, App Service, and the Azure Arc agent with its challenge by a file.
class machine_identity {
public:
    machine_identity(clock& clock, random_generator& random, token_issuer& tokens)
        : clock_(clock), random_(random), tokens_(tokens) {}

    /// "imds_token", "app_service_token", "arc_token"; nothing if the path is none of them.
    static std::string_view operation_of(std::string_view path);

    /// The endpoints, for those who configure clients.
    static constexpr std::string_view imds_path = "/metadata/identity/oauth2/token";
    static constexpr std::string_view app_service_path = "/msi/token";
    static constexpr std::string_view arc_path = "/arc/metadata/identity/oauth2/token";

    http::response answer(const exchange& one, const std::string& issuer);

private:
    http::response imds(const exchange& one, const std::string& issuer);
    http::response app_service(const exchange& one, const std::string& issuer);
    http::response arc(const exchange& one, const std::string& issuer);
    http::response challenge();
    bool answers_challenge(std::string_view authorization);

    clock& clock_;
    random_generator& random_;
    token_issuer& tokens_;
    std::map<std::string, std::string, std::less<>> keys_;  // Content, path.
};

}  // namespace kustodrop::emulator
