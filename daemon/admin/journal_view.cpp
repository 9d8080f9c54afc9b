#include "daemon/admin/journal_view.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

namespace kustodrop::daemon {

namespace json = boost::json;

static json::object row_json(const spool::journal_row& row, const spool::slice& file) {
    auto& what = row.source;
    json::object out{
        {"source_id", what.id},
        {"watch", what.watch},
        {"file", printable(file.name)},
        {"target", what.target},
        {"stage", std::string(spool::name_of(what.stage))},
        {"outcome", nullptr},
        {"code", ""},
        {"details", ""},
        {"operation_id", ""},
        {"offset", file.offset},
        {"bytes", file.length_bytes},
        {"location", printable(file.location)},
        {"files", row.files},
        {"attempts", what.attempts},
        {"posts", what.posts},
        {"ambiguous_posts", what.ambiguous_posts},
        {"claimed_at", to_iso8601(what.claimed_at)},
        {"changed_at", to_iso8601(row.changed_at)}};
    if (auto* record = spool::outcome_of(what.stage)) {
        out["outcome"] = std::string(to_string(record->outcome));
        out["code"] = record->code;
        out["details"] = printable(record->details);
        out["operation_id"] = record->operation_id;
    }
    if (auto* blob = spool::blob_of(what.stage)) {
        out["blob"] = blob->account + "/" + blob->container + "/" + blob->name;
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

static std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.resize(width, ' ');
    return text;
}

std::string journal_text(const std::string& text) {
    auto rows = json::parse(text).as_array();
    if (rows.empty()) return "nothing is recorded for that question\n";
    std::string out =
        "CHANGED                   OUTCOME      WATCH         TARGET              FILE\n";
    for (auto& row : rows) {
        auto& fields = row.as_object();
        auto field = [&](const char* name) {
            auto* value = fields.if_contains(name);
            return value && value->is_string() ? std::string(value->get_string()) : std::string();
        };
        auto state = field("outcome");
        if (state.empty()) state = "(" + field("stage") + ")";
        out += padded(field("changed_at"), 26) + padded(state, 13) + padded(field("watch"), 14);
        out += padded(field("target"), 20) + field("file") + "\n";
        if (!field("code").empty()) {
            out += std::string(26, ' ') + field("code") + ": " + field("details") + "\n";
        }
    }
    return out;
}

}  // namespace kustodrop::daemon
