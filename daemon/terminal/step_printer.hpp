#pragma once

#include "base/result.hpp"
#include "daemon/exit_code.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::daemon {

/// Prints the steps of `check`, a line each as it is taken, or keeps them for to_json(). Remembers
/// what the first failure means for the exit code.
class step_printer {
public:
    /// `quiet`: prints nothing. `verbose`: gathers nothing.
    explicit step_printer(bool quiet = false, bool verbose = false)
        : quiet_(quiet), verbose_(verbose) {}

    /// The steps that follow are of this cluster, and named so. Empty: there is only one.
    void begin_cluster(std::string_view name) {
        before_ = name.empty() ? std::string() : std::string(name) + ": ";
    }

    /// What a step found: what it looked at, and what it may have in common with others.
    struct described {
        std::string name;
        std::string common;
    };

    void good(std::string_view step, const std::string& detail);
    void good(std::string_view step, const described& detail);
    void bad(std::string_view step, const failure& problem);
    void bad(std::string_view step, const std::string& detail, int code);

    /// A step that could not run because of an earlier failure.
    void skipped(std::string_view step, const std::string& why);

    /// From here to print_gathered(), steps that succeed are gathered by their names
    /// without what follows the last blank, and each kind is printed in one line. What fails is
    /// printed at once, but steps of one name that fail by the same code are only counted.
    void gather() { is_gathering_ = !verbose_; }
    void print_gathered();

    int code() const { return code_; }

    /// Everything as docs/json.md says. `hosts`: what a firewall must let through, and what for;
    /// `all_hosts`: whether these are all.
    std::string to_json(const std::map<std::string, std::string>& hosts, bool all_hosts) const;

private:
    struct taken {
        std::string step, result, code, detail;
    };
    struct gathered {
        std::string kind;
        std::vector<std::string> names;    // Without repetition.
        std::vector<std::string> commons;  // The same.
        std::size_t count = 0;
    };
    void take(const char* mark, taken one);
    void print(const char* mark, const taken& one) const;
    bool repeats(const taken& one);
    void add(std::string_view step, const std::string& common);
    void remember(int code);

    std::string before_ = {};  // Each step's name.
    bool quiet_;
    bool verbose_;
    bool is_gathering_ = false;
    std::vector<gathered> kinds_;
    std::map<std::pair<std::string, std::string>, std::size_t> repeated_;  // By step and code.
    std::vector<taken> steps_;
    int code_ = all_well;
};

}  // namespace kustodrop::daemon
