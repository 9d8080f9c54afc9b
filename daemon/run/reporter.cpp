#include "daemon/run/reporter.hpp"

#include "base/text.hpp"
#include "daemon/admin/measures.hpp"
#include "daemon/run/free_space.hpp"
#include "daemon/run/noted_pause.hpp"
#include "daemon/supervision/sd_notify.hpp"
#include "daemon/supervision/watchdog.hpp"

#include <algorithm>
#include <set>
#include <unistd.h>
#include <utility>

namespace kustodrop::daemon {

static std::string host_name() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? printable(name) : std::string();
}

reporter::reporter(surroundings around, reporter_parts with)
    : around_(around), with_(std::move(with)), started_at_(around.time.wall_now()) {}

asio::awaitable<void> reporter::run() {
    std::string reported;
    for (;;) {
        for (std::size_t i = 0; i < with_.services.size(); ++i) {
            with_.services[i].watch_clock();
            with_.services[i].report_ends();
        }
        with_.shipping.report_ended_failures();
        around_.log.write_left_out();
        auto report = status();
        history_.add(sample_of(around_.measured, report));
        auto line = "STATUS=" + report.one_line();
        if (line != reported) sd_notify(line);
        reported = std::move(line);
        co_await around_.time.sleep_until(around_.time.now() + history::interval);
    }
}

asio::awaitable<void> reporter::feed_watchdog(duration patience) {
    for (;;) {
        progress seen{around_.time.now(), with_.journal.commit_since()};
        if (gets_on(seen, patience)) sd_notify("WATCHDOG=1");
        co_await around_.time.sleep_until(around_.time.now() + patience / 3);
    }
}

void reporter::measure() {
    auto now = status();
    for (std::size_t i = 0; i < with_.services.size(); ++i) {
        with_.services[i].measure();
        daemon::measure(with_.services.measured(i), now.clusters.empty() ? now : now.clusters[i]);
    }
    with_.shipping.sources().measure_ages();
    measure_whole(around_.measured, now);
    // One that was removed or renamed must not be in trouble for ever.
    std::set<std::string> watches;
    for (auto& one : now.watches) watches.insert(one.name);
    around_.measured.show_gauges_only("watch", std::move(watches));
    measure_process(around_.measured);
}

void reporter::count_since_start(watch_status& watch) const {
    auto total = [&](std::string_view metric) {
        return static_cast<std::uint64_t>(around_.measured.total(metric, "watch", watch.name));
    };
    watch.seen = total("kustodrop_files_seen_total");
    watch.raw_bytes = total("kustodrop_raw_bytes_total");
    watch.uploaded_bytes = total("kustodrop_uploaded_bytes_total");
    watch.lost_log_bytes = total("kustodrop_log_bytes_lost_total");
    for (auto outcome : {"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"}) {
        metric_labels labels{{"watch", watch.name}, {"outcome", outcome}};
        auto count = around_.measured.count("kustodrop_sources_total", labels).value();
        watch.outcomes[labels.back().second] = static_cast<std::uint64_t>(count);
    }
}

static void note_failover(watch_status& watch) {
    auto& failover = watch.delivery.failover;
    if (!failover || !failover->since) return;
    auto why = failover->why ? ": " + to_string(*failover->why) : std::string();
    auto detail = "what is not posted goes to the cluster " + failover->to + ", for " +
                  watch.cluster + " does not work" + why + "; every 90 s one file tries " +
                  watch.cluster + " again, or a small blob where there is none" +
                  (failover->tried ? ", last at " + to_iso8601(*failover->tried) : "");
    watch.notices.push_back({"failover", 0, "", std::move(detail)});
}

watch_status reporter::status_of(
    const std::string& name, pipeline::watch& watch, pipeline::watcher& from
) {
    watch_status one;
    one.name = name;
    one.path = watch.options.path;
    one.target = watch.options.target.name();
    one.cluster = watch.options.cluster;
    // A follower keeps its folder while it is absent: what is open can still be read.
    one.present = watch.folder && !with_.shipping.folder_trouble(name);
    one.counts = with_.shipping.sources().counts(name);
    if (auto since = from.waiting_since()) {
        auto waited = std::chrono::duration_cast<wall_time::duration>(around_.time.now() - *since);
        auto seen_at = around_.time.wall_now() - waited;
        one.counts.oldest = std::min(one.counts.oldest.value_or(seen_at), seen_at);
    }
    one.waiting_in_folder = from.waiting_in_folder();
    note_pause(watch.gates, one);
    one.held = watch.gates.held();
    one.delivery.streams = watch.options.target.delivery == kusto::delivery_way::streaming;
    if (auto pause = with_.shipping.clusters().streaming_pause(name, one.target);
        one.delivery.streams && pause) {
        auto left = human_duration(pause->until - around_.time.now());
        one.delivery.streaming_paused = and_also(pause->why.message(), "tried again in " + left);
    }
    one.delivery.failover = with_.shipping.clusters().failover_of(name);
    if (auto detour = with_.shipping.clusters().rest_detour(name)) {
        auto left = human_duration(detour->until - around_.time.now());
        one.delivery.rest_paused =
            and_also(detour->table + ": " + detour->why.message(), "tried again in " + left);
    }
    one.trouble = with_.shipping.trouble_of(name);
    one.notices = from.notices();
    note_failover(one);
    auto* sends = with_.shipping.clusters().shipping_of(name);
    auto large = sends ? sends->oversized(name) : std::nullopt;
    if (large) one.notices.push_back(*large);
    auto unread = sends ? sends->unread(name) : std::nullopt;
    if (unread) one.notices.push_back(*unread);
    auto* retiring = with_.shipping.find_retirer(name);
    if (auto unmoved = retiring ? retiring->unmoved() : std::nullopt) {
        one.notices.push_back(*unmoved);
    }
    one.leaving = from.is_leaving();
    one.mode = from.mode();
    one.settling = from.settling();
    one.low_on_space = from.is_low_on_space();
    one.logs = from.figures();
    auto& quarantined = around_.measured.value("kustodrop_quarantined_files", {{"watch", name}});
    one.quarantined = static_cast<std::uint64_t>(quarantined.value());
    count_since_start(one);
    return one;
}

cluster_status reporter::status_of_cluster(std::size_t index) {
    auto& service = with_.services[index];
    auto& poller = with_.shipping.clusters().poller(index);
    cluster_status out;
    out.cluster = with_.services.name(index);
    out.endpoint = service.endpoint().redacted();
    auto choice = service.transports.current();
    out.transport = to_string(choice.chosen);
    out.transport_reason = to_string(choice.reason);
    out.token_time_left = service.token.time_left();
    out.resources_age = service.resources.age();
    out.sas_time_left = service.sas_time_left();
    out.clock_skew = service.transport.skew();
    out.trouble = service.trouble();
    if (out.trouble) out.next_request = service.next_request_in();
    if (!out.trouble) out.trouble = with_.shipping.delivery_trouble(index);
    out.polling_trouble = poller.trouble();
    out.outstanding = poller.outstanding();
    return out;
}

static constexpr duration longest_note = 24h;

status_report reporter::status() {
    status_report report;
    for (std::size_t i = 0; i < with_.services.size(); ++i) {
        report.clusters.push_back(status_of_cluster(i));
    }
    report.sum_up();
    report.version = version();
    report.host = host_name();
    report.started_at = started_at_;
    report.now = around_.time.wall_now();
    report.journal_healthy = with_.journal.healthy();
    if (!report.journal_healthy) {
        auto why = unwritable_because(with_.state_directory);
        report.journal_problem = with_.state_directory + ": " + why.value_or("see the log");
    }
    auto aside = around_.measured.count("kustodrop_journal_set_aside_total").value();
    report.set_journal_aside = aside > 0 && report.now - started_at_ < longest_note;
    report.stopping = with_.stopping();
    report.config_problem = with_.config_problem();
    report.fleet_trouble = with_.fleet_trouble();
    auto attempts = with_.shipping.next_attempts();
    for (auto& [name, watch] : with_.shipping.watches()) {
        auto* intake = with_.shipping.find_watcher(name);
        if (!intake || intake->has_left()) continue;
        auto& one = report.watches.emplace_back(status_of(name, watch, *intake));
        auto next = attempts.find(name);
        if (next != attempts.end()) {
            one.delivery.next_attempt =
                std::max(next->second - around_.time.now(), duration::zero());
        }
    }
    return report;
}

}  // namespace kustodrop::daemon
