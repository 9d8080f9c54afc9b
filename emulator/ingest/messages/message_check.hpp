#pragma once

#include "base/result.hpp"
#include "emulator/ingest/messages/ingestion_message.hpp"
#include "emulator/schema/catalog.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace kustodrop::emulator {

struct checked_message {
    ingestion_message message;       // As much of it as could be read.
    std::optional<failure> refusal;  // With a code of docs/protocol.md §9.
};

/// Whether an authorizationContext is one the service gave out and not too long ago.
using identity_valid = std::function<bool(std::string_view token)>;

/// Reads what stands in a ready-for-aggregation queue: base64 of a UTF-8 JSON object, member names
/// in any case, enums as number or name, booleans and numbers also as strings. Checks everything
/// that can be known without the blob, as strictly as the service, but never silently.
checked_message check_message(
    std::string_view queue_text, const catalog& known, const identity_valid& identity
);

}  // namespace kustodrop::emulator
