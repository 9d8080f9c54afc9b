#pragma once

#include "async/clock.hpp"
#include "emulator/front/service.hpp"
#include "emulator/identity/token_issuer.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// A certificate's public half, as the application's registration has it.
struct registered_certificate {
    std::string pem;
    std::string der;
};

/// Looks at client assertions (docs/protocol.md §1.4) as Entra does: those that a registered
/// certificate signed, in both dialects, and those of a workload whose issuer is trusted.
/// Signatures are verified by OpenSSL. An assertion may come again until it expires, as MSAL sends
/// it.
class assertion_check {
public:
    /// Throws std::runtime_error, in one sentence, if a certificate or key cannot be read.
    assertion_check(clock& clock, const identity_options& options);

    /// What is wrong with it, for a token that is asked for at `audience`.
    std::optional<service_error> check(std::string_view assertion, const std::string& audience);

    /// The last ones that came, good or bad, for tests that look at them.
    const std::deque<std::string>& seen() const { return seen_; }

private:
    struct parts;
    std::optional<service_error> check_certificate(const parts&, const std::string& audience) const;
    std::optional<service_error> check_workload(const parts&) const;
    std::optional<service_error> check_times(const parts&) const;
    const registered_certificate* signer_of(const parts&) const;

    clock& clock_;
    const identity_options& options_;
    std::vector<registered_certificate> certificates_;
    std::deque<std::string> seen_;
};

}  // namespace kustodrop::emulator
