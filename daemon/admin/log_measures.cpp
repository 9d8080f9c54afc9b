#include "daemon/admin/log_measures.hpp"

#include <chrono>
#include <initializer_list>
#include <string>

namespace kustodrop::daemon {

void begin_measuring_logs(metrics& measured, std::string_view watch) {
    metric_labels whose{{"watch", std::string(watch)}};
    auto count_all = [&](std::string_view name, std::string_view label, auto values) {
        for (std::string_view value : values) {
            auto labels = whose;
            labels.emplace_back(label, value);
            measured.count(name, labels);
        }
    };
    measured.count("kustodrop_log_bytes_seen_total", whose);
    using names = std::initializer_list<std::string_view>;
    count_all(
        "kustodrop_log_bytes_total",
        "outcome",
        names{"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"}
    );
    count_all(
        "kustodrop_log_bytes_lost_total",
        "reason",
        names{
            "deleted_unread",
            "truncated_unread",
            "overwritten_unread",
            "broken_unread",
            "left_unread"}
    );
    count_all(
        "kustodrop_log_rotations_total",
        "kind",
        names{"renamed", "deleted", "truncated", "cut_short", "replaced", "copied", "remains"}
    );
    count_all("kustodrop_cuts_total", "reason", names{"size", "age", "stop", "spill"});
}

void measure_logs(metrics& measured, const watch_status& watch) {
    if (!watch.logs) return;
    metric_labels whose{{"watch", watch.name}};
    auto show = [&](std::string_view name, auto value) {
        measured.value(name, whose).set(static_cast<double>(value));
    };
    for (auto& [state, count] : watch.logs->by_state) {
        auto labels = whose;
        labels.emplace_back("state", state);
        measured.value("kustodrop_logs", labels).set(static_cast<double>(count));
    }
    show("kustodrop_log_bytes_waiting", watch.logs->waiting_bytes);
    show("kustodrop_log_bytes_in_stage", watch.counts.pending_log_bytes);
    auto behind = watch.logs->behind.value_or(duration::zero());
    show("kustodrop_log_behind_seconds", std::chrono::duration<double>(behind).count());
    show("kustodrop_held_files", watch.logs->held_files);
    show("kustodrop_held_bytes", watch.logs->held_bytes);
    show("kustodrop_spilled_files", watch.logs->spilled_files);
    show("kustodrop_spilled_bytes", watch.logs->spilled_bytes);
}

}  // namespace kustodrop::daemon
