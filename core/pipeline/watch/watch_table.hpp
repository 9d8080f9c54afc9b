#pragma once

#include "pipeline/watch/kept_files.hpp"
#include "pipeline/watch/target_gate.hpp"
#include "pipeline/watch/target_history.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/following/looking/open_logs.hpp"

#include <map>
#include <memory>
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
};

/// A watch at work. Each member has one writer: the intake has the options, the folder and the
/// history of targets; the gate and the kept files are changed through their own functions.
struct watch : open_folder {
    explicit watch(watch_options configured) : options(std::move(configured)) {}

    watch_options options;
    target_history former_targets;
    target_gate gate;
    kept_files kept;

    /// Where this source's next message is sent.
    const target& target_for(const spool::source& what) const {
        if (what.ambiguous_posts == 0 || what.target == options.target.name()) {
            return options.target;
        }
        auto* former = former_targets.find(what.target);
        return former ? *former : options.target;
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
