#pragma once

#include "pipeline/watch/kept_files.hpp"
#include "pipeline/watch/target_gates.hpp"
#include "pipeline/watch/target_history.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "pipeline/watch/watch_routes.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/following/keeping/kept_ranges.hpp"
#include "spool/following/keeping/spilled_ranges.hpp"
#include "spool/following/looking/open_logs.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// How a watch has its folder open. Written by what opens the folder: the intake of a running
/// watch, or a command that does without one.
struct open_folder {
    std::shared_ptr<spool::drop_folder> folder;  // Null while the folder is absent.
    bool in_place = false;   // Files are recorded where they are instead of being moved to work/.
    bool read_only = false;  // And they stay there, for the folder cannot be changed.
    bool follows_growth = true;  // What is added to a claimed file is shipped as well.
    // Of a watch that follows logs: their files; they stay where they are.
    std::shared_ptr<const spool::open_logs> logs;
    // And the ranges of them that failed, in the state directory.
    std::shared_ptr<const spool::kept_ranges> ranges;
    // And those whose logs were about to be let go of.
    std::shared_ptr<const spool::spilled_ranges> spilled;

    /// The open files of slices that are to be read. Blocking only for what was kept or spilled.
    std::vector<std::shared_ptr<const spool::descriptor>> files_of(
        const std::vector<spool::slice>& slices
    ) const;
};

/// A watch at work. Each member has one writer: the intake has the options, the folder and the
/// history of targets; the gates and the kept files are changed through their own functions.
struct watch : open_folder {
    explicit watch(watch_options configured) : options(std::move(configured)), routes(options) {}

    watch_options options;
    watch_routes routes;  // Of these options.
    target_history former_targets;
    target_gates gates;
    kept_files kept;

    /// The watch obeys other options from now on.
    void set_options(watch_options wanted) {
        options = std::move(wanted);
        routes = watch_routes(options);
    }

    /// Where this source's next message is sent; nothing: route and allow give it no target, and
    /// it waits. What a route has once decided stays, whatever the configuration says by now.
    std::optional<target> target_for(const spool::source& what) const {
        if (auto routed = target_of(what.target, options.target)) return routed;
        auto* former = former_targets.find(what.target);
        if (options.route) {
            if (former) return *former;
            return routed_now(what);
        }
        if (what.ambiguous_posts == 0 || what.target == options.target.name()) {
            return options.target;
        }
        return former ? *former : options.target;
    }

    /// What the route says of its files today, which all have the same target.
    std::optional<target> routed_now(const spool::source& what) const {
        if (what.slices.empty()) return std::nullopt;
        auto made = routes.decide(what.slices.front().name);
        auto* where = std::get_if<target>(&made);
        return where ? std::optional(*where) : std::nullopt;
    }

    /// As `source::target` records it; empty: it has none now.
    std::string recorded_target(const spool::source& what) const {
        if (!routes.are_by_path()) return options.target.name();
        return what.slices.empty() ? std::string() : routes.recorded(what.slices.front().name);
    }

    /// What a target is recorded as, of this watch.
    std::string name_of(const target& where) const {
        return options.route ? destination_of(where) : where.name();
    }
};

/// All watches by name. A watch keeps its place in memory. While a loop over them awaits something,
/// one may be renamed: such a loop goes through names().
class watch_table {
public:
    watch& add(watch_options options) {
        auto name = options.name;
        return watches_.insert_or_assign(name, watch(std::move(options))).first->second;
    }
    watch* find(std::string_view name) {
        auto found = watches_.find(name);
        return found == watches_.end() ? nullptr : &found->second;
    }

    /// The watch keeps its place in memory. `to` is not the name of another one.
    void rename(const std::string& from, const std::string& to) {
        auto found = watches_.extract(from);
        if (!found) return;
        found.key() = to;
        found.mapped().options.name = to;
        watches_.insert(std::move(found));
    }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (auto& [name, one] : watches_) out.push_back(name);
        return out;
    }
    auto begin() { return watches_.begin(); }
    auto end() { return watches_.end(); }

private:
    std::map<std::string, watch, std::less<>> watches_;
};

}  // namespace kustodrop::pipeline
