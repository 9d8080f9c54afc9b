#pragma once

#include "pipeline/watch/pausing.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/folder/drop_folder.hpp"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace kustodrop::pipeline {

/// A watch at work: what it obeys, and its folder while that is open.
struct watch {
    watch_options options;
    std::shared_ptr<spool::drop_folder> folder;  // Null while the folder is absent.

    // Files that were dealt with and stay in the folder, by name: not shipped again while they
    // stay the same.
    std::map<std::string, spool::file_identity, std::less<>> kept = {};
    // Those that came since the scan began, which it perhaps could not see.
    std::set<std::string, std::less<>> newly_kept = {};

    void keep(const std::string& name, const spool::file_identity& identity) {
        kept.insert_or_assign(name, identity);
        newly_kept.insert(name);
    }

    // Files are recorded where they are instead of being moved to work/; then these are the names
    // that are on their way. In a folder that is not ours to change they stay for good.
    bool in_place = false;
    bool read_only = false;
    std::set<std::string, std::less<>> on_their_way = {};

    // Targets that it had before a reload, by name: a post that may have been taken is repeated to
    // the table that it went to.
    std::map<std::string, target, std::less<>> former_targets = {};
    wall_time target_since{};  // When a reload brought the present one; the epoch: none did.

    /// Where this source's next message goes.
    const target& target_for(const spool::source& what) const {
        if (what.ambiguous_posts == 0 || what.target == options.target.name()) {
            return options.target;
        }
        auto former = former_targets.find(what.target);
        return former == former_targets.end() ? options.target : former->second;
    }

    pipeline::pausing pausing{};
    std::deque<std::string> held = {};  // Sources that wait until the target is right.
};

/// All watches by name. A watch keeps its place in memory.
class watch_table {
public:
    watch& add(watch_options options) {
        auto name = options.name;
        return watches_.insert_or_assign(name, watch{std::move(options), nullptr}).first->second;
    }
    watch* find(std::string_view name) {
        auto found = watches_.find(name);
        return found == watches_.end() ? nullptr : &found->second;
    }
    auto begin() { return watches_.begin(); }
    auto end() { return watches_.end(); }

private:
    std::map<std::string, watch, std::less<>> watches_;
};

}  // namespace kustodrop::pipeline
