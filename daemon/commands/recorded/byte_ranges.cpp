#include "daemon/commands/recorded/byte_ranges.hpp"

#include "daemon/terminal/causes.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

namespace {

struct recorded_row {
    std::string watch;
    std::string file;
    std::uint64_t inode = 0;
    std::string claimed_at;
    byte_range range;
};

}  // namespace

static std::string text_of(const json::object& row, const char* name) {
    auto* value = row.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

static std::uint64_t number_of(const json::object& row, const char* name) {
    auto* value = row.if_contains(name);
    return value && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

static std::vector<recorded_row> rows_in(const std::string& text) {
    std::vector<recorded_row> out;
    auto parsed = json::parse(text);
    for (auto& one : parsed.as_array()) {
        auto& row = one.as_object();
        auto& made = out.emplace_back();
        made.watch = text_of(row, "watch");
        made.file = text_of(row, "file");
        made.inode = number_of(row, "inode");
        made.claimed_at = text_of(row, "claimed_at");
        auto& range = made.range;
        range.from = number_of(row, "offset");
        range.to = range.from + number_of(row, "bytes");
        range.state = text_of(row, "outcome");
        if (range.state.empty()) range.state = text_of(row, "stage");
        range.code = text_of(row, "code");
        range.details = text_of(row, "details");
        range.first_at = range.last_at = text_of(row, "changed_at");
        range.first_source = range.last_source = text_of(row, "source_id");
        range.sources = 1;
    }
    std::ranges::stable_sort(out, {}, [](auto& row) {
        return std::tuple(row.claimed_at, row.range.from);
    });
    return out;
}

static bool overlaps(const recorded_log& log, const byte_range& range) {
    return std::ranges::any_of(log.ranges, [&](auto& one) {
        return one.from < range.to && range.from < one.to;
    });
}

// Positions only grow: bytes that were recorded before are those of another life of the file. What
// was lost is recorded by name.
static recorded_log* log_of(std::vector<recorded_log>& logs, const recorded_row& row) {
    for (auto log = logs.rbegin(); log != logs.rend(); ++log) {
        if (log->watch != row.watch) continue;
        bool is_same = row.inode != 0 ? log->inode == row.inode : log->file == row.file;
        if (!is_same) continue;
        return overlaps(*log, row.range) ? nullptr : &*log;
    }
    return nullptr;
}

static void join_neighbours(std::vector<byte_range>& ranges) {
    std::ranges::stable_sort(ranges, {}, &byte_range::from);
    std::vector<byte_range> out;
    for (auto& one : ranges) {
        bool joins = !out.empty() && out.back().to == one.from && out.back().state == one.state &&
                     out.back().code == one.code;
        if (!joins) {
            out.push_back(std::move(one));
            continue;
        }
        auto& before = out.back();
        before.to = one.to;
        before.sources += one.sources;
        before.first_at = std::min(before.first_at, one.first_at);
        before.last_at = std::max(before.last_at, one.last_at);
        before.last_source = one.last_source;
    }
    ranges = std::move(out);
}

std::vector<recorded_log> logs_in(const std::string& journal_json) {
    std::vector<recorded_log> logs;
    for (auto& row : rows_in(journal_json)) {
        auto* log = log_of(logs, row);
        if (!log) log = &logs.emplace_back(recorded_log{row.watch, row.file, row.inode, {}});
        log->file = row.file;
        log->ranges.push_back(std::move(row.range));
    }
    for (auto& log : logs) join_neighbours(log.ranges);
    return logs;
}

std::vector<recorded_log> logs_of(
    const std::vector<recorded_log>& logs, const std::string& file, std::uint64_t inode
) {
    std::vector<recorded_log> out;
    auto is_it = [&](auto& log) { return inode != 0 && log.inode == inode; };
    std::ranges::copy_if(logs, std::back_inserter(out), is_it);
    if (!out.empty()) return out;
    auto has_its_name = [&](auto& log) { return log.file == file; };
    std::ranges::copy_if(logs, std::back_inserter(out), has_its_name);
    return out;
}

std::optional<byte_range> range_at(const std::vector<recorded_log>& logs, std::uint64_t offset) {
    if (logs.empty()) return std::nullopt;
    for (auto& one : logs.back().ranges) {
        if (one.from <= offset && offset < one.to) return one;
    }
    return std::nullopt;
}

std::vector<recorded_log> only_at(const std::vector<recorded_log>& logs, std::uint64_t offset) {
    auto found = range_at(logs, offset);
    if (!found) return {};
    auto log = logs.back();
    log.ranges = {*found};
    return {log};
}

std::string ranges_json(const std::vector<recorded_log>& logs) {
    json::array out;
    for (auto& log : logs) {
        for (auto& one : log.ranges) {
            out.push_back(json::object{
                {"watch", log.watch},
                {"file", log.file},
                {"inode", log.inode},
                {"from", one.from},
                {"to", one.to},
                {"state", one.state},
                {"code", one.code},
                {"details", one.details},
                {"sources", one.sources},
                {"first_at", one.first_at},
                {"last_at", one.last_at},
                {"first_source", one.first_source},
                {"last_source", one.last_source}});
        }
    }
    return json::serialize(out);
}

static std::string line_of(const byte_range& one) {
    auto text = "  " + std::to_string(one.from) + " to " + std::to_string(one.to) + "  " +
                one.state + "  " + one.first_at;
    if (one.last_at != one.first_at) text += " to " + one.last_at;
    text += "  source " + one.first_source;
    if (one.sources > 1) {
        text += " to " + one.last_source + ", " + std::to_string(one.sources) + " sources";
    }
    if (!one.code.empty()) text += "\n    " + with_code(one.code, one.details);
    return text + "\n";
}

std::string ranges_text(const std::vector<recorded_log>& logs) {
    std::string out;
    for (auto& log : logs) {
        out += log.watch + " " + log.file;
        if (log.inode != 0) out += ", inode " + std::to_string(log.inode);
        out += "\n";
        for (auto& one : log.ranges) out += line_of(one);
    }
    return out;
}

static bool is_before_the_post(const std::string& state) {
    return state == "claimed" || state == "uploaded" || state == "posting";
}

pipeline::log_progress progress_of(const recorded_log& log) {
    pipeline::log_progress out;
    if (log.ranges.empty()) return out;
    out.read = log.end();
    auto at = log.ranges.front().from;
    bool posted = true;
    bool confirmed = true;
    out.first = out.posted = out.confirmed = at;
    for (auto& one : log.ranges) {
        bool is_next = one.from == at;
        at = one.to;
        posted = posted && is_next && !is_before_the_post(one.state);
        confirmed = confirmed && posted && one.state != "posted" && one.state != "settled";
        if (posted) out.posted = one.to;
        if (confirmed) out.confirmed = one.to;
        if (one.state != "rejected" && one.state != "failed") continue;
        out.lost_bytes += one.to - one.from;
        out.lost = std::to_string(one.from) + " to " + std::to_string(one.to) + ": " +
                   with_code(one.code, one.details);
    }
    return out;
}

}  // namespace kustodrop::daemon
