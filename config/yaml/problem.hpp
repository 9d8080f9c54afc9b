#pragma once

#include <string>

namespace kustodrop::config {

/// One thing that is wrong with a configuration. No secret's text is ever in it.
struct problem {
    std::string file;
    int line = 1;         // From 1.
    int column = 1;       // From 1, in bytes.
    std::string key;      // "watches[0].format"; empty for what is wrong with the file as a whole.
    std::string message;  // One line: what is wrong, what is allowed.
    bool warning = false;
    friend bool operator==(const problem&, const problem&) = default;
};

/// "file:line:column: key: what is wrong, what is allowed"; a warning says so after its place.
std::string to_string(const problem&);

}  // namespace kustodrop::config
