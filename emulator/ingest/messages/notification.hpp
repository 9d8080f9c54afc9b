#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "emulator/ingest/messages/ingestion_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

enum class ingestion_status { succeeded, failed, skipped };

/// How the ingestion of one message ended.
struct ingestion_outcome {
    ingestion_status status = ingestion_status::succeeded;
    std::optional<failure> why;  // With failed.
    std::string operation_id;
    std::string activity_id;
    wall_time at;
};

/// Where the outcome is reported, from ReportLevel and ReportMethod.
struct report_places {
    bool queue = false;
    bool table = false;
};
report_places places_for(const ingestion_message& message, ingestion_status status);

/// "Permanent", "Transient" or "Exhausted": whether the service tries again by itself.
std::string_view failure_status(const failure& why);

/// The JSON of a message in the failed or successful queue, exactly in the service's shape
/// (docs/protocol.md §8.1).
std::string notification_text(const ingestion_message& message, const ingestion_outcome& outcome);

/// The JSON that the entity of the status table is merged with (docs/protocol.md §8.3).
std::string status_entity_text(const ingestion_message& message, const ingestion_outcome& outcome);

/// "2019-11-04T00:57:13.6847693Z": seven digits.
std::string seven_digit_time(wall_time time);

}  // namespace kustodrop::emulator
