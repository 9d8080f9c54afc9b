#include "daemon/admin/journal_view.hpp"

#include "base/text.hpp"
#include "daemon/terminal/causes.hpp"
#include "daemon/terminal/columns.hpp"
#include "pipeline/targets/target_route.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace kustodrop::daemon {

namespace json = boost::json;

static json::value records_of(const spool::source& what) {
    return what.records ? json::value(*what.records) : json::value(nullptr);
}

// As a route has decided it when the file was claimed.
static void add_destination(const std::string& recorded, json::object& out) {
    auto where = pipeline::target_of(recorded, {});
    if (!where) return;
    json::array tags;
    for (auto& tag : where->tags) tags.push_back(json::string(tag));
    out["database"] = where->database;
    out["table"] = where->table;
    out["tags"] = std::move(tags);
}

static json::object row_json(const spool::journal_row& row, const spool::slice& file) {
    auto& what = row.source;
    json::object out{
        {"source_id", what.id},
        {"watch", what.watch},
        {"file", printable(file.name)},
        {"target", pipeline::shown_target(what.target)},
        {"stage", std::string(spool::name_of(what.stage))},
        {"outcome", nullptr},
        {"code", ""},
        {"details", ""},
        {"operation_id", ""},
        {"offset", file.offset},
        {"bytes", file.length_bytes},
        {"inode", file.identity.inode},
        {"log_id", file.log_id ? *file.log_id : std::string()},
        {"location", printable(file.location)},
        {"files", row.files},
        {"attempts", what.attempts},
        {"posts", what.posts},
        {"ambiguous_posts", what.ambiguous_posts},
        {"delivery", std::string(spool::way_of(what.reported))},
        {"records", records_of(what)},
        {"claimed_at", to_iso8601(what.claimed_at)},
        {"changed_at", to_iso8601(row.changed_at)},
        {"changed_at_us", row.changed_at.time_since_epoch().count()}};
    add_destination(what.target, out);
    if (what.cluster) out["cluster"] = *what.cluster;
    if (auto* record = spool::outcome_of(what.stage)) {
        out["outcome"] = std::string(to_string(record->outcome));
        out["code"] = record->code;
        out["details"] = printable(record->details);
        out["operation_id"] = record->operation_id;
    }
    if (auto* blob = spool::blob_of(what.stage)) {
        if (!spool::is_streamed(what)) {
            out["blob"] = blob->account + "/" + blob->container + "/" + blob->name;
        }
        out["raw_bytes"] = blob->raw_bytes;
    }
    return out;
}

std::string journal_json(const std::vector<spool::journal_row>& rows) {
    json::array out;
    for (auto& row : rows) {
        for (auto& file : row.source.slices) out.push_back(row_json(row, file));
    }
    return json::serialize(out);
}

// A name longer than its column pushes the next one away, but never touches it.
static std::string padded(const std::string& text, std::size_t width) {
    auto taken = columns_of(text);
    return text + std::string(width > taken ? width - taken : 1, ' ');
}

// Wide enough for all of them, as far as that is reasonable.
static std::size_t width_of(const json::array& rows, const char* name, std::size_t least) {
    static constexpr std::size_t most = 40;
    for (auto& row : rows) {
        auto* value = row.as_object().if_contains(name);
        if (value && value->is_string())
            least = std::max(least, columns_of(value->get_string()) + 2);
    }
    return std::min(least, most);
}

std::string journal_text(const std::string& text) {
    auto rows = json::parse(text).as_array();
    if (rows.empty()) return "nothing is recorded for that question\n";
    auto watch_width = width_of(rows, "watch", 14);
    auto target_width = width_of(rows, "target", 20);
    auto out = padded("CHANGED", 26) + padded("OUTCOME", 13) + padded("WATCH", watch_width) +
               padded("TARGET", target_width) + "FILE\n";
    for (auto& row : rows) {
        auto& fields = row.as_object();
        auto field = [&](const char* name) {
            auto* value = fields.if_contains(name);
            return value && value->is_string() ? std::string(value->get_string()) : std::string();
        };
        auto state = field("outcome");
        if (state.empty()) state = "(" + field("stage") + ")";
        out += padded(field("changed_at"), 26) + padded(state, 13) +
               padded(field("watch"), watch_width);
        auto at = field("cluster").empty() ? std::string() : "  (at " + field("cluster") + ")";
        out += padded(field("target"), target_width) + field("file") + at + "\n";
        auto cause = field("code").empty() ? "" : with_code(field("code"), field("details"));
        if (!cause.empty()) out += std::string(26, ' ') + cause + "\n";
        if (!field("successor").empty()) {
            out += std::string(26, ' ') + "sent again as " + field("successor") + ": " +
                   field("successor_outcome") + "\n";
        }
    }
    return out;
}

std::string as_pattern(const std::string& name) {
    std::string out;
    for (char c : name) {
        bool is_special = std::string_view("*?[{\\").find(c) != std::string_view::npos;
        if (is_special) out += '\\';
        out += c;
    }
    return out;
}

static std::string text_in(const json::object& row, const char* name) {
    auto* value = row.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

static bool may_have_successor(const json::object& row) {
    auto outcome = text_in(row, "outcome");
    return outcome == "failed" || outcome == "rejected" || outcome == "unconfirmed";
}

// Of the rows of one name, newest first, the one after this one in time.
static const json::object* next_after(const json::object& row, const json::array& of_name) {
    const json::object* next = nullptr;
    for (auto& one : of_name) {
        auto& other = one.as_object();
        if (text_in(other, "source_id") == text_in(row, "source_id")) return next;
        bool is_later = text_in(other, "claimed_at") > text_in(row, "claimed_at");
        if (is_later) next = &other;
    }
    return next;
}

std::string with_successors(const std::string& text, const find_by_name& find) {
    static constexpr int most_lookups = 100;
    auto rows = json::parse(text).as_array();
    int lookups = 0;
    for (auto& one : rows) {
        auto& row = one.as_object();
        if (!may_have_successor(row) || ++lookups > most_lookups) continue;
        auto of_name = json::parse(find(text_in(row, "watch"), text_in(row, "file"))).as_array();
        auto* next = next_after(row, of_name);
        if (!next) continue;
        auto outcome = text_in(*next, "outcome");
        row["successor"] = text_in(*next, "source_id");
        row["successor_outcome"] = outcome.empty() ? text_in(*next, "stage") : outcome;
    }
    return json::serialize(rows);
}

}  // namespace kustodrop::daemon
