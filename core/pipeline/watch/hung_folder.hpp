#pragma once

#include "base/result.hpp"

namespace kustodrop::pipeline {

/// The failure of what waits for a folder that does not answer.
inline failure folder_hangs() {
    return {
        errc::timeout,
        remedy::retry,
        "the watched folder does not answer: what was asked of it does not return"};
}

}  // namespace kustodrop::pipeline
