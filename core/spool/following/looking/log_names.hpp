#pragma once

#include "spool/following/looking/rotated_names.hpp"
#include "spool/watching/name_rules.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// What the name of a file says about the log in it.
struct log_name {
    std::string family;  // The name that is written to; its own, or the one it was rotated from.
    bool rotated = false;
    bool compressed = false;  // By gzip, as its ending says.
    // It may as well be a live log of its own: the log that it was rotated from, as it seems, is in
    // a folder above, and its name is one that is followed.
    bool may_be_live = false;

    friend bool operator==(const log_name&, const log_name&) = default;
};

/// Which names are those of logs, live or rotated. By `automatic` the live name of "app.log.1",
/// "app.log-20261129" and "app-2026-11-29.log" is "app.log", and so with ".gz" behind; patterns
/// name rotated ones in another way. Files of other compressions are left out. Pure.
class log_names {
public:
    log_names() = default;
    explicit log_names(name_rule_options rules, rotated_names rotated = {});

    /// Whether the name can be one of a log at all, for a first choice.
    bool may_be_log(std::string_view name) const;

    /// The logs among all names of a folder, relative to the watch's. A rotated one without a live
    /// name in its own folder is of the log with that name in the nearest folder above, or else in
    /// the only other one that has it: rotators have folders for old logs. `known`: families of
    /// logs that need not have a file with their live name.
    std::map<std::string, log_name> sort(
        const std::vector<std::string>& names, const std::set<std::string>& known = {}
    ) const;

    /// Why the file of this name is not followed, for `explain`; nothing if it is.
    std::optional<std::string> ignored_because(std::string_view name) const;

private:
    std::optional<std::string> live_name_of(std::string_view rotated) const;
    bool is_listed(std::string_view name) const;
    void sort_one(
        const std::string& name,
        const std::set<std::string_view>& all,
        std::map<std::string, log_name>& out
    ) const;
    void find_copied(std::map<std::string, log_name>& logs, const std::set<std::string>& known)
        const;
    void find_families(std::map<std::string, log_name>& logs, const std::set<std::string>& known)
        const;
    void sort_listed(const std::vector<std::string>& names, std::map<std::string, log_name>& out)
        const;

    name_rules rules_;
    rotated_names::way by_ = rotated_names::way::automatic;
    name_rules listed_;  // Those of the patterns.
};

}  // namespace kustodrop::spool
