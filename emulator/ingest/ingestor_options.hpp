#pragma once

#include "base/time.hpp"

#include <string>
#include <vector>

namespace kustodrop::emulator {

struct ingestor_options {
    duration batching = std::chrono::seconds(1);  // How long a batch waits before it is sealed.
    bool discard = false;                         // Counts rows without storing them.
    bool paused = false;
    std::string database_file;
    std::vector<std::string> tables;    // "Db.Table(col:type,…)"
    std::vector<std::string> mappings;  // "Db.Table.Name(Kind)=JSON"
    bool both_pass_in_one_window = true;
};

}  // namespace kustodrop::emulator
