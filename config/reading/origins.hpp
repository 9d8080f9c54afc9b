#pragma once

#include <map>
#include <string>
#include <vector>

namespace kustodrop::config {

/// Where a value stands that was given.
struct origin {
    std::string file;
    int line = 1;  // Of the value.
    int column = 1;
    std::string written = {};      // The value as it is written, as YAML; may hold a secret.
    bool is_from_outside = false;  // A file or a credential is a part of it.
};

/// Where the values of a configuration come from, by place_key() of their sections. What is not
/// there has its default.
struct origins {
    std::map<std::string, origin> values;
    std::vector<std::string> watches;   // The place_key() of each watch's section, in order.
    std::vector<std::string> clusters;  // The same of `clusters`.
};

}  // namespace kustodrop::config
