#pragma once

#include "config/changes.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// What became of a reload: the new configuration was taken whole, or the old one is kept whole.
struct reload_report {
    bool taken = false;
    std::vector<std::string> problems;  // "file:line:column: key: what"; warnings when taken.
    config::changes changed;
};

/// {"taken": true, "problems": […], "added": […], "removed": […], "changed": […], "moved": […],
/// "keys": […], "at_restart": […]}
std::string reload_json(const reload_report& done);

/// The reverse. Throws if the text is something else.
reload_report parse_reload_report(const std::string& json);

/// For people: one line each.
std::string reload_text(const reload_report& done);

}  // namespace kustodrop::daemon
