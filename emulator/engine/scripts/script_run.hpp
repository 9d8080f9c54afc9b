#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "emulator/engine/command_execution.hpp"
#include "emulator/engine/scripts/script.hpp"

#include <string>

namespace kustodrop::emulator {

struct script_parts {
    command_execution& engine;
    random_generator& random;
    wall_time now;
};

/// Carries out the commands of a script on the database, one after the other, and answers with a
/// row for each: OperationId, CommandType, CommandText, Result ("Completed", "Failed", "Skipped"),
/// Reason. What only shows something is skipped, and so is what follows the last command that is
/// run. Fails as the first failing command does where the script says so.
asio::awaitable<result<dataset>> run_script(script_parts with, std::string database, script what);

}  // namespace kustodrop::emulator
