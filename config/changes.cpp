#include "config/changes.hpp"

#include "config/keys/table.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::config {

bool changes::empty() const { return *this == changes(); }

static void compare_watches(const settings& before, const settings& after, changes& found) {
    auto named = [](const settings& all, const std::string& name) {
        auto at = std::ranges::find(all.watches, name, &watch_options::name);
        return at == all.watches.end() ? nullptr : &*at;
    };
    for (auto& now : after.watches) {
        auto* then = named(before, now.name);
        if (then && then->kind != now.kind) {
            found.at_restart.push_back("watches." + now.name + ".mode");
        } else if (!then) {
            found.added.push_back(now.name);
        } else if (then->path != now.path || then->claim != now.claim) {
            found.moved.push_back(now.name);
        } else if (*then != now) {
            found.adjusted.push_back(now.name);
        }
    }
    for (auto& then : before.watches) {
        if (!named(after, then.name)) found.removed.push_back(then.name);
    }
}

static void adopt_key(
    const key<settings>& one,
    const std::string& section,
    settings& in_force,
    const settings& wanted,
    changes& found
) {
    auto path = section + std::string(one.facts.name);
    if (one.facts.form == form::section_list) return;  // Its watches are compared by name.
    if (one.facts.form == form::section) {
        for (auto& sub : one.keys) adopt_key(sub, path + ".", in_force, wanted, found);
    } else if (one.same(in_force, wanted)) {
        return;
    } else if (one.facts.effect == effect::restart) {
        found.at_restart.push_back(path);
    } else {
        found.keys.push_back(path);
        one.take(in_force, wanted);
    }
}

changes adopt(settings& in_force, const settings& wanted) {
    changes found;
    compare_watches(in_force, wanted, found);
    auto before = std::exchange(in_force.watches, wanted.watches);
    for (auto& now : in_force.watches) {
        auto then = std::ranges::find(before, now.name, &watch_options::name);
        // A watch of another kind begins with a restart.
        if (then != before.end() && then->kind != now.kind) now = *then;
    }
    for (auto& one : root_keys()) adopt_key(one, "", in_force, wanted, found);
    return found;
}

}  // namespace kustodrop::config
