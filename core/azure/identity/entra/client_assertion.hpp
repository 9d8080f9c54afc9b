#pragma once

#include "base/crypto/signing_certificate.hpp"

#include <string>

namespace kustodrop::azure {

/// How a certificate is shown (docs/protocol.md §1.4): RS256 with x5t, or PS256 with x5t#S256.
struct assertion_options {
    signature_algorithm algorithm = signature_algorithm::ps256;
    bool send_chain = false;  // x5c: for applications that trust a subject name and issuer.
};

/// Who makes the assertion and who is to accept it.
struct assertion_facts {
    std::string client_id;
    std::string audience;  // The token endpoint's exact URL.
    std::string id;        // Never used twice.
    wall_time now{};
};

/// A signed JSON Web Token that is good for ten minutes from `now`.
std::string make_assertion(
    const signing_certificate& certificate,
    const assertion_options& options,
    const assertion_facts& facts
);

}  // namespace kustodrop::azure
