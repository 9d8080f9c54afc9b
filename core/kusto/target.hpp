#pragma once

#include "base/time.hpp"
#include "kusto/data_format.hpp"

#include <map>
#include <string>
#include <vector>

namespace kustodrop::kusto {

/// How sources reach the service: by a message in a queue, or their rows in one request.
enum class delivery_way { queued, streaming };

/// Where and how the data of a watch lands.
struct target {
    std::string database;
    std::string table;
    data_format format = data_format::csv;
    std::string mapping_reference = {};  // Empty: by the order or the names of columns.
    bool ignore_first_record = false;
    std::vector<std::string> tags = {};
    std::string creation_time_pattern = {};  // creation_time_pattern::parse accepts it, or empty.
    std::map<std::string, std::string> additional_properties = {};
    // Each message says `ingestIfNotExists` of an `ingest-by:` tag of its own, so that the service
    // drops a second copy (docs/protocol.md §7.2).
    bool deduplicate = false;
    duration batching_time = 5min;  // How long the service may gather before it ingests.
    delivery_way delivery = delivery_way::queued;

    std::string name() const { return database + "." + table; }
    friend bool operator==(const target&, const target&) = default;
};

}  // namespace kustodrop::kusto
