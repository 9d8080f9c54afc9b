#include "daemon/inferring/json_records.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <map>
#include <optional>
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

    inference result(std::string_view format) {
        inference out;
        out.format = format;
        out.records = records_;
        if (records_ == 0) {
            out.problem = others_ > 0 ? "its records are values without names, not objects: use "
                                        "format txt or raw, or make objects of them"
                                      : "it holds no record";
            return out;
        }
        if (others_ > 0) {
            out.notes.push_back(
                std::to_string(others_) + " records are values without names: they have no column"
            );
        }
        std::set<std::string> taken;
        for (auto& key : order_) out.columns.push_back(column_of(key, taken, out.notes));
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
            return into.add(value_type::decimal);
        case json::kind::double_:
            return into.add(value_type::real);
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
        const std::string& key, std::set<std::string>& taken, std::vector<std::string>& notes
    ) {
        auto& seen = values_[key];
        inferred_column out{column_name(key, order_.size()), seen.type, path_of(key)};
        auto base = out.name;
        for (int number = 2; !taken.insert(to_lower(out.name)).second; ++number) {
            out.name = base + "_" + std::to_string(number);
        }
        note_doubts(out, seen, notes);
        return out;
    }

    std::size_t records_ = 0;
    std::size_t others_ = 0;
    std::map<std::string, seen_values> values_;
    std::vector<std::string> order_;
};

}  // namespace

std::optional<std::string> read_json_values(
    std::string_view text, bool is_cut, const std::function<void(const json::value&)>& take
) {
    while (!text.empty()) {
        auto skipped = text.find_first_not_of(" \t\r\n,");
        if (skipped == std::string_view::npos) return std::nullopt;
        text.remove_prefix(skipped);
        json::stream_parser parser;
        boost::system::error_code error;
        auto used = parser.write_some(text.data(), text.size(), error);
        if (!error && !parser.done()) parser.finish(error);
        if (error) {
            if (is_cut) return std::nullopt;
            return "it is not JSON: " + error.message();
        }
        auto value = parser.release();
        text.remove_prefix(used);
        auto* list = value.if_array();
        if (!list) {
            take(value);
            continue;
        }
        for (auto& one : *list) take(one);
    }
    return std::nullopt;
}

bool is_json_lines(std::string_view text, bool is_cut) {
    auto lines = split(text, '\n');
    if (is_cut && lines.size() > 1) lines.pop_back();
    for (auto line : lines) {
        auto one = trimmed(line);
        if (one.empty()) continue;
        boost::system::error_code error;
        auto value = json::parse({one.data(), one.size()}, error);
        if (error || value.is_array()) return false;
    }
    return true;
}

inference infer_json(const std::vector<sample>& samples, bool is_multi) {
    gatherer all;
    for (auto& one : samples) {
        auto add = [&all](const json::value& value) { all.add(value); };
        auto wrong = read_json_values(one.bytes, one.is_cut, add);
        if (!wrong) continue;
        inference out;
        out.format = is_multi ? "multijson" : "json";
        out.problem = one.name + ": " + *wrong;
        return out;
    }
    return all.result(is_multi ? "multijson" : "json");
}

}  // namespace kustodrop::daemon
