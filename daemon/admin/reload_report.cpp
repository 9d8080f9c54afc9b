#include "daemon/admin/reload_report.hpp"

#include <boost/json.hpp>

namespace kustodrop::daemon {

namespace json = boost::json;

static json::array array_of(const std::vector<std::string>& items) {
    return json::array(items.begin(), items.end());
}

std::string reload_json(const reload_report& done) {
    auto& changed = done.changed;
    return json::serialize(json::object{
        {"taken", done.taken},
        {"problems", array_of(done.problems)},
        {"added", array_of(changed.added)},
        {"removed", array_of(changed.removed)},
        {"changed", array_of(changed.adjusted)},
        {"moved", array_of(changed.moved)},
        {"keys", array_of(changed.keys)},
        {"at_restart", array_of(changed.at_restart)}});
}

reload_report parse_reload_report(const std::string& text) {
    auto parsed = json::parse(text).as_object();
    auto list = [&](const char* name) {
        std::vector<std::string> out;
        for (auto& item : parsed.at(name).as_array()) out.emplace_back(item.as_string());
        return out;
    };
    reload_report out;
    out.taken = parsed.at("taken").as_bool();
    out.problems = list("problems");
    out.changed.added = list("added");
    out.changed.removed = list("removed");
    out.changed.adjusted = list("changed");
    out.changed.moved = list("moved");
    out.changed.keys = list("keys");
    out.changed.at_restart = list("at_restart");
    return out;
}

static std::string line(const std::string& title, const std::vector<std::string>& items) {
    if (items.empty()) return {};
    std::string out = title;
    for (auto& item : items) out += " " + item;
    return out + "\n";
}

std::string reload_text(const reload_report& done) {
    std::string out;
    for (auto& problem : done.problems) out += problem + "\n";
    if (!done.taken) return out + "the old configuration stays in force\n";
    auto& changed = done.changed;
    if (changed.empty()) return out + "taken: nothing has changed\n";
    out += "taken\n" + line("new watches:", changed.added);
    out += line("no longer watched, claimed files are finished:", changed.removed);
    out += line("changed watches:", changed.adjusted);
    out += line("watches of another folder, claimed files are finished first:", changed.moved);
    out += line("in force:", changed.keys);
    out += line("in force only after a restart:", changed.at_restart);
    return out;
}

}  // namespace kustodrop::daemon
