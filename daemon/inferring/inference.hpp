#pragma once

#include "daemon/inferring/found_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

struct infer_rules {
    std::optional<std::string> format;  // csv tsv scsv psv sohsv json multijson; else found out.
    std::optional<bool> has_header;     // Else found out.
};

/// What the samples say; each begins where its file does.
inference infer(const std::vector<sample>& samples, const infer_rules& rules);

}  // namespace kustodrop::daemon
