#include "pipeline/following/spilling/spilled_strays.hpp"

#include "async/offload.hpp"
#include "spool/following/log_identity.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace kustodrop::pipeline {

std::vector<spool::spilled_content> read_strays(
    const spool::spilled_ranges& in, const std::set<std::string>& needed
) {
    std::vector<spool::spilled_content> out;
    for (auto& location : in.others(needed)) {
        if (auto one = spool::content_of(in, location)) out.push_back(std::move(*one));
    }
    std::ranges::sort(out, {}, [](auto& one) {
        auto& file = one.range.identity;
        return std::tuple(file.inode, file.born_ns, one.range.offset);
    });
    return out;
}

const spool::log_state* log_of(const spool::known_logs& logs, const spool::slice& range) {
    spool::log_file file{range.identity.inode, range.identity.born_ns, ""};
    for (auto& [number, log] : logs) {
        if (log.phase != spool::log_phase::followed || !log.file.same_file(file)) continue;
        bool is_other = range.log_id && !log.id.empty() && *range.log_id != log.id;
        if (!is_other) return &log;
    }
    return nullptr;
}

bool is_to_be_shipped(
    const spool::slice& range, const spool::log_state* log, bool journal_is_lost
) {
    return log ? range.end() > log->position : journal_is_lost;
}

static spool::content_mark ending_mark(std::string_view bytes, std::uint64_t end) {
    return {end, bytes.size(), spool::content_hash(bytes)};
}

spool::log_range range_of(const spool::spilled_content& found, const spool::log_state& log) {
    spool::log_range out;
    out.bytes = found.range;
    out.anchor = ending_mark(found.ending, found.range.end());
    if (log.head) {
        out.head = *log.head;
    } else if (found.range.offset == 0) {
        auto line = found.beginning.substr(0, found.beginning.find('\n')).size() + 1;
        std::string_view first(found.beginning);
        first = first.substr(0, line);
        out.head = ending_mark(first, first.size());
    }
    return out;
}

spool::lost_range between(const spool::log_state& log, const spool::slice& range) {
    return {log.name, log.position, range.offset, spool::loss_cause::deleted, {}, log.id, {}};
}

std::vector<spool::departing_log> unread_of(
    const std::vector<spool::followed_log>& closing, const spool::followed_logs& logs
) {
    std::vector<spool::departing_log> out;
    for (auto& log : closing) {
        auto position = logs.position_of(log.number);
        if (position < log.size) out.push_back({log.number, log.inode, position, log.size});
    }
    return out;
}

std::size_t spill_slices(std::vector<spool::slice>& slices, const slice_spilling& how) {
    std::size_t done = 0;
    for (auto& one : slices) {
        bool has_place = spool::is_spilled(one.location) || spool::is_kept_range(one.location);
        if (has_place || !how.inodes.contains(one.identity.inode)) continue;
        auto file = how.files.find(one);
        if (!file || !spool::holds_slice(file->get(), one)) continue;
        auto id = how.id + "-" + std::to_string(done);
        auto written = how.to.write(file->get(), one, id, how.limits);
        if (written.location.empty()) continue;
        one.location = std::move(written.location);
        ++done;
    }
    return done;
}

// The file may have been truncated since, and have another log by now, of which nothing is cut.
// Where the range does not begin that log, both cannot be distinguished.
static bool is_of_another_life(
    const spool::followed_logs& logs,
    const spool::log_state& log,
    const spool::spilled_content& found
) {
    auto& range = found.range;
    if (!range.log_id || !log.id.empty() || range.offset > 0) return false;
    return *range.log_id != logs.id_with(log.number, range_of(found, log).head);
}

// Each is either of a log that has more behind it, or of one that is not known any more.
static void admit_stray(
    const stray_parts& of,
    spool::followed_logs& logs,
    const spool::spilled_content& found,
    const spool::log_state* log
) {
    if (!log) return of.admission.admit_unknown(found.range);
    auto number = log->number;
    auto range = range_of(found, *log);
    cut_admission::ranges one;
    one.push_back({number, std::move(range)});
    of.admission.admit(logs, std::move(one), "spill");
}

static void report_adopted(const stray_parts& of, std::size_t files, std::uint64_t bytes) {
    auto& name = of.from.options.name;
    auto& seen = of.with.measured.count("kustodrop_log_bytes_seen_total", {{"watch", name}});
    seen.add(static_cast<double>(bytes));
    of.with.log.info(
        "what an earlier run has spilled and not recorded is shipped",
        {{"watch", name}, {"files", std::to_string(files)}, {"bytes", std::to_string(bytes)}}
    );
}

asio::awaitable<adopted_strays> adopt_strays(
    stray_parts of, std::shared_ptr<spool::followed_logs> logs, std::set<std::string> needed
) {
    adopted_strays out;
    auto in = of.from.spilled;
    auto reading = [in, needed] { return read_strays(*in, needed); };
    auto strays = co_await offload(of.with.pool, reading);
    bool is_lost = of.with.journal.is_new();
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    for (auto& one : strays) {
        auto* log = log_of(logs->known(), one.range);
        if (log && is_of_another_life(*logs, *log, one)) log = nullptr;
        if (!is_to_be_shipped(one.range, log, is_lost)) {
            if (is_lost) out.delivered.insert(one.range.location);
            continue;
        }
        ++files;
        if (one.range.log_id || log) bytes += one.range.length_bytes;
        bool is_apart = is_lost && log && one.range.offset > log->position;
        if (is_apart) out.lost.push_back(between(*log, one.range));
        if (is_apart && !log->id.empty()) bytes += one.range.offset - log->position;
        admit_stray(of, *logs, one, log);
    }
    if (files > 0) report_adopted(of, files, bytes);
    co_return out;
}

}  // namespace kustodrop::pipeline
