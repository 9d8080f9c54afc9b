#include "pipeline/retrying/retry_ranges.hpp"

#include "base/glob.hpp"
#include "spool/following/log_state.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

namespace kustodrop::pipeline {

namespace {

// One source that failed, and which of its ranges are asked for.
struct failed_ranges {
    spool::source source;
    std::set<std::size_t> chosen;
    std::vector<spool::slice> found = {};  // Of the chosen ones, those that can be sent.
    std::set<std::size_t> absent = {};
};

}  // namespace

static bool matches_range(const retry_request& wanted, const spool::slice& range) {
    return matches_file(wanted, range) ||
           spool::glob_matches(*wanted.file, spool::range_name(range));
}

static std::vector<std::shared_ptr<failed_ranges>> candidates(
    const retry_request& wanted, std::vector<spool::journal_row> rows
) {
    std::vector<std::shared_ptr<failed_ranges>> out;
    for (auto& row : rows) {
        auto& what = row.source;
        auto* record = spool::outcome_of(what.stage);
        bool is_meant = record && !spool::is_loss(record->code) &&
                        (!wanted.source_id || *wanted.source_id == what.id) &&
                        (!wanted.code || *wanted.code == record->code);
        if (!is_meant) continue;
        failed_ranges one{what, {}};
        for (std::size_t i = 0; i < what.slices.size(); ++i) {
            auto& range = what.slices[i];
            // One without a location has been sent again, or nothing has its bytes.
            bool is_there = !range.location.empty() && matches_range(wanted, range);
            if (is_there) one.chosen.insert(i);
        }
        if (!one.chosen.empty()) out.push_back(std::make_shared<failed_ranges>(std::move(one)));
    }
    return out;
}

// Runs on a worker's thread. Without a daemon no log is open: the next one looks for the bytes.
static void find_ranges(const open_folder& from, failed_ranges& what) {
    for (auto index : what.chosen) {
        auto range = what.source.slices[index];
        bool was_kept = spool::is_kept_range(range.location);
        auto kept = was_kept ? from.ranges->size_of(range.location) : std::nullopt;
        auto* holder = from.logs && !kept ? from.logs->holder_of(range) : nullptr;
        bool may_be_there = !was_kept && (!from.logs || from.logs->empty());
        if (kept) {
            range.length_bytes = *kept;
        } else if (holder || may_be_there) {
            range.location = holder ? holder->name : range.name;
            if (holder) range.identity.inode = holder->file.inode;
        } else {
            what.absent.insert(index);
            continue;
        }
        what.found.push_back(std::move(range));
    }
}

static void admit(const retry_parts& with, watch& from, failed_ranges& what) {
    spool::source next;
    next.claimed_at = with.time.wall_now();
    next.id = spool::make_source_id(with.random, next.claimed_at);
    next.watch = from.options.name;
    next.target = from.options.target.name();
    next.slices = std::move(what.found);
    with.log.info(
        "claimed again by retry",
        {{"watch", next.watch},
         {"source", what.source.id},
         {"next", next.id},
         {"file", spool::range_name(next.slices.front())},
         {"files", std::to_string(next.slices.size())}}
    );
    auto bytes = static_cast<double>(next.log_bytes());
    with.measured.count("kustodrop_log_bytes_seen_total", {{"watch", next.watch}}).add(bytes);
    auto& admitted = with.sources.admit(std::move(next));
    with.ready.push(admitted.id, with.time.now());
    // They belong to that source now.
    for (auto index : what.chosen) {
        if (!what.absent.contains(index)) what.source.slices[index].location.clear();
    }
    with.journal.record(what.source);
}

static void report(const failed_ranges& what, retry_report& out) {
    auto* record = spool::outcome_of(what.source.stage);
    for (auto index : what.chosen) {
        if (what.absent.contains(index)) {
            ++out.expired;
            continue;
        }
        auto& range = what.source.slices[index];
        out.files.push_back(
            {what.source.watch, what.source.id, spool::range_name(range), record->code, ""}
        );
    }
}

boost::asio::awaitable<void> retry_ranges(
    retry_parts with,
    watch& from,
    retry_request wanted,
    std::vector<spool::journal_row> rows,
    retry_report& out
) {
    auto all = candidates(wanted, std::move(rows));
    for (auto& one : all) {
        open_folder there = from;
        auto work = [there, one] { find_ranges(there, *one); };
        co_await offload(with.pool, work);
        report(*one, out);
        if (!wanted.dry_run && !one->found.empty()) admit(with, from, *one);
    }
}

}  // namespace kustodrop::pipeline
