#include "pipeline/retiring/file_history.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "pipeline/targets/target_route.hpp"
#include "spool/source/place.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

bool has_history(const spool::slice& file) { return file.offset > 0 && file.start_check != 0; }

// What the service has, or may have.
static bool is_delivered(const spool::outcome_record& record) {
    return record.outcome != spool::outcome::failed && record.outcome != spool::outcome::rejected;
}

// The range that ends where another one begins.
static std::optional<shipped_range> range_before(
    std::uint64_t end, const spool::slice& file, const std::vector<spool::journal_row>& rows
) {
    for (auto& row : rows) {
        auto* record = spool::outcome_of(row.source.stage);
        if (!record || !is_delivered(*record)) continue;
        for (auto& other : row.source.slices) {
            bool is_same = other.location == file.location ||
                           (other.name == file.name && other.identity.same_file(file.identity));
            if (!is_same || other.end() != end || other.length_bytes == 0) continue;
            return shipped_range{
                other.offset,
                other.length_bytes,
                std::string(to_string(record->outcome)),
                row.source.id};
        }
    }
    return std::nullopt;
}

std::vector<shipped_range> history_of(
    const spool::source& what, const spool::slice& file, const std::vector<spool::journal_row>& rows
) {
    std::vector<shipped_range> out;
    auto* record = spool::outcome_of(what.stage);
    if (file.has_rest()) {
        out.push_back({file.end(), file.identity.size_bytes - file.end(), "not sent", ""});
    }
    auto own = record ? std::string(to_string(record->outcome)) : "unknown";
    out.push_back({file.offset, file.length_bytes, own, what.id});
    auto begin = has_history(file) ? file.offset : 0;
    while (begin > 0) {
        auto before = range_before(begin, file, rows);
        if (!before) before = shipped_range{0, begin, "unknown", ""};
        begin = before->offset;
        out.push_back(std::move(*before));
    }
    std::ranges::reverse(out);
    return out;
}

std::vector<shipped_range> history_of(const spool::source& what, const spool::slice& range) {
    auto* record = spool::outcome_of(what.stage);
    auto own = record ? std::string(to_string(record->outcome)) : "unknown";
    return {{range.offset, range.length_bytes, own, what.id}};
}

static std::string quoted(std::string_view value) { return '"' + json_escape(value) + '"'; }

static std::string list_of(const std::vector<shipped_range>& history) {
    std::string out = "[";
    for (auto& one : history) {
        out += out.size() > 1 ? ",\n" : "\n";
        out += "    {\"offset\": " + std::to_string(one.offset);
        out += ", \"bytes\": " + std::to_string(one.bytes);
        out += ", \"outcome\": " + quoted(one.outcome);
        if (!one.source_id.empty()) out += ", \"source_id\": " + quoted(one.source_id);
        out += "}";
    }
    return out + "\n  ]";
}

std::string error_json(
    const spool::source& what,
    const spool::slice& file,
    const spool::outcome_record& record,
    const std::vector<shipped_range>& history
) {
    std::string out = "{\n";
    out += "  \"source_id\": " + quoted(what.id) + ",\n";
    auto own_id = what.slices.size() > 1 ? spool::id_in_work(file.location) : std::nullopt;
    if (own_id) out += "  \"file_id\": " + quoted(*own_id) + ",\n";
    out += "  \"file\": " + quoted(file.name) + ",\n";
    // What stands before it was sent earlier: `retry` does not send it again.
    out += "  \"offset\": " + std::to_string(file.offset) + ",\n";
    out += "  \"bytes\": " + std::to_string(file.length_bytes) + ",\n";
    out += "  \"slices\": " + list_of(history) + ",\n";
    out += "  \"target\": " + quoted(shown_target(what.target)) + ",\n";
    out += "  \"outcome\": " + quoted(to_string(record.outcome)) + ",\n";
    out += "  \"code\": " + quoted(record.code) + ",\n";
    out += "  \"details\": " + quoted(without_secrets(record.details)) + ",\n";
    out += "  \"operation_id\": " + quoted(record.operation_id) + ",\n";
    out += "  \"time\": " + quoted(to_iso8601(record.at)) + ",\n";
    out += "  \"attempts\": " + std::to_string(what.attempts) + "\n}\n";
    return out;
}

std::string growth_note(const spool::slice& file, const file_growth& seen) {
    auto then = file.identity.size_bytes;
    auto now = seen.now.size_bytes;
    if (now <= then) return {};
    return "the file has grown from " + std::to_string(then) + " to " + std::to_string(now) +
           " bytes since; what it holds then is sent when its writer is done";
}

}  // namespace kustodrop::pipeline
