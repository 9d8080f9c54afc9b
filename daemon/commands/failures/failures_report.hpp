#pragma once

#include "daemon/program.hpp"

#include <boost/json/fwd.hpp>

#include <string>

namespace kustodrop::daemon {

/// What lies in quarantine, as docs/json.md says (failures): of the watches that the running
/// daemon names, else of those of the configuration. Blocks. `context`: what follows the commands
/// in it. Fails only if neither of them is to be had.
result<boost::json::object> failures_report(
    const question_settings& asking, const std::string& context
);

/// The same for people.
std::string failures_text(const boost::json::object& report);

}  // namespace kustodrop::daemon
