#pragma once

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "spool/source/source.hpp"

#include <string>

namespace kustodrop::pipeline {

/// Counts what was sent of a source: its bytes before and after compression.
inline void count_bytes(
    metrics& measured, const std::string& watch, const spool::blob_record& sent
) {
    metric_labels labels{{"watch", watch}};
    auto raw = static_cast<double>(sent.raw_bytes);
    auto stored = static_cast<double>(sent.stored_bytes);
    measured.count("kustodrop_raw_bytes_total", labels).add(raw);
    measured.count("kustodrop_uploaded_bytes_total", labels).add(stored);
}

inline void log_upload(logger& log, const spool::source& what, const spool::blob_record& blob) {
    if (!log.enabled(log_level::debug)) return;
    log.debug(
        "uploaded",
        {{"watch", what.watch},
         {"source", what.id},
         {"blob", blob.account + "/" + blob.container + "/" + blob.name},
         {"raw_bytes", std::to_string(blob.raw_bytes)},
         {"stored_bytes", std::to_string(blob.stored_bytes)}}
    );
}

}  // namespace kustodrop::pipeline
