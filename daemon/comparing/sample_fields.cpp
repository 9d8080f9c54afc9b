#include "daemon/comparing/sample_fields.hpp"

#include "base/text.hpp"
#include "daemon/comparing/column_values.hpp"
#include "daemon/inferring/header_guess.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace kustodrop::daemon {

using field_records = std::vector<std::vector<std::string>>;

static std::string count_of(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

namespace {

/// Where the fields of a record go.
class field_plan {
public:
    field_plan(const table_facts& table, std::size_t fields, comparison& out)
        : table_(table), fields_(fields), out_(out) {
        if (table.mapping) {
            by_mapping(*table.mapping);
        } else {
            by_place();
        }
    }

    std::multimap<std::size_t, column_values>& columns() { return columns_; }

    // The column that a field goes into; empty: none, or several.
    std::string column_at(std::size_t field) const {
        auto found = names_.find(field);
        return found == names_.end() ? std::string() : found->second;
    }

private:
    void by_place() {
        auto& columns = table_.columns;
        for (std::size_t at = 0; at < columns.size() && at < fields_; ++at) {
            put(at, columns[at], "");
        }
        if (fields_ == columns.size()) return;
        auto text = "its records have " + count_of(fields_, "field") + ", the table has " +
                    count_of(columns.size(), "column") + ": ";
        if (fields_ > columns.size()) {
            auto more = fields_ - columns.size();
            text += more == 1 ? "the last one is not stored"
                              : "the last " + std::to_string(more) + " are not stored";
        } else {
            text += "from " + columns[fields_].name + " on they stay empty";
        }
        out_.add(gravity::wrong, "field_count", text);
    }

    void by_mapping(const std::vector<mapped_column>& mapping) {
        for (auto& one : mapping) {
            auto* column = table_.find(one.column);
            if (!one.ordinal || one.is_constant) continue;
            taken_.insert(*one.ordinal);
            if (*one.ordinal >= fields_) {
                out_.add(
                    gravity::wrong,
                    "ordinal_missing",
                    one.column + ": the mapping takes field " + std::to_string(*one.ordinal) +
                        ", counted from 0, and a record has " + count_of(fields_, "field"),
                    one.column
                );
            } else if (column) {
                put(*one.ordinal, *column, one.transform);
            }
        }
        std::string dropped;
        for (std::size_t at = 0; at < fields_; ++at) {
            if (taken_.contains(at)) continue;
            dropped += (dropped.empty() ? "" : ", ") + std::to_string(at);
        }
        if (dropped.empty()) return;
        auto text = "the mapping takes no field " + dropped + " (counted from 0): not stored";
        out_.add(gravity::warning, "field_dropped", std::move(text));
    }

    void put(std::size_t field, const table_column& column, std::string_view transform) {
        columns_.emplace(field, column_values(column, transform));
        auto [at, is_new] = names_.try_emplace(field, column.name);
        if (!is_new) at->second.clear();
    }

    const table_facts& table_;
    std::size_t fields_;
    comparison& out_;
    std::set<std::size_t> taken_;
    std::multimap<std::size_t, column_values> columns_;
    std::map<std::size_t, std::string> names_;
};

}  // namespace

// A header that names columns of the table in another order shows that fields go astray.
static void check_names(
    const std::vector<std::string>& header,
    const table_facts& table,
    const field_plan& plan,
    comparison& out
) {
    for (std::size_t at = 0; at < header.size(); ++at) {
        auto name = trimmed(header[at]);
        auto is_it = [&](auto& one) { return equals_ignoring_case(one.name, name); };
        auto named = std::ranges::find_if(table.columns, is_it);
        auto goes_to = plan.column_at(at);
        if (named == table.columns.end() || goes_to.empty() || goes_to == named->name) continue;
        auto text = "the header calls field " + std::to_string(at) + " \"" + printable(name) +
                    "\", and it goes into " + goes_to;
        bool may_be_meant = table.mapping.has_value();
        out.add(may_be_meant ? gravity::warning : gravity::wrong, "header_order", text, goes_to);
    }
}

static void check_header(const field_records& records, bool ignores_first, comparison& out) {
    auto guess = likely_header(records);
    if (!ignores_first && guess == header::yes) {
        out.add(
            gravity::wrong,
            "header_ingested",
            "its first record names the columns and would be a row; set ignore_first_record"
        );
    } else if (!ignores_first && guess == header::unknown && may_name_columns(records)) {
        out.add(
            gravity::note,
            "header_unknown",
            "whether its first record names the columns cannot be known; it would be a row"
        );
    } else if (ignores_first && guess == header::no) {
        out.add(
            gravity::wrong,
            "record_ignored",
            "its first record looks like data, and ignore_first_record leaves it out"
        );
    }
}

static void check_counts(const field_records& records, comparison& out) {
    auto fields = records.front().size();
    auto is_odd = [&](auto& one) { return one.size() != fields; };
    auto odd = static_cast<std::size_t>(std::ranges::count_if(records, is_odd));
    if (odd == 0) return;
    auto first = std::ranges::find_if(records, is_odd);
    out.add(
        gravity::wrong,
        "fields_vary",
        std::to_string(odd) + " of " + count_of(records.size(), "record") + " do not have " +
            count_of(fields, "field") + " as the first has, such as record " +
            std::to_string(first - records.begin() + 1) + " with " + std::to_string(first->size()) +
            ": the service refuses the file (Stream_WrongNumberOfFields)"
    );
}

void compare_fields(
    const field_records& records, first_record first, const table_facts& table, comparison& out
) {
    bool ignores_first = first == first_record::ignored;
    bool may_be_header = first != first_record::never_a_header;
    if (records.empty()) {
        out.problem = "no whole record is in it";
        return;
    }
    out.records = records.size() - (ignores_first ? 1 : 0);
    if (may_be_header) check_header(records, ignores_first, out);
    check_counts(records, out);
    field_plan plan(table, records.front().size(), out);
    bool has_names = may_be_header && (ignores_first || likely_header(records) == header::yes);
    if (has_names) check_names(records.front(), table, plan, out);
    for (std::size_t number = has_names ? 1 : 0; number < records.size(); ++number) {
        for (auto& [field, values] : plan.columns()) {
            if (field >= records[number].size()) continue;
            values.add(std::string_view(records[number][field]), number + 1);
        }
    }
    for (auto& [field, values] : plan.columns()) values.report(out);
    if (out.records == 0) {
        out.add(gravity::note, "no_records", "it holds no record behind its header");
    }
}

}  // namespace kustodrop::daemon
