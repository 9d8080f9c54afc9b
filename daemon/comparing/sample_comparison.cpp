#include "daemon/comparing/sample_comparison.hpp"

#include "base/text.hpp"
#include "daemon/comparing/sample_fields.hpp"
#include "daemon/comparing/sample_objects.hpp"
#include "daemon/inferring/sample_text.hpp"
#include "daemon/inferring/separated.hpp"

#include <algorithm>
#include <set>

namespace kustodrop::daemon {

// What a mapping says about columns that the table does not have, and the other way round.
static void check_mapping(const table_facts& table, comparison& out) {
    std::set<std::string> filled;
    for (auto& one : *table.mapping) {
        filled.insert(one.column);
        if (table.find(one.column)) continue;
        bool has_type = !one.type.empty();
        auto text = one.column + ": the mapping fills it, and the table has no such column; ";
        text += has_type ? "the service adds it as " + one.type
                         : "without a datatype in the mapping the service cannot add it";
        auto how = has_type ? gravity::note : gravity::wrong;
        out.add(how, "column_missing", std::move(text), one.column);
    }
    std::string empty;
    for (auto& one : table.columns) {
        if (!filled.contains(one.name)) empty += (empty.empty() ? "" : ", ") + one.name;
    }
    if (empty.empty()) return;
    out.add(
        gravity::note, "columns_empty", "the mapping fills no " + empty + ": null in every row"
    );
}

static std::vector<std::vector<std::string>> lines_of(const sample& what, bool has_tabs) {
    std::vector<std::vector<std::string>> out;
    auto lines = split(what.bytes, '\n');
    if (what.is_cut) lines.pop_back();
    for (auto line : lines) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        auto& fields = out.emplace_back();
        if (!has_tabs) {
            fields.emplace_back(line);
            continue;
        }
        for (auto field : split(line, '\t')) fields.emplace_back(field);
    }
    return out;
}

static first_record first_record_of(const sample_rules& rules) {
    if (rules.never_has_header) return first_record::never_a_header;
    return rules.ignores_first_record ? first_record::ignored : first_record::sent;
}

// The format that fits better; empty: none does.
static std::string_view better_format(const sample& what, const separated_records& read) {
    auto begin = trimmed(what.bytes);
    if (begin.starts_with("[{")) return "multijson";
    if (begin.starts_with("{\"")) return "json or multijson";
    auto has_one_field = [](auto& one) { return one.size() == 1; };
    if (!std::ranges::all_of(read.records, has_one_field)) return {};
    auto separator = likely_separator(what.bytes, what.is_cut);
    auto divided = read_separated(what.bytes, separator, what.is_cut, 1).records;
    bool is_divided = !divided.empty() && divided.front().size() > 1;
    return is_divided ? format_of(separator) : std::string_view();
}

// Why there is nothing to compare.
static std::string nothing_in(const separated_records& read, bool is_cut) {
    if (is_cut) return "no whole record is in the part that is looked at: nothing was compared";
    if (!read.ends_in_quotes) return "no whole record is in it";
    return "its first record has a quote that is never closed: the service refuses the file "
           "(Stream_ClosingQuoteMissing); close or double the quote";
}

static void compare_separated(
    const sample& what, const sample_rules& rules, const table_facts& table, comparison& out
) {
    auto read = read_separated(what.bytes, *separator_of(rules.format), what.is_cut);
    if (read.records.empty()) {
        out.problem = nothing_in(read, what.is_cut);
        return;
    }
    auto better = table.columns.size() > 1 ? better_format(what, read) : "";
    if (!better.empty() && better != rules.format) {
        auto text = "it looks like " + std::string(better) + ", not " + rules.format;
        out.add(gravity::wrong, "other_format", text + "; correct the format");
    }
    if (read.ends_in_quotes) {
        out.add(
            gravity::wrong,
            "quote_open",
            "a quote is never closed: the service refuses the file (Stream_ClosingQuoteMissing)"
        );
    }
    if (read.has_text_after_quotes) {
        auto text = "text is behind a closing quote: what the service makes of it cannot be known";
        out.add(gravity::note, "text_behind_quotes", text);
    }
    if (read.has_lone_returns) {
        auto text =
            "it has carriage returns without a newline: whether the service ends a record there "
            "cannot be known, so convert them";
        out.add(gravity::note, "lone_returns", text);
    }
    compare_fields(read.records, first_record_of(rules), table, out);
}

static std::string unreadable_format(const std::string& format) {
    return "format " + format + ": its files are not looked into, so nothing can be compared; " +
           "they have their own names and types inside";
}

comparison compare(const sample& given, const sample_rules& rules, const table_facts& table) {
    comparison out;
    auto what = given;
    auto& format = rules.format;
    bool is_json = format == "json" || format == "multijson";
    bool is_lines = format == "txt" || format == "tsve" || format == "raw";
    if (!is_json && !is_lines && !separator_of(format)) {
        out.problem = unreadable_format(format);
        return out;
    }
    bool has_mark = take_mark(what.bytes);
    out.problem = obstacle(what.bytes);
    if (!out.problem.empty()) return out;
    if (table.mapping) check_mapping(table, out);
    if (is_json) {
        compare_objects(what, format == "multijson", table, out);
    } else if (format == "raw") {
        compare_fields({{what.bytes}}, first_record::never_a_header, table, out);
    } else if (is_lines) {
        auto records = lines_of(what, format == "tsve");
        auto first = format == "txt" ? first_record::never_a_header : first_record_of(rules);
        if (rules.ignores_first_record) first = first_record::ignored;
        compare_fields(records, first, table, out);
    } else {
        compare_separated(what, rules, table, out);
    }
    bool may_be_header_only = !is_json && !what.is_cut;
    bool is_nothing = out.records == 0 && out.fits() && !may_be_header_only;
    if (is_nothing) {
        out.problem = what.is_cut
                          ? "no whole record is in the part that is looked at: nothing was compared"
                          : "it holds no record";
        return out;
    }
    if (has_mark) {
        out.add(gravity::note, "byte_order_mark", "it begins with a byte order mark: ignored");
    }
    if (!what.is_cut && !is_valid_utf8(what.bytes)) {
        out.add(gravity::note, "not_utf8", "it is not valid UTF-8: such bytes become U+FFFD");
    }
    if (what.is_cut) out.add(gravity::note, "cut", "only the beginning was looked at");
    return out;
}

}  // namespace kustodrop::daemon
