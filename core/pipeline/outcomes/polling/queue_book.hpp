#pragma once

#include "azure/storage/sas_rights.hpp"
#include "base/result.hpp"
#include "kusto/resources.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

/// Why outcomes cannot be read in this way, as far as the resources show it: nothing of the kind is
/// listed ("no_resources", "no_status_table"), or its SAS lacks a right ("not_allowed").
std::optional<failure> reporting_problem(
    const kusto::resource_set& resources, report_level level, report_method method
);

/// What is remembered of each notification queue from one pass to the next, by account and name.
class queue_book {
public:
    /// Forgets every queue but these: the others are no longer listed.
    void keep_only(const std::vector<azure::storage_place>& listed);

    /// So many messages were met in it. Whether that is much less than before: others hold the
    /// rest for now. What does not come back was taken for good, and is forgotten with time.
    bool is_hidden(const azure::storage_place& queue, std::size_t met);

    /// Whether its messages may be peeked at: the SAS has "r", or does not say and was not refused.
    bool may_peek(const azure::storage_place& queue) const;

    /// The service refused to let it be peeked at.
    void refused_peek(const azure::storage_place& queue) {
        unpeekable_.insert(azure::key_of(queue));
    }

private:
    std::unordered_map<std::string, std::size_t> met_before_;
    std::set<std::string> unpeekable_;
};

}  // namespace kustodrop::pipeline
