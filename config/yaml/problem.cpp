#include "config/yaml/problem.hpp"

#include "base/text.hpp"

namespace kustodrop::config {

std::string to_string(const problem& problem) {
    auto place = printable(problem.file) + ":" + std::to_string(problem.line) + ":" +
                 std::to_string(problem.column) + ": ";
    if (problem.warning) place += "warning: ";
    if (!problem.key.empty()) place += problem.key + ": ";
    return place + problem.message;
}

}  // namespace kustodrop::config
