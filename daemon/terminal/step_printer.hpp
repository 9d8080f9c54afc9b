#pragma once

#include "base/result.hpp"
#include "daemon/exit_code.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// Prints the steps of `check`, a line each as it is taken, or keeps them for to_json(). Remembers
/// what the first failure means for the exit code.
class step_printer {
public:
    explicit step_printer(bool quiet = false) : quiet_(quiet) {}

    void good(std::string_view step, const std::string& detail);
    void bad(std::string_view step, const failure& problem);
    void bad(std::string_view step, const std::string& detail, int code);

    /// A step that could not run because of an earlier failure.
    void skipped(std::string_view step, const std::string& why);

    int code() const { return code_; }

    /// Everything as docs/json.md says. `hosts`: what a firewall must let through, and what for;
    /// `all_hosts`: whether these are all.
    std::string to_json(const std::map<std::string, std::string>& hosts, bool all_hosts) const;

private:
    struct taken {
        std::string step, result, code, detail;
    };
    void take(const char* mark, taken one);
    void remember(int code);

    bool quiet_;
    std::vector<taken> steps_;
    int code_ = all_well;
};

}  // namespace kustodrop::daemon
