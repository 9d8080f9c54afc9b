#include "pipeline/following/log_measures.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

// What a rotation of that kind is called; empty: it is none.
static std::string_view rotation_of(spool::log_status status) {
    using spool::log_status;
    switch (status) {
    case log_status::truncated:
        return "truncated";
    case log_status::cut_short:
        return "cut_short";
    case log_status::another_file:
        return "replaced";
    case log_status::copy:
        return "copied";
    case log_status::remains:
        return "remains";
    default:
        return {};
    }
}

static std::string_view state_of(spool::log_status status) {
    using spool::log_status;
    if (status == log_status::too_many) return "left_out";
    bool is_open = status == log_status::undecided || status == log_status::shrink_doubted;
    return is_open ? "undecided" : "";
}

void log_measures::count(const std::string& watch, std::string_view kind) {
    metric_labels labels{{"watch", watch}, {"kind", std::string(kind)}};
    measured_.count("kustodrop_log_rotations_total", labels).add();
}

void log_measures::count_rotations(const std::string& watch, const spool::folder_look& seen) {
    std::map<spool::log_number, known_log> known;
    for (auto& log : seen.logs) {
        auto before = known_.find(log.number);
        if (before != known_.end()) {
            bool is_deleted = log.is_nameless && !before->second.is_nameless;
            if (is_deleted) count(watch, "deleted");
            if (!is_deleted && log.is_rotated && log.name != before->second.name) {
                count(watch, "renamed");
            }
        }
        known[log.number] = {log.name, log.is_nameless};
    }
    known_ = std::move(known);
    std::set<std::pair<spool::log_status, std::string>> news;
    for (auto& one : seen.news) {
        auto kind = rotation_of(one.status);
        auto [place, is_first] = news.emplace(one.status, one.name);
        if (!kind.empty() && is_first && !news_.contains(*place)) count(watch, kind);
    }
    news_ = std::move(news);
}

void log_measures::count_states(const spool::folder_look& seen) {
    auto& states = figures_.by_state;
    for (auto state : {"live", "rotated", "deleted", "undecided", "unreadable", "left_out"}) {
        states[state] = 0;
    }
    for (auto& log : seen.logs) {
        ++states[log.is_nameless ? "deleted" : log.is_rotated ? "rotated" : "live"];
    }
    for (auto& one : seen.news) {
        auto state = state_of(one.status);
        if (!state.empty()) ++states[std::string(state)];
    }
    states["unreadable"] = seen.unreadable.size();
}

void log_measures::looked(
    const std::string& watch,
    const spool::folder_look& seen,
    std::uint64_t waited_bytes,
    std::uint64_t waiting_bytes
) {
    count_rotations(watch, seen);
    count_states(seen);
    figures_.held_files = seen.held_files;
    figures_.held_bytes = seen.held_bytes;
    metric_labels whose{{"watch", watch}};
    std::uint64_t lost_bytes = 0;
    for (auto& one : seen.lost) lost_bytes += one.to - one.from;
    // What a log has that continues another one was seen before.
    auto news = static_cast<std::int64_t>(waiting_bytes + lost_bytes) -
                static_cast<std::int64_t>(waited_bytes) - surplus_;
    surplus_ = std::max<std::int64_t>(-news, 0);
    auto& counted = measured_.count("kustodrop_log_bytes_seen_total", whose);
    counted.add(static_cast<double>(std::max<std::int64_t>(news, 0)));
}

void log_measures::cut(const std::string& watch, std::string_view reason, std::uint64_t skipped) {
    metric_labels labels{{"watch", watch}, {"reason", std::string(reason)}};
    measured_.count("kustodrop_cuts_total", labels).add();
    if (skipped == 0) return;
    metric_labels outcome{{"watch", watch}, {"outcome", "skipped"}};
    auto& counted = measured_.count("kustodrop_log_bytes_total", outcome);
    counted.add(static_cast<double>(skipped));
}

static std::string reason_of(spool::record_split why) {
    switch (why) {
    case spool::record_split::none:
        break;
    case spool::record_split::length:
        return "length";
    case spool::record_split::quote:
        return "quote";
    case spool::record_split::rest:
        return "rest";
    }
    return {};
}

void log_measures::split(const std::string& watch, spool::record_split why) {
    if (why == spool::record_split::none) return;
    metric_labels labels{{"watch", watch}, {"reason", reason_of(why)}};
    measured_.count("kustodrop_records_split_total", labels).add();
}

void log_measures::forget() {
    known_.clear();
    news_.clear();
    figures_ = {};
    surplus_ = 0;
}

}  // namespace kustodrop::pipeline
