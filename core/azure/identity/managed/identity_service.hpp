#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/message.hpp"

#include <functional>
#include <optional>
#include <string>

/// The services that give a machine its identity: which one is here, how it is asked, when again.
namespace kustodrop::azure {

/// Which identity of the machine: none of them is the system-assigned one, more than one is a bug.
struct identity_choice {
    std::string client_id;
    std::string object_id;
    std::string resource_id;  // "/subscriptions/…/userAssignedIdentities/NAME".

    bool is_system_assigned() const {
        return client_id.empty() && object_id.empty() && resource_id.empty();
    }
};

enum class identity_kind { imds, app_service, app_service_2017, arc };

/// Where a machine's identity is to be had.
struct identity_service {
    identity_kind kind = identity_kind::imds;
    http::url endpoint;
    secret header;  // What App Service wants to see.
};

/// What the machine says about itself.
struct machine_facts {
    std::function<std::optional<std::string>(const std::string& name)> variable;
    bool has_arc_agent = false;  // Its program is installed: a service does not inherit variables.
};

/// The order of docs/protocol.md §1.4: App Service, its retired form, Azure Arc, IMDS. Whatever the
/// environment says, an endpoint is plain HTTP on this machine or this link, so that no proxy and
/// no stranger ever sees the request.
result<identity_service> find_identity_service(const machine_facts& facts);

/// "the metadata service (IMDS) at 169.254.169.254", for messages.
std::string description_of(const identity_service& service);

/// The request for a token, without what an Arc challenge adds.
http::request identity_request(
    const identity_service& service, const std::string& resource, const identity_choice& choice
);

/// How long to wait before asking again after the `tries`th answer (docs/protocol.md §1.6); nothing
/// when that answer is final.
std::optional<duration> next_try(
    identity_kind kind, unsigned status, unsigned tries, std::optional<duration> retry_after
);

}  // namespace kustodrop::azure
