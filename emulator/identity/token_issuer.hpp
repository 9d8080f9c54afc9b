#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kustodrop::emulator {

/// Who may ask for tokens, and what the tokens are for.
struct identity_options {
    std::string tenant = "11111111-1111-1111-1111-111111111111";
    std::string client_id = "22222222-2222-2222-2222-222222222222";
    std::string client_secret = "emulator.secret~with+signs";
    std::string expired_client_secret = {};  // Recognised, and refused as expired.
    std::string resource = "https://kusto.kusto.windows.net";
    bool mfa_required = false;
    std::string object_id = "33333333-3333-3333-3333-333333333333";
    std::string resource_id =
        "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/emulator/providers/"
        "Microsoft.ManagedIdentity/userAssignedIdentities/emulator";
    std::vector<std::string> certificates = {};  // PEM, of the application.
    // The workload that may sign in as the application: its issuer, its subject, and the issuer's
    // public key in PEM; without a key there is none.
    std::string federated_issuer = "https://issuer.emulator";
    std::string federated_subject = "system:serviceaccount:default:kustodrop";
    std::string federated_key = {};
    std::string identity_header = "emulator-identity-header";  // App Service's.
    std::string arc_token_directory = "/var/opt/azcmagent/tokens";
    duration token_lifetime = std::chrono::hours(1);
    duration context_lifetime = std::chrono::hours(24);  // Of `.get kusto identity token`.
    std::string expires_on_format = "unix";              // Of managed identities: unix, us or iso.
};

/// Issues access tokens, shaped like a JWT but unsigned, and remembers them until they expire.
class token_issuer {
public:
    token_issuer(const time_source& clock, identity_options options)
        : clock_(clock), options_(std::move(options)) {}

    const identity_options& options() const { return options_; }
    void set_lifetime(duration lifetime) { options_.token_lifetime = lifetime; }
    /// The secret that was good until now is refused as expired from now on.
    void replace_client_secret(std::string fresh) {
        options_.expired_client_secret = std::move(options_.client_secret);
        options_.client_secret = std::move(fresh);
    }
    duration lifetime() const { return options_.token_lifetime; }

    std::string issue(std::string_view issuer);
    bool is_valid(std::string_view token) const;
    void revoke_all() { expiries_.clear(); }
    std::uint64_t issued() const { return issued_; }

private:
    void forget_expired();

    const time_source& clock_;
    identity_options options_;
    std::unordered_map<std::string, wall_time> expiries_;
    std::uint64_t issued_ = 0;
};

/// The opaque texts of `.get kusto identity token`. They carry their time of issue and a seal, so
/// that messages queued before a restart are still good after it.
class authorization_contexts {
public:
    authorization_contexts(
        const time_source& clock, std::string key, duration lifetime = std::chrono::hours(24)
    )
        : clock_(clock), key_(std::move(key)), lifetime_(lifetime) {}

    std::string issue() const;
    /// Issued with this key, and not longer ago than the lifetime.
    bool is_valid(std::string_view text) const;

private:
    const time_source& clock_;
    std::string key_;
    duration lifetime_;
};

}  // namespace kustodrop::emulator
