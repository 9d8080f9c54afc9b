#include "daemon/run/translate.hpp"

#include "daemon/run/connection.hpp"

#include <algorithm>
#include <thread>

namespace kustodrop::daemon {

pipeline::target target_of(const config::watch& from) {
    pipeline::target where;
    where.database = from.database;
    where.table = from.table;
    where.format = config::to_string(from.format);
    where.extension = config::file_extension(from.format).substr(1);
    where.compressible = config::is_compressible(from.format);
    where.mapping_reference = from.ingestion_mapping_reference;
    where.mapping_kind = config::mapping_kind(from.format);
    where.ignore_first_record = from.ignore_first_record;
    where.tags = from.tags;
    where.creation_time_pattern = from.creation_time_pattern;
    where.additional_properties = from.additional_properties;
    where.deduplicate = from.deduplicate == config::deduplicate::tags;
    where.batching_time = from.batching_time;
    return where;
}

static pipeline::success_action success_action_of(config::on_success word) {
    switch (word) {
    case config::on_success::archive:
        return pipeline::success_action::archive;
    case config::on_success::remove:
        return pipeline::success_action::delete_;
    case config::on_success::keep:
        return pipeline::success_action::keep;
    }
    return pipeline::success_action::keep;
}

static pipeline::claim_mode claim_mode_of(config::claim_mode word) {
    switch (word) {
    case config::claim_mode::automatic:
        return pipeline::claim_mode::automatic;
    case config::claim_mode::rename:
        return pipeline::claim_mode::rename;
    case config::claim_mode::in_place:
        return pipeline::claim_mode::in_place;
    }
    return pipeline::claim_mode::automatic;
}

static pipeline::unconfirmed_action unconfirmed_action_of(config::on_unconfirmed word) {
    switch (word) {
    case config::on_unconfirmed::keep:
        return pipeline::unconfirmed_action::keep;
    case config::on_unconfirmed::archive:
        return pipeline::unconfirmed_action::archive;
    case config::on_unconfirmed::repost:
        return pipeline::unconfirmed_action::repost;
    }
    return pipeline::unconfirmed_action::keep;
}

pipeline::watch_options watch_options_of(
    const config::watch& from, const config::retention_settings& retention
) {
    pipeline::watch_options options;
    options.name = from.name;
    options.path = from.path;
    options.include = from.include;
    options.exclude = from.exclude;
    options.recursive = from.recursive;
    options.stable_for = from.stable_for;
    options.done_marker = from.done_marker;
    options.claim = claim_mode_of(from.claim);
    options.always_poll = from.watch_mode == config::watch_mode::poll;
    options.trust_events = from.watch_mode == config::watch_mode::inotify;
    options.min_free_percent = retention.min_free_percent;
    options.max_pending_files = from.max_pending;
    options.coalesce = {from.coalesce.max_files, from.coalesce.max_bytes, from.coalesce.max_age};
    options.target = target_of(from);
    options.on_success = success_action_of(from.on_success);
    bool keep = from.on_failure == config::on_failure::keep;
    options.on_failure =
        keep ? pipeline::failure_action::keep : pipeline::failure_action::quarantine;
    options.on_unconfirmed = unconfirmed_action_of(from.on_unconfirmed);
    bool early = from.act_after == config::act_after::posted;
    options.act_after = early ? pipeline::act_time::posted : pipeline::act_time::outcome;
    return options;
}

spool::archive_limits archive_limits_of(const config::retention_settings& from) {
    spool::archive_limits limits;
    // 0 is no limit.
    if (from.archive_for > 0s) limits.age = from.archive_for;
    if (from.archive_bytes > 0) limits.bytes = from.archive_bytes;
    limits.min_free_percent = from.min_free_percent;
    return limits;
}

static pipeline::reporting reporting_of(const config::notifications_settings& from) {
    pipeline::reporting reports;
    switch (from.report_level) {
    case config::report_level::all:
        reports.level = 2;
        break;
    case config::report_level::failures:
        reports.level = 0;
        break;
    case config::report_level::none:
        reports.level = 1;
        break;
    }
    reports.method = from.report_method == config::report_method::table ? 1 : 0;
    return reports;
}

unsigned compression_threads_of(const config::settings& from) {
    if (from.upload.compression_threads > 0) {
        return static_cast<unsigned>(from.upload.compression_threads);
    }
    return std::max(1u, std::thread::hardware_concurrency());
}

pipeline::ready_options ready_options_of(const config::settings& from) {
    pipeline::ready_options options;
    // What is large holds two blocks in memory: a quarter of that and of the shippers is left to
    // what is small.
    auto pairs = from.upload.memory_bytes / from.upload.block_size_bytes / 2;
    auto most = std::min(from.upload.concurrency, pairs) * 3 / 4;
    options.most_large = static_cast<std::size_t>(std::max<std::uint64_t>(1, most));
    return options;
}

pipeline::shipper_options shipper_options_of(const config::settings& from) {
    pipeline::shipper_options options;
    options.block_bytes = from.upload.block_size_bytes;
    options.compression_threads = compression_threads_of(from);
    switch (from.upload.compression) {
    case config::compression::fast:
        options.how = spool::compression::fast;
        break;
    case config::compression::dense:
        options.how = spool::compression::dense;
        break;
    case config::compression::none:
        options.how = spool::compression::none;
        break;
    }
    options.reports = reporting_of(from.notifications);
    options.repost_after = from.upload.repost_after;
    options.client_version = kusto::version_for_tracing(version());
    return options;
}

pipeline::outcomes_options outcomes_options_of(const config::settings& from) {
    pipeline::outcomes_options options;
    switch (from.notifications.report_level) {
    case config::report_level::all:
        options.reports = pipeline::report_level::all;
        break;
    case config::report_level::failures:
        options.reports = pipeline::report_level::failures;
        break;
    case config::report_level::none:
        options.reports = pipeline::report_level::none;
        break;
    }
    options.in_table = from.notifications.report_method == config::report_method::table;
    options.discard_foreign =
        from.notifications.foreign_messages == config::foreign_messages::discard;
    options.poll_interval = from.notifications.poll_interval;
    options.outcome_timeout = from.notifications.outcome_timeout;
    return options;
}

}  // namespace kustodrop::daemon
