#include "daemon/inferring/found_table.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"

#include <algorithm>
#include <array>
#include <string_view>

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
    auto type = std::string(to_string(column.type));
    if (seen.types.size() > 1) {
        std::string kinds;
        for (auto one : seen.types) {
            kinds += (kinds.empty() ? "" : ", ") + std::string(to_string(one));
        }
        bool loses = column.type == value_type::real && seen.has_long_wholes;
        say("its values are " + kinds + ": " + type +
            (loses ? " takes them all and keeps 15 to 17 digits of each" : " holds them all"));
    }
    if (column.type == value_type::real && seen.has_long_fractions) {
        say("numbers with more digits than real keeps, 15 to 17; decimal keeps more");
    }
    if (seen.is_beyond_real) {
        say("a number is larger than any real: it is lost; string would hold it");
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

// What the query language reserves, which a column is only called in quotes. Case counts.
static constexpr std::string_view reserved =
    " and anti as asc between bool boolean by consume contains count database date "
    "datetime decimal declare desc distinct double dynamic endswith evaluate extend "
    "external_table facet false filter find float fork from function getschema "
    "granny guid has has_all has_any in int int16 int32 int64 int8 invoke is join "
    "kind let like limit long lookup macro map materialize materialized_view matches "
    "not notcontains notlike null nulls of on or order outer pack parse partition "
    "partitionby pattern print project query_parameters range real reduce regex "
    "render restrict sample scan search semi serialize set sort startswith step "
    "string summarize table tables take time timespan to top toscalar totable true "
    "typeof uint uint16 uint32 uint64 uint8 ulong union uniqueid verbose view where "
    "with ";

static bool is_reserved(const std::string& name) {
    return reserved.find(" " + name + " ") != std::string_view::npos;
}

// As a command has it.
static std::string column_in_command(const std::string& name) {
    return is_reserved(name) ? "['" + name + "']" : name;
}

static std::string mapping_of(const inference& found) {
    bool is_json = found.format == "json" || found.format == "multijson";
    std::string out;
    for (auto& one : found.columns) {
        out += (out.empty() ? "[\n" : ",\n") + std::string(R"(  {"Column": ")") + one.name +
               R"(", "Properties": {")" + (is_json ? "Path" : "Ordinal") + R"(": ")" +
               json_escape(one.source) + "\"}}";
    }
    // Three of them would end the literal that the mapping stands in.
    for (auto at = out.find('`'); at != std::string::npos; at = out.find('`', at)) {
        out.replace(at, 1, "\\u0060");
    }
    return out + "\n]";
}

std::string yaml_value(std::string_view text) {
    static constexpr auto keywords = std::to_array<std::string_view>(
        {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
    );
    auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    auto is_plain = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
    bool is_bare = !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, is_plain);
    if (is_bare && std::ranges::count(keywords, to_lower(text)) == 0) return std::string(text);
    return "\"" + json_escape(text) + "\"";
}

std::string commands_of(
    const inference& found, const std::string& table, const std::string& mapping
) {
    std::string out = "// " + counted(found.records, "record") + " of " + found.format;
    bool is_json = found.format == "json" || found.format == "multijson";
    if (!is_json) out += found.has_header ? " with a header" : " without a header";
    out += "\n";
    for (auto& note : found.notes) out += "// " + printable(note) + "\n";
    for (auto& one : found.columns) {
        bool is_renamed = !is_json && !one.given.empty() && one.given != one.name;
        if (is_renamed)
            out += "// " + one.name + ": \"" + printable(one.given) + "\" in the header\n";
    }
    std::string columns;
    for (auto& one : found.columns) {
        columns += (columns.empty() ? "" : ", ") + column_in_command(one.name) + ":" +
                   std::string(to_string(one.type));
    }
    out += "\n.create-merge table [" + quoted(table) + "] (" + columns + ")\n\n";
    out += ".create-or-alter table [" + quoted(table) + "] ingestion " +
           (is_json ? "json" : "csv") + " mapping " + quoted(mapping) + "\n```\n" +
           mapping_of(found) + "\n```\n\n";
    out += "// The watch: {table: " + yaml_value(table) + ", format: " + found.format +
           ", ingestion_mapping_reference: " + yaml_value(mapping) +
           (found.has_header ? ", ignore_first_record: true" : "") + "}\n";
    return out;
}

}  // namespace kustodrop::daemon
