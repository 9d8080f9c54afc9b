#pragma once

#include "spool/source/place.hpp"

#include <string>

namespace kustodrop::test {

/// Where a claimed file of that name lies, relative to the watch's folder.
inline std::string in_work(const std::string& name) {
    return std::string(spool::work_folder) + '/' + name;
}

}  // namespace kustodrop::test
