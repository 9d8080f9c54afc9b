#include "daemon/inferring/found_table.hpp"

#include "base/text.hpp"

namespace kustodrop::daemon {

std::string column_name(std::string_view given, std::size_t number) {
    static constexpr std::size_t longest = 128;
    std::string out;
    for (char c : trimmed(given)) {
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_plain || c == '_') {
            out += c;
        } else if (!out.empty() && out.back() != '_') {
            out += '_';
        }
    }
    while (out.size() > 1 && out.ends_with('_') && !given.ends_with('_')) out.pop_back();
    out = out.substr(0, longest);
    if (out.empty() || out == "_") return "Column" + std::to_string(number);
    if (out[0] >= '0' && out[0] <= '9') out.insert(0, "_");
    return out;
}

void note_doubts(
    const inferred_column& column, const seen_values& seen, std::vector<std::string>& notes
) {
    auto say = [&](const std::string& text) { notes.push_back(column.name + ": " + text); };
    if (seen.type == value_type::none) say("no value in the sample; string is a guess");
    if (seen.types.size() > 1) {
        std::string kinds;
        for (auto one : seen.types) {
            kinds += (kinds.empty() ? "" : ", ") + std::string(to_string(one));
        }
        say("its values are " + kinds + ": " + std::string(to_string(seen.type)) + " holds them all"
        );
    }
    if (seen.has_leading_zeros) say("numbers with leading zeros: as long they would lose them");
    if (seen.has_ambiguous_dates && seen.type == value_type::text) {
        say("dates whose order of day and month cannot be known; use ISO 8601 for datetime");
    }
    bool is_time = seen.type == value_type::whole && seen.may_be_unix_times;
    if (is_time) {
        say("may be Unix times; for datetime use a mapping with the transform "
            "DateTimeFromUnixSeconds or DateTimeFromUnixMilliseconds");
    }
}

// Inside of single quotes.
static std::string quoted(std::string_view text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

static std::string mapping_of(const inference& found) {
    bool is_json = found.format == "json" || found.format == "multijson";
    std::string out;
    for (auto& one : found.columns) {
        out += (out.empty() ? "[\n" : ",\n") + std::string(R"(  {"Column": ")") + one.name +
               R"(", "Properties": {")" + (is_json ? "Path" : "Ordinal") + R"(": ")" +
               json_escape(one.source) + "\"}}";
    }
    return out + "\n]";
}

std::string commands_of(
    const inference& found, const std::string& table, const std::string& mapping
) {
    std::string out = "// " + std::to_string(found.records) + " records of " + found.format;
    bool is_json = found.format == "json" || found.format == "multijson";
    if (!is_json) out += found.has_header ? " with a header" : " without a header";
    out += "\n";
    for (auto& note : found.notes) out += "// " + printable(note) + "\n";
    std::string columns;
    for (auto& one : found.columns) {
        columns +=
            (columns.empty() ? "" : ", ") + one.name + ":" + std::string(to_string(one.type));
    }
    out += "\n.create-merge table [" + quoted(table) + "] (" + columns + ")\n\n";
    out += ".create-or-alter table [" + quoted(table) + "] ingestion " +
           (is_json ? "json" : "csv") + " mapping " + quoted(mapping) + "\n```\n" +
           mapping_of(found) + "\n```\n\n";
    out += "// The watch: {table: " + json_escape(table) + ", format: " + found.format +
           ", ingestion_mapping_reference: " + json_escape(mapping) +
           (found.has_header ? ", ignore_first_record: true" : "") + "}\n";
    return out;
}

}  // namespace kustodrop::daemon
