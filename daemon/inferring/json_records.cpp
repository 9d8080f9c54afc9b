#include "daemon/inferring/json_records.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "daemon/inferring/json_values.hpp"

#include <boost/json.hpp>

#include <map>
#include <set>

namespace kustodrop::daemon {

namespace json = boost::json;

namespace {

// Kusto takes numbers of JSON as they are, texts only as dates, times and ids.
value_type type_of_text(std::string_view text) {
    auto found = type_of(text);
    bool has_own_form =
        found == value_type::datetime || found == value_type::timespan || found == value_type::guid;
    return has_own_form ? found : value_type::text;
}

class gatherer {
public:
    void add(const json::value& value) {
        auto* object = value.if_object();
        if (!object) {
            ++others_;
            return;
        }
        ++records_;
        for (auto& [key, one] : *object) {
            auto [at, is_new] = values_.try_emplace(std::string(key));
            if (is_new) order_.push_back(at->first);
            see(one, at->second);
        }
    }

    inference result(std::string_view format, bool is_cut) {
        inference out;
        out.format = format;
        out.records = records_;
        if (records_ == 0) {
            out.problem = others_ > 0 ? "its records are values without names, not objects: use "
                                        "format txt or raw, or make objects of them"
                          : is_cut    ? "it holds no whole record in the part that is looked at"
                                      : "it holds no record";
            return out;
        }
        if (order_.empty()) {
            out.problem = "no property is in its records";
            return out;
        }
        if (others_ > 0) {
            out.notes.push_back(
                counted(others_, "record") + by_number(
                                                 others_,
                                                 " is a value without a name: it has no column",
                                                 " are values without names: they have no column"
                                             )
            );
        }
        std::set<std::string> taken;
        for (std::size_t at = 0; at < order_.size(); ++at) {
            out.columns.push_back(column_of(at, taken, out.notes));
        }
        return out;
    }

private:
    static void see(const json::value& value, seen_values& into) {
        switch (value.kind()) {
        case json::kind::null:
            return;
        case json::kind::bool_:
            return into.add(value_type::boolean);
        case json::kind::int64:
            return into.add(std::string_view(std::to_string(value.get_int64())));
        case json::kind::uint64:
            return into.add(std::string_view(std::to_string(value.get_uint64())));
        case json::kind::double_:
            into.add_real(value.get_double());
            return;
        case json::kind::string:
            into.has_ambiguous_dates =
                into.has_ambiguous_dates || is_ambiguous_date(value.get_string());
            return into.add(type_of_text(value.get_string()));
        case json::kind::array:
        case json::kind::object:
            return into.add(value_type::dynamic);
        }
    }

    // "$.name", or "$['a.b']" where the name would be read as a path.
    static std::string path_of(std::string_view key) {
        static constexpr std::string_view plain =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
        bool is_plain = !key.empty() && key.find_first_not_of(plain) == std::string_view::npos;
        if (is_plain) return "$." + std::string(key);
        std::string quoted;
        for (char c : key) {
            if (c == '\'' || c == '\\') quoted += '\\';
            quoted += c;
        }
        return "$['" + quoted + "']";
    }

    inferred_column column_of(
        std::size_t at, std::set<std::string>& taken, std::vector<std::string>& notes
    ) {
        auto& key = order_[at];
        auto& seen = values_[key];
        inferred_column out{column_name(key, at + 1), seen.column_type(), path_of(key), key};
        auto base = out.name;
        for (int number = 2; !taken.insert(to_lower(out.name)).second; ++number) {
            out.name = base + "_" + std::to_string(number);
        }
        note_doubts(out, seen, notes);
        bool is_odd = key.find_first_of("'\\[]\"") != std::string::npos;
        if (is_odd) {
            notes.push_back(
                out.name + ": its key is " + key +
                ", which a path may not find: look whether the "
                "column is filled"
            );
        }
        return out;
    }

    std::size_t records_ = 0;
    std::size_t others_ = 0;
    std::map<std::string, seen_values> values_;
    std::vector<std::string> order_;
};

}  // namespace

inference infer_json(const std::vector<sample>& samples, bool is_multi) {
    gatherer all;
    bool is_cut = false;
    for (auto& one : samples) {
        is_cut = is_cut || one.is_cut;
        auto add = [&all](const json::value& value) { all.add(value); };
        auto wrong = read_json_values(one.bytes, one.is_cut, add);
        if (!wrong) continue;
        inference out;
        out.format = is_multi ? "multijson" : "json";
        out.problem = one.name + ": " + *wrong;
        return out;
    }
    return all.result(is_multi ? "multijson" : "json", is_cut);
}

}  // namespace kustodrop::daemon
