#include "daemon/admin/measures.hpp"

#include "daemon/run/connection.hpp"

#include <sys/resource.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace kustodrop::daemon {

struct measure_words {
    metric_kind type;
    const char* name;
    const char* help;
};

static constexpr auto counts = metric_kind::counter;
static constexpr auto shows = metric_kind::gauge;
static constexpr auto spreads = metric_kind::histogram;

static constexpr std::array all_measures{
    measure_words{shows, "kustodrop_build_info", "1; the labels say which build runs."},
    measure_words{counts, "kustodrop_files_seen_total", "Files that were claimed."},
    measure_words{
        counts,
        "kustodrop_files_resumed_total",
        "Files of an earlier run, or put on their way again, that were taken up."},
    measure_words{counts, "kustodrop_sources_total", "Files by their outcome."},
    measure_words{shows, "kustodrop_sources_in_stage", "Files in each stage now."},
    measure_words{
        shows, "kustodrop_oldest_source_age_seconds", "Since the oldest pending file was claimed."},
    measure_words{shows, "kustodrop_files_unconfirmed", "Files kept without the service's word."},
    measure_words{
        shows, "kustodrop_files_waiting", "Files in the folder that are not claimed yet."},
    measure_words{shows, "kustodrop_files_held", "Files that wait until the target is right."},
    measure_words{counts, "kustodrop_raw_bytes_total", "Bytes that were read and uploaded."},
    measure_words{
        counts, "kustodrop_uploaded_bytes_total", "Bytes of the blobs, mostly compressed."},
    measure_words{
        counts, "kustodrop_http_requests_total", "Requests by status or by our failure code."},
    measure_words{
        spreads,
        "kustodrop_http_request_duration_seconds",
        "From the request to the whole answer."},
    measure_words{counts, "kustodrop_retries_total", "What was tried again, and why."},
    measure_words{
        counts,
        "kustodrop_posts_ambiguous_total",
        "Posts that may be there twice: the answer or the word was lost."},
    measure_words{
        spreads, "kustodrop_time_to_outcome_seconds", "From the claim to the last outcome."},
    measure_words{counts, "kustodrop_notifications_total", "Notifications read, and whose."},
    measure_words{shows, "kustodrop_resources_age_seconds", "Since the resources were fetched."},
    measure_words{
        shows, "kustodrop_sas_expiry_seconds", "Until the last usable SAS ends; 0: there is none."},
    measure_words{
        shows, "kustodrop_token_expiry_seconds", "Until the access token ends; 0: there is none."},
    measure_words{shows, "kustodrop_watch_mode", "1 for the way in which changes are found."},
    measure_words{shows, "kustodrop_watch_present", "Whether the watched folder is there."},
    measure_words{shows, "kustodrop_watch_paused", "Whether the watch waits for its target."},
    measure_words{
        shows, "kustodrop_watch_low_on_space", "Whether nothing is claimed for want of space."},
    measure_words{
        counts, "kustodrop_inotify_overflows_total", "Lost events; the folders were scanned."},
    measure_words{spreads, "kustodrop_journal_commit_seconds", "Time of a durable transaction."},
    measure_words{counts, "kustodrop_journal_set_aside_total", "Damaged journals set aside."},
    measure_words{shows, "kustodrop_journal_healthy", "Whether the journal can be written."},
    measure_words{
        shows, "kustodrop_clock_skew_seconds", "How far our clock is ahead of the service's."},
    measure_words{counts, "kustodrop_config_reloads_total", "Reloads, taken or refused."},
    measure_words{
        shows,
        "kustodrop_config_last_reload_successful",
        "Whether the configuration in force is the newest that was asked for."},
    measure_words{shows, "kustodrop_service_usable", "Whether token and resources are at hand."},
    measure_words{
        shows, "kustodrop_notifications_readable", "Whether the last look into the queues worked."},
    measure_words{counts, "process_cpu_seconds_total", "Processor time of this process."},
    measure_words{shows, "process_resident_memory_bytes", "Resident memory of this process."},
    measure_words{shows, "process_open_fds", "Open files of this process."},
    measure_words{shows, "process_max_fds", "How many files this process may open."},
    measure_words{shows, "process_start_time_seconds", "When this process began, in Unix time."},
};

void declare_metrics(metrics& measured) {
    for (auto& one : all_measures) measured.declare(one.type, one.name, one.help);
    measured.set_bounds(
        "kustodrop_http_request_duration_seconds",
        {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120}
    );
    measured.set_bounds(
        "kustodrop_journal_commit_seconds",
        {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
    );
    // The service gathers for five minutes by default, and may take hours.
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
          "kustodrop_posts_ambiguous_total"}) {
        measured.count(name, whose);
    }
    measured.value("kustodrop_oldest_source_age_seconds", whose);
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

void measure(metrics& measured, const status_report& report) {
    measured.value("kustodrop_journal_healthy").set(report.journal_healthy ? 1 : 0);
    measured.value("kustodrop_service_usable").set(report.trouble ? 0 : 1);
    measured.value("kustodrop_notifications_readable").set(report.polling_trouble ? 0 : 1);
    for (auto& watch : report.watches) {
        auto show = [&](std::string_view name, double value) {
            measured.value(name, {{"watch", watch.name}}).set(value);
        };
        show("kustodrop_files_unconfirmed", static_cast<double>(watch.counts.parked_files));
        show("kustodrop_files_waiting", static_cast<double>(watch.waiting_in_folder));
        show("kustodrop_files_held", static_cast<double>(watch.held));
        show("kustodrop_watch_present", watch.present ? 1 : 0);
        show("kustodrop_watch_paused", watch.paused.empty() ? 0 : 1);
        show("kustodrop_watch_low_on_space", watch.low_on_space ? 1 : 0);
    }
}

// When the process began, in seconds since the epoch: field 22 of proc(5)'s stat after the boot.
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
    std::string word;
    double booted = 0;
    while (kernel >> word) {
        if (word == "btime") kernel >> booted;
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
