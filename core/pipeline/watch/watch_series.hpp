#pragma once

#include "base/metrics.hpp"

#include <string>

namespace kustodrop::pipeline {

/// What was counted under the former name of a watch belongs to the new one, so that the files of
/// each watch still add up. The former series begin at 0 again.
void move_series(metrics& measured, const std::string& from, const std::string& to);

}  // namespace kustodrop::pipeline
