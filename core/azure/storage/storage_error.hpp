#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>

namespace kustodrop::azure {

/// What refusal of a SAS (401, 403) calls for.
enum class on_refusal {
    refresh_resources,  // The SAS is stale: fetch the resources again.
    accept,             // The SAS never had this right: nothing to fetch (Update Message, §8.2).
};

/// What an answer of Azure Storage that is not the wished one means, and what to do about it
/// (docs/protocol.md §5.4). `what` is the operation in words, "put blob to https://host/container".
failure storage_failure(
    const http::response& answer,
    std::string_view what,
    on_refusal refusal = on_refusal::refresh_resources
);

/// Whether a failure of storage_failure() is an answer that neither waiting nor a fresh SAS will
/// overcome: storage refuses the request, or what it is for does not exist.
bool is_unforeseen(const failure& answered);

/// The service's code: from x-ms-error-code, or from the XML or the JSON of the body. Empty if
/// there is none.
std::string storage_error_code(const http::response& answer);

/// Whether the service refused because the SAS does not have the right, although it is valid.
bool lacks_right(const failure& refused);

}  // namespace kustodrop::azure
