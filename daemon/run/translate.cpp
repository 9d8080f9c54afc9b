#include "daemon/run/translate.hpp"

#include "daemon/service/connection.hpp"
#include "spool/folder/retention.hpp"

#include <algorithm>

namespace kustodrop::daemon {

pipeline::watch_options watch_options_of(
    const pipeline::watch_options& from, const config::retention_settings& retention
) {
    auto options = from;
    options.min_free_percent = retention.min_free_percent;
    return options;
}

spool::archive_limits archive_limits_of(const config::retention_settings& from) {
    spool::archive_limits limits;
    // 0 means no limit.
    if (from.archive_for > 0s) limits.age = from.archive_for;
    if (from.archive_bytes > 0) limits.bytes = from.archive_bytes;
    limits.min_free_percent = from.min_free_percent;
    return limits;
}

std::optional<spool::quarantine_limits> quarantine_limits_of(const config::retention_settings& from
) {
    if (from.quarantine_for == 0s && from.quarantine_bytes == 0) return std::nullopt;
    spool::quarantine_limits limits;
    if (from.quarantine_for > 0s) limits.age = from.quarantine_for;
    if (from.quarantine_bytes > 0) limits.bytes = from.quarantine_bytes;
    return limits;
}

// Each has its part, so that one that does not answer keeps none of another's. A large source
// needs two blocks.
static std::uint64_t memory_of_cluster(const config::settings& from) {
    auto clusters = std::max<std::uint64_t>(1, from.clusters.size());
    if (clusters == 1) return from.upload.memory_bytes;
    return std::max(from.upload.memory_bytes / clusters, from.upload.shipper.block_bytes * 2);
}

static pipeline::ready_options ready_options_of(const config::settings& from) {
    pipeline::ready_options options;
    // A large source holds two blocks in memory: a quarter of the memory and of the shippers is
    // left to small ones.
    auto pairs = memory_of_cluster(from) / from.upload.shipper.block_bytes / 2;
    auto most = std::min(from.upload.concurrency, pairs) * 3 / 4;
    options.most_large = static_cast<std::size_t>(std::max<std::uint64_t>(1, most));
    return options;
}

static pipeline::shipper_options shipper_options_of(const config::settings& from) {
    auto options = from.upload.shipper;
    options.reports = {from.notifications.reports, from.notifications.method};
    options.client_version = version();
    return options;
}

pipeline::engine_options engine_options_of(const config::settings& from) {
    pipeline::engine_options options;
    options.state_directory = from.state_directory;
    options.shippers = from.upload.concurrency;
    options.upload_memory_bytes = memory_of_cluster(from);
    options.ready = ready_options_of(from);
    options.shipping = shipper_options_of(from);
    options.outcomes = from.notifications;
    return options;
}

}  // namespace kustodrop::daemon
