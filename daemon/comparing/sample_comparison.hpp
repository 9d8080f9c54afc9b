#pragma once

#include "daemon/comparing/finding.hpp"
#include "daemon/comparing/table_facts.hpp"
#include "daemon/inferring/found_table.hpp"

#include <string>

/// How a sample of a watch's files fits into its table. Pure.
namespace kustodrop::daemon {

/// How the watch sends its files.
struct sample_rules {
    std::string format = "csv";
    bool ignores_first_record = false;
    bool never_has_header = false;  // The daemon makes the rows itself.
};

comparison compare(const sample& what, const sample_rules& rules, const table_facts& table);

}  // namespace kustodrop::daemon
