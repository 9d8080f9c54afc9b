// What the daemon does beside shipping: it says how it is, and clears what has had its time.
#include "daemon/run/app.hpp"
#include "daemon/run/sd_notify.hpp"
#include "daemon/run/translate.hpp"
#include "daemon/run/watchdog.hpp"

namespace kustodrop::daemon {

asio::awaitable<void> app::report_status() {
    std::string told;
    for (;;) {
        service_.watch_clock();
        service_.tell_ends();
        shipper_->tell_ends();
        auto report = status();
        history_.add(sample_of(around_.measured, report));
        auto line = "STATUS=" + report.one_line();
        if (line != told) sd_notify(line);
        told = std::move(line);
        co_await around_.time.sleep_until(around_.time.now() + history::interval);
    }
}

asio::awaitable<void> app::feed_watchdog(duration patience) {
    for (;;) {
        progress seen{around_.time.now(), journal_->commit_since()};
        if (gets_on(seen, patience)) sd_notify("WATCHDOG=1");
        co_await around_.time.sleep_until(around_.time.now() + patience / 3);
    }
}

asio::awaitable<void> app::keep_retention() {
    for (;;) {
        for (auto& [name, watch] : watches_) co_await tidy_archive(name);
        auto limit =
            around_.time.wall_now() -
            std::chrono::duration_cast<std::chrono::microseconds>(settings_.retention.journal_for);
        auto forgotten = co_await journal_->forget_retired(limit);
        bool more = forgotten && *forgotten > 0;
        auto pause = more ? duration(1s) : duration(1min);
        co_await around_.time.sleep_until(around_.time.now() + pause);
    }
}

asio::awaitable<void> app::tidy_archive(std::string watch) {
    auto folder = watches_.find(watch)->folder;
    if (!folder) co_return;
    auto now = around_.time.wall_now();
    auto limits = archive_limits_of(settings_.retention);
    auto work = [=] { return spool::clear_archive(*folder, now, limits); };
    auto report = co_await offload(pool_, work);
    if (report.has_error()) {
        const auto& problem = report.error();
        if (!archive_troubles_.failed(watch, problem.code.text(), around_.time.now())) co_return;
        around_.log.warning(
            "cannot clear the archive; it is tried again",
            {{"watch", watch}, {"code", problem.code.text()}, {"detail", problem.message()}}
        );
        co_return;
    }
    for (auto& ended : archive_troubles_.worked(watch, around_.time.now())) {
        around_.log.info(
            "the archive can be cleared again", {{"watch", watch}, {"code", ended.kind}}
        );
    }
    if (report->files_deleted > 0) {
        around_.log.info(
            "cleared the archive",
            {{"watch", watch},
             {"files", std::to_string(report->files_deleted)},
             {"bytes", std::to_string(report->bytes_deleted)}}
        );
    }
}

void app::count_since_start(watch_status& watch) const {
    auto total = [&](std::string_view metric) {
        return static_cast<std::uint64_t>(around_.measured.total(metric, "watch", watch.name));
    };
    watch.seen = total("kustodrop_files_seen_total");
    watch.raw_bytes = total("kustodrop_raw_bytes_total");
    watch.uploaded_bytes = total("kustodrop_uploaded_bytes_total");
    for (auto outcome : {"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"}) {
        metric_labels labels{{"watch", watch.name}, {"outcome", outcome}};
        auto count = around_.measured.count("kustodrop_sources_total", labels).value();
        watch.outcomes[labels.back().second] = static_cast<std::uint64_t>(count);
    }
}

status_report app::status() {
    status_report report;
    report.version = version();
    report.started_at = started_at_;
    report.now = around_.time.wall_now();
    report.endpoint = service_.endpoint().redacted();
    report.token_time_left = service_.token.time_left();
    report.resources_age = service_.resources.age();
    report.sas_time_left = service_.sas_time_left();
    report.clock_skew = service_.transport.skew();
    report.trouble = service_.trouble();
    report.polling_trouble = outcomes_->trouble();
    report.journal_healthy = journal_->healthy();
    report.stopping = stops_ > 0;
    report.outstanding = outcomes_->outstanding();
    report.config_problem = config_problem_;
    for (auto& [name, watch] : watches_) {
        if (intakes_[name]->has_left()) continue;
        watch_status one;
        one.name = name;
        one.path = watch.options.path;
        one.target = watch.options.target.name();
        one.present = watch.folder != nullptr;
        one.counts = sources_->counts(name);
        if (watch.gate.is_paused()) {
            one.paused = watch.gate.code() + ": " + watch.gate.details();
        }
        one.held = watch.gate.held();
        auto& intake = *intakes_[name];
        one.leaving = intake.is_leaving();
        one.mode = intake.mode();
        one.waiting_in_folder = intake.waiting_in_folder();
        one.settling = intake.settling();
        one.low_on_space = intake.is_low_on_space();
        count_since_start(one);
        report.watches.push_back(std::move(one));
    }
    return report;
}

}  // namespace kustodrop::daemon
