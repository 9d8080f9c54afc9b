#pragma once

#include "base/result.hpp"
#include "daemon/exit_code.hpp"

#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// Prints the steps of `check`, a line each, and remembers what the first failure means for the
/// exit code.
class step_printer {
public:
    void good(std::string_view step, const std::string& detail);
    void bad(std::string_view step, const failure& problem);
    void bad(std::string_view step, const std::string& detail, int code);

    /// One that nobody can answer for because of an earlier failure.
    void skipped(std::string_view step, const std::string& why);

    int code() const { return code_; }

private:
    void remember(int code);
    int code_ = all_well;
};

}  // namespace kustodrop::daemon
