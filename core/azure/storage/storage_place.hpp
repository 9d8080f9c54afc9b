#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "http/url.hpp"

#include <optional>
#include <string>

namespace kustodrop::azure {

/// A container, queue or table somewhere in Azure Storage, with the SAS that opens it.
struct storage_place {
    http::url location;   // With the SAS: secret.
    std::string account;  // The first label of the host, or the first path segment (Azurite).
    std::string name;     // Of the container, queue or table.
    std::optional<wall_time> expires_at = {};  // The SAS's "se".
    duration reserve{};     // Nothing new is begun in this last stretch of its life.
    secret signature = {};  // The SAS's "sig", kept out of every line for as long as this lives.

    /// Whether something new may be begun with it.
    bool usable_at(wall_time now) const;

    friend bool operator==(const storage_place&, const storage_place&) = default;
};

/// Reads a resource URI with its SAS. The reserve is 5 min, or a quarter of the life that the SAS
/// has from `now`. A failure "bad_resource_uri" names no secret.
result<storage_place> parse_storage_place(std::string_view uri, wall_time now);

}  // namespace kustodrop::azure
