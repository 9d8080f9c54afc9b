#pragma once

#include <cstdio>
#include <string>

namespace kustodrop::daemon {

/// Writes text for people. On a terminal its lines are divided at blanks to what is its width now;
/// elsewhere they stay as they are.
void put_text(const std::string& text, std::FILE* to = stdout);

/// What became of what was written to standard output.
enum class output_end { whole, lost, closed };

/// Writes what is left of it. "closed": its reader went away, as `head` does.
output_end finish_output();

/// What a command ends with that would end with `code`: lost output is an error where the command
/// has no other. Pure.
int exit_code_after(int code, output_end end);

/// Both, with a message on standard error where output is lost.
int end_with(int code);

}  // namespace kustodrop::daemon
