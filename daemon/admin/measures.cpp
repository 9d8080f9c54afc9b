#include "daemon/admin/measures.hpp"

#include "daemon/admin/log_measures.hpp"
#include "daemon/service/connection.hpp"

#include <sys/resource.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace kustodrop::daemon {

struct described_metric {
    metric_kind type;
    const char* name;
    const char* help;
};

static constexpr auto counter_kind = metric_kind::counter;
static constexpr auto gauge_kind = metric_kind::gauge;
static constexpr auto histogram_kind = metric_kind::histogram;

static constexpr std::array all_metrics{
    described_metric{gauge_kind, "kustodrop_build_info", "Always 1; the labels show the build."},
    described_metric{counter_kind, "kustodrop_files_seen_total", "Files claimed."},
    described_metric{
        counter_kind,
        "kustodrop_files_resumed_total",
        "Files of an earlier run that were resumed, and unconfirmed ones that were retried."},
    described_metric{counter_kind, "kustodrop_sources_total", "Files by outcome."},
    described_metric{gauge_kind, "kustodrop_sources_in_stage", "Files in each stage now."},
    described_metric{
        gauge_kind,
        "kustodrop_oldest_source_age_seconds",
        "Age of the oldest pending file since its claim."},
    described_metric{
        gauge_kind,
        "kustodrop_files_unconfirmed",
        "Files kept without an outcome from the service."},
    described_metric{
        gauge_kind,
        "kustodrop_quarantined_files",
        "Files in quarantine, counted a few seconds after a failure and once a minute."},
    described_metric{
        gauge_kind, "kustodrop_files_waiting", "Files in the folder that are not claimed yet."},
    described_metric{
        gauge_kind, "kustodrop_files_held", "Files that wait until the target is correct."},
    described_metric{
        gauge_kind,
        "kustodrop_files_without_target",
        "Files that stay in the folder because route and allow give them no target."},
    described_metric{counter_kind, "kustodrop_raw_bytes_total", "Uncompressed bytes uploaded."},
    described_metric{
        counter_kind,
        "kustodrop_uploaded_bytes_total",
        "Bytes of the blobs, compressed where they are."},
    described_metric{
        counter_kind,
        "kustodrop_http_requests_total",
        "Requests by HTTP status or by kustodrop's failure code."},
    described_metric{
        histogram_kind,
        "kustodrop_http_request_duration_seconds",
        "Time from the request to the complete answer."},
    described_metric{
        counter_kind, "kustodrop_retries_total", "Retries, with what was retried and why."},
    described_metric{
        counter_kind,
        "kustodrop_posts_ambiguous_total",
        "Posts that may be duplicates: the answer or the notification was lost."},
    described_metric{
        gauge_kind,
        "kustodrop_failover_active",
        "1 while a watch ships to the cluster of its failover, for its own does not work."},
    described_metric{
        counter_kind,
        "kustodrop_failover_sources_total",
        "Sources that were posted to the cluster of failover."},
    described_metric{
        counter_kind,
        "kustodrop_streaming_requests_total",
        "Sources that were streamed, by what the answer meant."},
    described_metric{
        counter_kind,
        "kustodrop_foreign_lines_total",
        "Lines in logs of containers that the runtime has not written."},
    described_metric{
        counter_kind,
        "kustodrop_records_split_total",
        "Parts of records of logs that were shipped as records of their own."},
    described_metric{gauge_kind, "kustodrop_logs", "Logs of watches that follow them, by state."},
    described_metric{
        counter_kind,
        "kustodrop_log_bytes_seen_total",
        "Bytes of followed logs that were seen, and those that were resumed or retried."},
    described_metric{
        gauge_kind,
        "kustodrop_log_bytes_waiting",
        "Bytes of followed logs that are in no source yet."},
    described_metric{
        gauge_kind,
        "kustodrop_log_bytes_in_stage",
        "Bytes of followed logs in sources without an outcome."},
    described_metric{
        counter_kind, "kustodrop_log_bytes_total", "Bytes of followed logs by outcome."},
    described_metric{
        counter_kind,
        "kustodrop_log_bytes_lost_total",
        "Bytes of followed logs that vanished before they were read."},
    described_metric{
        gauge_kind,
        "kustodrop_log_behind_seconds",
        "Age of the oldest byte of followed logs that could be in a source and is not."},
    described_metric{
        counter_kind,
        "kustodrop_log_rotations_total",
        "Followed logs that were renamed, truncated and so on."},
    described_metric{gauge_kind, "kustodrop_held_files", "Deleted logs that are held open."},
    described_metric{gauge_kind, "kustodrop_held_bytes", "Room that such logs take."},
    described_metric{gauge_kind, "kustodrop_spilled_files", "Ranges of logs that were spilled."},
    described_metric{gauge_kind, "kustodrop_spilled_bytes", "Room that such ranges take."},
    described_metric{
        counter_kind, "kustodrop_cuts_total", "Sources cut from followed logs, by what was due."},
    described_metric{
        histogram_kind, "kustodrop_time_to_outcome_seconds", "Time from the claim to the outcome."},
    described_metric{
        counter_kind,
        "kustodrop_notifications_total",
        "Notifications read, of this daemon (us) or foreign."},
    described_metric{
        gauge_kind, "kustodrop_resources_age_seconds", "Age of the ingestion resources."},
    described_metric{
        gauge_kind,
        "kustodrop_resources_refresh_interval_seconds",
        "How often the ingestion resources are fetched again, as configured."},
    described_metric{
        gauge_kind,
        "kustodrop_sas_expiry_seconds",
        "Time until the last usable SAS expires; 0 without one."},
    described_metric{
        gauge_kind,
        "kustodrop_token_expiry_seconds",
        "Time until the access token expires; 0 without one."},
    described_metric{gauge_kind, "kustodrop_watch_mode", "1 for the mode in use, inotify or poll."},
    described_metric{
        gauge_kind, "kustodrop_watch_present", "1 if the watched folder is open and answers."},
    described_metric{
        gauge_kind,
        "kustodrop_watch_paused",
        "1 if the watch, or one of the targets of its route, is paused because it is wrong."},
    described_metric{
        gauge_kind,
        "kustodrop_watch_held",
        "1 if the watch is held because storage or the service refuses what it sends."},
    described_metric{
        gauge_kind,
        "kustodrop_watch_low_on_space",
        "1 if less than retention.min_free is free in its file system."},
    described_metric{
        counter_kind,
        "kustodrop_inotify_overflows_total",
        "Overflows of the inotify queue; the folders were scanned instead."},
    described_metric{
        histogram_kind,
        "kustodrop_journal_commit_seconds",
        "Duration of a durable transaction of the journal."},
    described_metric{
        counter_kind, "kustodrop_journal_set_aside_total", "Damaged journals that were set aside."},
    described_metric{gauge_kind, "kustodrop_journal_healthy", "1 if the journal can be written."},
    described_metric{
        gauge_kind,
        "kustodrop_clock_skew_seconds",
        "How far this machine's clock is ahead of the service's."},
    described_metric{
        counter_kind,
        "kustodrop_config_reloads_total",
        "Reloads of the configuration, taken or refused."},
    described_metric{
        gauge_kind,
        "kustodrop_config_last_reload_successful",
        "1 if the last reload was accepted."},
    described_metric{
        gauge_kind,
        "kustodrop_service_usable",
        "1 if a token and ingestion resources are available."},
    described_metric{
        gauge_kind,
        "kustodrop_notifications_readable",
        "1 if the last poll of the notification queues worked."},
    described_metric{counter_kind, "process_cpu_seconds_total", "Processor time of this process."},
    described_metric{
        gauge_kind, "process_resident_memory_bytes", "Resident memory of this process."},
    described_metric{gauge_kind, "process_open_fds", "Open files of this process."},
    described_metric{gauge_kind, "process_max_fds", "Limit of open files of this process."},
    described_metric{
        gauge_kind, "process_start_time_seconds", "Start of this process in Unix time."},
};

void declare_metrics(metrics& measured) {
    for (auto& one : all_metrics) measured.declare(one.type, one.name, one.help);
    measured.set_bounds(
        "kustodrop_http_request_duration_seconds",
        {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120}
    );
    measured.set_bounds(
        "kustodrop_journal_commit_seconds",
        {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
    );
    // The service batches for five minutes by default, and may take hours.
    measured.set_bounds(
        "kustodrop_time_to_outcome_seconds",
        {1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400}
    );
    metric_labels build{{"version", std::string(version())}, {"compiler", __VERSION__}};
    measured.value("kustodrop_build_info", build).set(1);
    measured.count("kustodrop_inotify_overflows_total");
    measured.count("kustodrop_journal_set_aside_total");
    for (auto result : {"taken", "refused"}) {
        measured.count("kustodrop_config_reloads_total", {{"result", result}});
    }
    measured.value("kustodrop_config_last_reload_successful").set(1);
}

void begin_measuring_watch(metrics& measured, std::string_view watch) {
    metric_labels whose{{"watch", std::string(watch)}};
    for (auto name :
         {"kustodrop_files_seen_total",
          "kustodrop_files_resumed_total",
          "kustodrop_raw_bytes_total",
          "kustodrop_uploaded_bytes_total",
          "kustodrop_posts_ambiguous_total",
          "kustodrop_foreign_lines_total"}) {
        measured.count(name, whose);
    }
    for (auto result : {"succeeded", "failed", "unanswered"}) {
        auto labels = whose;
        labels.emplace_back("result", result);
        measured.count("kustodrop_streaming_requests_total", labels);
    }
    for (auto reason : {"length", "unfinished"}) {
        auto labels = whose;
        labels.emplace_back("reason", reason);
        measured.count("kustodrop_records_split_total", labels);
    }
    measured.value("kustodrop_oldest_source_age_seconds", whose);
    measured.value("kustodrop_quarantined_files", whose);
    measured.distribution("kustodrop_time_to_outcome_seconds", whose);
    for (auto outcome : {"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"}) {
        auto labels = whose;
        labels.emplace_back("outcome", outcome);
        measured.count("kustodrop_sources_total", labels);
    }
    for (auto stage : {"claimed", "uploaded", "posting", "posted", "settled"}) {
        auto labels = whose;
        labels.emplace_back("stage", stage);
        measured.value("kustodrop_sources_in_stage", labels);
    }
}

static std::uint64_t without_target(const watch_status& watch) {
    std::uint64_t files = 0;
    for (auto& one : watch.notices) {
        bool is_of_route =
            one.code == "no_route" || one.code == "not_allowed" || one.code == "too_many_targets";
        if (is_of_route) files += one.files;
    }
    return files;
}

void measure(metrics& measured, const cluster_status& of) {
    measured.value("kustodrop_service_usable").set(of.trouble ? 0 : 1);
    measured.value("kustodrop_notifications_readable").set(of.polling_trouble ? 0 : 1);
}

void measure_whole(metrics& measured, const status_report& report) {
    measured.value("kustodrop_journal_healthy").set(report.journal_healthy ? 1 : 0);
    for (auto& watch : report.watches) {
        auto show = [&](std::string_view name, double value) {
            measured.value(name, {{"watch", watch.name}}).set(value);
        };
        auto oldest = watch.counts.oldest.value_or(report.now);
        auto age = std::chrono::duration<double>(report.now - oldest).count();
        show("kustodrop_oldest_source_age_seconds", std::max(age, 0.0));
        show("kustodrop_files_unconfirmed", static_cast<double>(watch.counts.parked_files));
        show("kustodrop_files_waiting", static_cast<double>(watch.waiting_in_folder));
        show("kustodrop_files_held", static_cast<double>(watch.held));
        show("kustodrop_files_without_target", static_cast<double>(without_target(watch)));
        show("kustodrop_watch_present", watch.present ? 1 : 0);
        show("kustodrop_watch_paused", watch.paused.empty() ? 0 : 1);
        show("kustodrop_watch_held", watch.trouble && watch.present ? 1 : 0);
        show("kustodrop_watch_low_on_space", watch.low_on_space ? 1 : 0);
        measure_logs(measured, watch);
    }
}

// Start of the process in seconds since the epoch: field 22 of proc(5)'s stat after the boot.
static double start_time() {
    std::ifstream stat("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    auto at = text.rfind(')');  // The name before it may hold anything.
    for (int field = 2; field < 22 && at != std::string::npos; ++field) {
        at = text.find(' ', at + 1);
    }
    if (at == std::string::npos) return 0;
    auto ticks = std::strtod(text.c_str() + at, nullptr);
    std::ifstream kernel("/proc/stat");
    std::string name;
    double booted = 0;
    while (kernel >> name) {
        if (name == "btime") kernel >> booted;
    }
    return booted + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

static double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void measure_process(metrics& measured) {
    static const double started = start_time();
    measured.value("process_start_time_seconds").set(started);
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto& processor = measured.count("process_cpu_seconds_total");
    auto spent = seconds(used.ru_utime) + seconds(used.ru_stime);
    processor.add(std::max(0.0, spent - processor.value()));
    std::ifstream memory("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    memory >> pages >> resident;
    auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
    measured.value("process_resident_memory_bytes").set(resident * page_bytes);
    std::error_code ignored;
    double open = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", ignored), end; at != end;
         at.increment(ignored)) {
        ++open;
    }
    measured.value("process_open_fds").set(open);
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    measured.value("process_max_fds").set(static_cast<double>(limit.rlim_cur));
}

}  // namespace kustodrop::daemon
