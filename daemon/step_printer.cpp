#include "daemon/step_printer.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "daemon/program.hpp"

#include <algorithm>
#include <cstdio>

namespace kustodrop::daemon {

static void print(const char* mark, std::string_view step, const std::string& detail) {
    auto name = std::string(step);
    name.resize(std::max<std::size_t>(name.size(), 26), ' ');
    auto line = without_secrets(printable(detail));
    std::printf("%s  %s %s\n", mark, name.c_str(), line.c_str());
    std::fflush(stdout);
}

void step_printer::remember(int code) {
    if (code_ == all_well) code_ = code;
}

void step_printer::good(std::string_view step, const std::string& detail) {
    print("ok  ", step, detail);
}

void step_printer::bad(std::string_view step, const failure& problem) {
    print("FAIL", step, problem.code + ": " + problem.detail);
    remember(exit_code_for(problem));
}

void step_printer::bad(std::string_view step, const std::string& detail, int code) {
    print("FAIL", step, detail);
    remember(code);
}

void step_printer::skipped(std::string_view step, const std::string& why) {
    print("-   ", step, why);
}

}  // namespace kustodrop::daemon
