#include "daemon/comparing/finding.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::daemon {

void comparison::add(
    daemon::gravity gravity, std::string code, std::string text, std::string column
) {
    findings.push_back({gravity, std::move(code), std::move(text), std::move(column)});
}

bool comparison::fits() const {
    auto is_wrong = [](auto& one) { return one.gravity == gravity::wrong; };
    return problem.empty() && std::ranges::none_of(findings, is_wrong);
}

std::string to_string(gravity how) {
    if (how == gravity::wrong) return "wrong";
    return how == gravity::warning ? "warning" : "note";
}

}  // namespace kustodrop::daemon
