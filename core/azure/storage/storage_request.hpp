#pragma once

#include "base/random.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

#include <string>

namespace kustodrop::azure {

/// A request to Azure Storage with what every one of them carries.
http::request storage_request(
    http::verb method,
    http::url target,
    random_generator& random,
    std::string accept = "application/xml"
);

/// "put_blob to https://host/container/blob": without the query.
std::string request_summary(const http::request& request);

/// What a broken network means towards storage: other accounts may be well, and a name that no
/// longer resolves may have been rotated away.
failure network_failure(failure broken);

}  // namespace kustodrop::azure
