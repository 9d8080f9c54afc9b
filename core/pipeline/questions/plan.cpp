#include "pipeline/questions/plan.hpp"

#include "pipeline/intake/grouping.hpp"
#include "pipeline/watch/watch_routes.hpp"
#include "spool/following/looking/log_names.hpp"
#include "spool/watching/name_rules.hpp"

#include <algorithm>
#include <map>

namespace kustodrop::pipeline {

using spool::sighting;

static std::string reason_to_leave(
    const plan_facts& facts,
    watch_routes& routes,
    const spool::name_rules& rules,
    const std::map<std::string, const sighting*>& markers,
    const sighting& seen
) {
    auto& watch = facts.watch;
    bool follows = watch.kind == watch_kind::follow;
    auto ignored = follows
                       ? spool::log_names({watch.include, watch.exclude, ""}, watch.follow.rotated)
                             .ignored_because(seen.name)
                       : rules.ignored_because(seen.name);
    if (ignored) return *ignored;
    if (seen.kind != spool::file_kind::regular) {
        return "it is a " + std::string(to_string(seen.kind)) + ", not a file";
    }
    auto known = facts.dealt_with.find(seen.name);
    if (known != facts.dealt_with.end()) return known->second;
    if (seen.links > 1 && !follows) return "other names lead to the same file";
    if (!seen.readable) return "this user may not read it";
    auto made = routes.decide(seen.name);
    if (auto* refused = std::get_if<route_refusal>(&made)) return refused->detail;
    if (auto& marker = facts.watch.done_marker; !marker.empty()) {
        auto found = markers.find(seen.name + marker);
        if (found == markers.end()) return seen.name + marker + " is not there";
        if (!spool::marks(*found->second, seen)) return found->first + " is older than the file";
    }
    auto admitted = routes.admit(seen.name);
    auto* refused = std::get_if<route_refusal>(&admitted);
    return refused ? refused->detail : "";
}

watch_plan plan(const plan_facts& facts) {
    watch_plan out;
    out.watch = facts.watch.name;
    out.path = facts.watch.path;
    out.target = facts.watch.target.name();
    out.cluster = facts.watch.cluster;
    out.format = kusto::to_string(facts.watch.target.format);
    out.truncated = facts.truncated;
    spool::name_rules rules({facts.watch.include, facts.watch.exclude, facts.watch.done_marker});
    std::map<std::string, const sighting*> markers;
    for (auto& seen : facts.files) {
        if (rules.marked_by(seen.name)) markers.emplace(seen.name, &seen);
    }
    auto files = facts.files;
    // The oldest first, as the daemon takes them.
    std::ranges::stable_sort(files, {}, [](auto& seen) { return seen.identity.modified_ns; });
    watch_routes routes(facts.watch);
    routes.meet(facts.met_targets);
    std::vector<listed_file> shipped;
    std::map<std::string, std::uint64_t> sizes;
    for (auto& seen : files) {
        if (seen.kind == spool::file_kind::folder || markers.contains(seen.name)) continue;
        auto why = reason_to_leave(facts, routes, rules, markers, seen);
        planned_file file{seen.name, seen.identity.size_bytes, why};
        if (!why.empty()) {
            out.left.push_back(std::move(file));
            continue;
        }
        sizes[file.name] = file.size_bytes;
        shipped.push_back({file.name, file.size_bytes});
    }
    for (auto& together : group(shipped, facts.watch)) {
        auto& source = out.sources.emplace_back();
        source.target = shown_target(routes.recorded(together.front()));
        for (auto& name : together) {
            source.size_bytes += sizes[name];
            source.files.push_back({name, sizes[name], ""});
        }
    }
    return out;
}

}  // namespace kustodrop::pipeline
