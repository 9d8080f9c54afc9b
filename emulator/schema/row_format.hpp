#pragma once

#include "emulator/schema/schema.hpp"

#include <string>
#include <vector>

namespace kustodrop::emulator {

/// How the records of a blob become rows.
struct row_format {
    std::string format = "csv";
    mapping_kind kind = mapping_kind::csv;
    std::vector<mapping_column> mapping = {};  // Empty: columns go by their names or places.
    bool ignore_first_record = false;
    std::string source = {};  // What the transform SourceLocation gives.
};

}  // namespace kustodrop::emulator
