#include "daemon/inferring/inference.hpp"

#include "base/text.hpp"
#include "daemon/inferring/json_records.hpp"
#include "daemon/inferring/sample_text.hpp"
#include "daemon/inferring/separated.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace kustodrop::daemon {

static std::string format_of(char separator) {
    for (auto name : {"tsv", "scsv", "psv", "sohsv"}) {
        if (separator_of(name) == separator) return name;
    }
    return "csv";
}

static std::string likely_format(const sample& one) {
    auto first = one.bytes[one.bytes.find_first_not_of(" \t\r\n")];
    if (first == '{' || first == '[') {
        return is_json_lines(one.bytes, one.is_cut) ? "json" : "multijson";
    }
    return format_of(likely_separator(one.bytes, one.is_cut));
}

namespace {

void note_shape(
    const std::vector<std::vector<std::string>>& records,
    std::size_t columns,
    std::vector<std::string>& notes
) {
    auto odd = std::ranges::count_if(records, [&](auto& one) { return one.size() != columns; });
    if (odd == 0) return;
    notes.push_back(
        std::to_string(odd) + " of " + std::to_string(records.size()) + " records do not have " +
        std::to_string(columns) + " fields: the service refuses such files"
    );
}

inference infer_separated(
    const std::vector<sample>& samples, const std::string& format, std::optional<bool> has_header
) {
    inference out;
    out.format = format;
    std::vector<std::vector<std::string>> records;
    std::vector<std::string> names;
    auto guess = header::unknown;
    for (auto& one : samples) {
        auto read = read_separated(one.bytes, *separator_of(format), one.is_cut);
        if (read.ends_in_quotes) out.notes.push_back(one.name + ": a quote is never closed");
        if (read.has_text_after_quotes) {
            out.notes.push_back(one.name + ": text stands behind a closing quote");
        }
        if (read.records.empty()) continue;
        if (records.empty() && names.empty()) {
            guess = likely_header(read.records);
            bool is_guess = !has_header && guess == header::unknown;
            if (is_guess) {
                out.notes.emplace_back(
                    "whether the first record names the columns cannot be known; it is taken for "
                    "a header, and --header no says otherwise"
                );
            }
            out.has_header = has_header.value_or(guess != header::no);
            if (out.has_header) names = read.records.front();
        }
        auto from = read.records.begin() + (out.has_header ? 1 : 0);
        records.insert(
            records.end(),
            std::make_move_iterator(from),
            std::make_move_iterator(read.records.end())
        );
    }
    out.records = records.size();
    std::size_t columns = names.size();
    if (names.empty() && !records.empty()) columns = records.front().size();
    if (columns == 0) {
        out.problem = "no whole record is in it";
        return out;
    }
    note_shape(records, columns, out.notes);
    std::set<std::string> taken;
    for (std::size_t at = 0; at < columns; ++at) {
        seen_values seen;
        for (auto& record : records) {
            if (at < record.size()) seen.add(std::string_view(record[at]));
        }
        auto given = at < names.size() ? names[at] : std::string();
        inferred_column column{column_name(given, at + 1), seen.type, std::to_string(at)};
        auto base = column.name;
        for (int number = 2; !taken.insert(to_lower(column.name)).second; ++number) {
            column.name = base + "_" + std::to_string(number);
        }
        note_doubts(column, seen, out.notes);
        out.columns.push_back(std::move(column));
    }
    return out;
}

}  // namespace

inference infer(const std::vector<sample>& given, const infer_rules& rules) {
    auto samples = given;
    inference out;
    bool has_mark = false;
    bool is_text = true;
    for (auto& one : samples) {
        if (take_mark(one.bytes)) has_mark = true;
        auto why = obstacle(one.bytes);
        if (!why.empty()) {
            out.problem = one.name + ": " + why;
            return out;
        }
        is_text = is_text && (one.is_cut || is_valid_utf8(one.bytes));
    }
    if (samples.empty()) {
        out.problem = "no sample was given";
        return out;
    }
    auto format = rules.format.value_or(likely_format(samples.front()));
    bool is_json = format == "json" || format == "multijson";
    if (!is_json && !separator_of(format)) {
        out.problem = format + " cannot be looked into; use csv tsv scsv psv sohsv json multijson";
        return out;
    }
    out = is_json ? infer_json(samples, format == "multijson")
                  : infer_separated(samples, format, rules.has_header);
    if (has_mark) out.notes.emplace_back("it begins with a byte order mark, which is ignored");
    if (!is_text) out.notes.emplace_back("it is not valid UTF-8: such bytes become U+FFFD");
    auto is_cut = std::ranges::any_of(samples, &sample::is_cut);
    if (is_cut) out.notes.emplace_back("only the beginning was looked at");
    return out;
}

}  // namespace kustodrop::daemon
