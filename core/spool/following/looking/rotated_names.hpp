#pragma once

#include <string>
#include <vector>

namespace kustodrop::spool {

/// How rotated logs are known by their names.
struct rotated_names {
    enum class way { automatic, off, listed };
    way by = way::automatic;
    std::vector<std::string> patterns = {};  // With `listed`: globs, as in name_rule_options.

    friend bool operator==(const rotated_names&, const rotated_names&) = default;
};

}  // namespace kustodrop::spool
