#include "config/effective.hpp"

#include "base/text.hpp"
#include "config/clusters.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/keys/watch/watch_rules.hpp"

#include <algorithm>

namespace kustodrop::config {

namespace {

// Where a section lies: in the configuration, and in its own file.
struct position {
    std::string path;   // "watches[3].cut".
    std::string place;  // "FILE:watches[0].cut".
    position below(std::string_view name) const {
        auto inner = [&](const std::string& outer, bool first) {
            return first ? outer + std::string(name) : outer + "." + std::string(name);
        };
        return {inner(path, path.empty()), inner(place, place.ends_with(':'))};
    }
};

// Whether a text in quotes is one reference without a default: "${env:NAME}".
bool is_reference(std::string_view text) {
    return text.starts_with("\"${") && text.ends_with("}\"") && text.find('}') == text.size() - 2 &&
           text.find(":-") == std::string_view::npos;
}

class listing {
public:
    explicit listing(const loaded& from) : from_(from) {}

    template <class T>
    void add(const key<T>& one, const T& values, const position& at) {
        auto here = at.below(one.facts.name);
        if (one.facts.form == form::section) {
            for (auto& sub : one.keys) add(sub, values, here);
        } else if (one.facts.form == form::section_map) {
            add_clusters();
        } else if (one.facts.form != form::section_list) {
            out.push_back(value_of(one, values, here));
        } else {
            add_watches();
        }
    }

    std::vector<effective_value> out;

private:
    template <class T>
    effective_value value_of(const key<T>& one, const T& values, const position& here) const {
        auto given = from_.origins.values.find(here.place);
        bool is_given = given != from_.origins.values.end();
        effective_value row{here.path, one.show ? one.show(values) : "", "default"};
        if (!is_given) return row;
        auto& origin = given->second;
        row.from = printable(origin.file) + ":" + std::to_string(origin.line) + ":" +
                   std::to_string(origin.column);
        bool is_as_written = origin.is_from_outside || is_unresolved(here);
        if (is_as_written && !one.may_hold_secret) row.value = origin.written;
        if (one.may_hold_secret) row.value = without_value(row.value, here, origin.written);
        return row;
    }

    // Of a key that may hold a secret: what this machine lacks has no value here, and a key that
    // its section does not use is not read. A reference alone gives nothing away.
    std::string without_value(
        const std::string& shown, const position& here, const std::string& written
    ) const {
        auto* lacking = problem_of(here);
        bool is_named = is_reference(written);
        if (!lacking) return shown == yaml_text("") && is_named ? written : shown;
        bool is_unset = lacking->message.find("not set") != std::string::npos;
        std::string note = is_unset ? "(not set)" : "(cannot be read)";
        auto reference = is_named ? written.substr(1, written.size() - 2) + " " : std::string();
        return yaml_text(reference + note);
    }

    // It keeps its default, because this machine lacks what the value refers to.
    bool is_unresolved(const position& here) const { return problem_of(here) != nullptr; }

    const problem* problem_of(const position& here) const {
        auto first = std::ranges::find_if(from_.problems, [&](const problem& found) {
            auto place = found.file + ":" + found.key;
            bool is_it = place == here.place || place.starts_with(here.place + "[");
            return is_it && found.message.find(not_checked) != std::string::npos;
        });
        return first == from_.problems.end() ? nullptr : &*first;
    }

    // Settings that come from no file have no places.
    static std::string place_of(const std::vector<std::string>& places, std::size_t index) {
        return index < places.size() ? places[index] : std::string();
    }

    static bool is_default(const effective_value& row) { return row.from == "default"; }

    void add_clusters() {
        auto& clusters = from_.values.clusters;
        for (std::size_t i = 0; i < clusters.size(); ++i) {
            auto values = settings_at(from_.values, clusters[i].name);
            position at{"clusters." + clusters[i].name, place_of(from_.origins.clusters, i)};
            for (auto& one : cluster_section().keys) add(one, values, at);
            add(auth_section(), values, at);
        }
    }

    void add_watches() {
        auto& watches = from_.values.watches;
        for (std::size_t i = 0; i < watches.size(); ++i) {
            position at{"watches[" + std::to_string(i) + "]", place_of(from_.origins.watches, i)};
            for (auto& one : watch_keys()) {
                auto first = out.size();
                add(one, watches[i], at);
                if (has_meaning(watches[i], one.facts.name)) continue;
                auto begin = out.begin() + static_cast<std::ptrdiff_t>(first);
                out.erase(std::remove_if(begin, out.end(), is_default), out.end());
            }
        }
    }

    const loaded& from_;
};

}  // namespace

std::vector<effective_value> effective_values(const loaded& from) {
    listing all(from);
    position root{"", from.file + ":"};
    bool several = !from.values.clusters.empty();
    for (auto& one : root_keys()) {
        bool is_of_single = one.facts.name == "cluster" || one.facts.name == "auth";
        if (!several || !is_of_single) all.add(one, from.values, root);
    }
    return std::move(all.out);
}

// "watches[0].cut.max_age" as {"watches", "- 0", "cut", "max_age"}.
static std::vector<std::string> steps_of(const std::string& key) {
    std::vector<std::string> out;
    for (auto part : split(key, '.')) {
        auto bracket = part.find('[');
        out.emplace_back(part.substr(0, bracket));
        if (bracket != std::string_view::npos) {
            out.push_back("- " + std::string(part.substr(bracket + 1)));
        }
    }
    return out;
}

std::string effective_yaml(const std::vector<effective_value>& values) {
    static constexpr std::size_t column_of_places = 60;
    std::string out;
    std::vector<std::string> open;  // The sections that lines belong to now.
    for (auto& one : values) {
        auto steps = steps_of(one.key);
        auto name = steps.back();
        steps.pop_back();
        auto same = std::mismatch(open.begin(), open.end(), steps.begin(), steps.end()).second;
        auto known = static_cast<std::size_t>(same - steps.begin());
        std::string indentation(2 * known, ' ');
        bool begins_item = false;
        for (auto at = known; at < steps.size(); ++at, indentation += "  ") {
            begins_item = steps[at].starts_with("- ");
            if (!begins_item) out += indentation + steps[at] + ":\n";
        }
        open = std::move(steps);
        if (begins_item) indentation.replace(indentation.size() - 2, 2, "- ");
        auto line = indentation + name + ": " + one.value;
        if (one.from != "default") {
            line.resize(std::max(line.size() + 2, column_of_places), ' ');
            line += "# " + one.from;
        }
        out += line + "\n";
    }
    return out;
}

}  // namespace kustodrop::config
