#pragma once

#include "base/result.hpp"
#include "emulator/ingest/messages/ingestion_message.hpp"
#include "emulator/ingest/messages/json_members.hpp"
#include "emulator/schema/catalog.hpp"

#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// A permanent refusal with a code of docs/protocol.md §9.
failure refusal(std::string code, std::string detail);
failure malformed_property(std::string_view name, std::string_view wanted);

/// Finds the mapping that a message's properties name, or reads the one they hold, and puts it
/// into the message, whose table must be known. Refuses two mappings, unknown ones and those of a
/// kind that the format cannot use.
result<> choose_mapping(
    const json_members& properties, const catalog& known, ingestion_message& message
);

}  // namespace kustodrop::emulator
