#include "emulator/ingest/ingest_job.hpp"

#include "base/random.hpp"

#include <utility>

namespace kustodrop::emulator {

ingestion_outcome new_outcome(const ingest_parts& parts, ingestion_status status) {
    ingestion_outcome out;
    out.status = status;
    out.operation_id = make_guid(parts.random);
    out.activity_id = make_guid(parts.random);
    out.at = parts.time.wall_now();
    return out;
}

ingestion_outcome failed_outcome(const ingest_parts& parts, failure why) {
    auto out = new_outcome(parts, ingestion_status::failed);
    out.why = std::move(why);
    return out;
}

}  // namespace kustodrop::emulator
