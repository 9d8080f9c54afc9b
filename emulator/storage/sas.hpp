#pragma once

#include "emulator/front/answers.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

enum class storage_service { blob, queue, table };

std::string_view to_string(storage_service);

/// What a service SAS grants: one container, queue or table.
struct sas_grant {
    storage_service service = storage_service::blob;
    std::string account;
    std::string resource;
    std::string permissions;  // "rw", in the service's order.
    wall_time start;
    wall_time expiry;
    std::string version = "2018-03-28";
    bool without_seconds = false;
};

/// The SAS as a query, without "?". The key is the account's, in base64.
std::string service_sas(const sas_grant&, std::string_view account_key);

struct account_sas_grant {
    std::string account;
    std::string services = "bqt";
    std::string resource_types = "sco";
    std::string permissions = "rwdlacup";
    wall_time start;
    wall_time expiry;
    std::string version = "2018-03-28";
};

std::string account_sas(const account_sas_grant&, std::string_view account_key);

/// What the SAS on a request has to allow.
struct sas_demand {
    storage_service service = storage_service::blob;
    std::string permissions;          // Any one of them is enough.
    std::string account_permissions;  // The same with an account SAS, where the letters differ.
    char resource_type = 'o';         // s, c or o.
};

/// Why the request's SAS does not allow it; nothing if it does. Checks the signature, the time,
/// the protocol, the address, the scope and the permission, with the service's messages.
std::optional<service_error> check_sas(
    const exchange&, const sas_demand&, std::string_view account_key, wall_time now
);

}  // namespace kustodrop::emulator
