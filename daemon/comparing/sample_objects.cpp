#include "daemon/comparing/sample_objects.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "daemon/comparing/column_values.hpp"
#include "daemon/comparing/json_place.hpp"
#include "daemon/inferring/json_values.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

namespace {

/// What one column is filled from.
struct path_plan {
    json_place place;
    std::string path;
    column_values values;
    std::size_t found = 0;
};

class object_comparison {
public:
    object_comparison(const table_facts& table, comparison& out) : table_(table), out_(out) {
        if (table.mapping) {
            for (auto& one : *table.mapping) plan_mapped(one);
            return;
        }
        for (auto& one : table.columns) {
            plans_.push_back({json_place{{one.name}}, "$." + one.name, column_values(one, "")});
        }
    }

    void add(const json::value& value, std::size_t number) {
        auto* object = value.if_object();
        if (!object) {
            ++others_;
            return;
        }
        ++out_.records;
        for (auto& one : plans_) {
            auto* there = one.place.find(value);
            if (!there) continue;
            ++one.found;
            one.values.add(*there, number);
        }
        note_dropped(*object, json_place{});
    }

    void report() {
        if (others_ > 0) {
            out_.add(
                gravity::wrong,
                "not_an_object",
                std::to_string(others_) +
                    " records are not objects: the service stores none of them"
            );
        }
        if (out_.records == 0) return;
        for (auto& one : plans_) report(one);
        for (auto& [path, count] : dropped_) report_dropped(path, count);
        if (dropped_.size() < most_dropped) return;
        out_.add(gravity::note, "properties_left_out", "there are more such properties");
    }

private:
    void plan_mapped(const mapped_column& one) {
        if (one.path.empty() || one.is_constant) return;
        auto* column = table_.find(one.column);
        auto place = json_place::parse(one.path);
        if (!place) {
            out_.add(
                gravity::note,
                "path_unknown",
                one.column + ": what " + one.path + " finds cannot be known",
                one.column
            );
            reads_everything_ = true;
            return;
        }
        static const table_column any{"", "string"};
        auto& type = column ? *column : any;
        plans_.push_back({std::move(*place), one.path, column_values(type, one.transform)});
        names_.push_back(one.column);
        // "$" with this transform holds what no other path takes.
        reads_everything_ = reads_everything_ || one.path == "$";
    }

    // What no path takes, the highest that it has nothing to do with.
    void note_dropped(const json::object& object, const json_place& at) {
        if (reads_everything_) return;
        for (auto& [key, value] : object) {
            auto place = at.member(key);
            bool is_taken = false, is_entered = false;
            for (auto& one : plans_) {
                is_taken = is_taken || place.begins_with(one.place);
                is_entered = is_entered || one.place.begins_with(place);
            }
            if (is_taken) continue;
            auto* inside = value.if_object();
            if (is_entered && inside) note_dropped(*inside, place);
            if (is_entered) continue;
            auto path = place.text();
            bool has_room = dropped_.size() < most_dropped || dropped_.contains(path);
            if (has_room) ++dropped_[path];
        }
    }

    void report(const path_plan& one) {
        auto at = static_cast<std::size_t>(&one - plans_.data());
        auto name = table_.mapping ? names_[at] : table_.columns[at].name;
        if (one.found == 0 && table_.mapping) {
            out_.add(
                gravity::wrong,
                "path_missing",
                name + ": no record has " + printable(one.path) + ", so the column is always null",
                name
            );
        } else if (one.found == 0) {
            auto other = other_case_of(name);
            auto text = name + ": no record has a property of this name, ";
            if (!other.empty()) text += "but " + other + ", and case counts, ";
            out_.add(
                other.empty() ? gravity::warning : gravity::wrong,
                "property_missing",
                text + "so the column is always null",
                name
            );
        }
        one.values.report(out_);
    }

    // The path of a property that differs from the name of a column in case only.
    std::string other_case_of(std::string_view name) const {
        for (auto& [path, count] : dropped_) {
            if (equals_ignoring_case(path, "$." + std::string(name))) return printable(path);
        }
        return {};
    }

    void report_dropped(const std::string& path, std::size_t count) {
        auto text = printable(path) + ": in " + std::to_string(count) + " of " +
                    std::to_string(out_.records) + " records, and not stored: no " +
                    (table_.mapping ? "path of the mapping takes it" : "column has this name");
        if (!table_.mapping) {
            auto name = path.substr(std::min<std::size_t>(2, path.size()));
            for (auto& one : table_.columns) {
                if (equals_ignoring_case(one.name, name)) text += "; " + one.name + " is not it";
            }
        }
        out_.add(gravity::warning, "property_dropped", std::move(text));
    }

    static constexpr std::size_t most_dropped = 100;

    const table_facts& table_;
    comparison& out_;
    std::vector<path_plan> plans_;
    std::vector<std::string> names_;  // The columns of plans_, with a mapping.
    bool reads_everything_ = false;
    std::size_t others_ = 0;
    std::map<std::string, std::size_t> dropped_;
};

}  // namespace

// The service leaves lines out that are not an object.
static void read_lines(
    const sample& what,
    const std::function<void(const json::value&, std::size_t)>& take,
    comparison& out
) {
    auto lines = split(what.bytes, '\n');
    if (what.is_cut) lines.pop_back();
    json::parse_options options;
    options.max_depth = most_json_levels;
    std::size_t number = 0, bad = 0, first_bad = 0;
    for (auto line : lines) {
        ++number;
        auto text = trimmed(line);
        if (text.empty()) continue;
        boost::system::error_code error;
        auto value = json::parse({text.data(), text.size()}, error, {}, options);
        if (!error && value.is_object()) {
            take(value, number);
        } else if (bad++ == 0) {
            first_bad = number;
        }
    }
    if (bad == 0) return;
    out.add(
        gravity::wrong,
        "line_ignored",
        counted(bad, "line") + by_number(bad, " is", " are") + " not one object of JSON, " +
            by_number(bad, "line ", "such as line ") + std::to_string(first_bad) +
            ": the service leaves " + by_number(bad, "it", "them") +
            " out; for records over several lines use format multijson"
    );
}

void compare_objects(const sample& what, bool is_multi, const table_facts& table, comparison& out) {
    object_comparison compared(table, out);
    if (is_multi) {
        std::size_t number = 0;
        auto take = [&](const json::value& value) { compared.add(value, ++number); };
        auto wrong = read_json_values(what.bytes, what.is_cut, take);
        if (wrong) {
            auto text = *wrong + ": the service refuses the file (BadRequest_InvalidBlob)";
            out.add(gravity::wrong, "not_json", std::move(text));
        }
    } else {
        auto take = [&](const json::value& value, std::size_t line) { compared.add(value, line); };
        read_lines(what, take, out);
    }
    compared.report();
}

}  // namespace kustodrop::daemon
