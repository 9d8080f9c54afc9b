#pragma once

#include <string>
#include <vector>

namespace kustodrop::daemon {

struct infer_options {
    std::vector<std::string> paths;
    std::string table = "Table1";
    std::string mapping;  // Empty: made of table and format.
    std::string format;   // Empty: found out.
    std::string header;   // "yes" or "no"; empty: found out.
    bool json = false;
};

/// Prints the commands that create a table and a mapping for samples.
int command_infer(const infer_options& options);

}  // namespace kustodrop::daemon
