// Answers to management commands, and what is made of them: resources and their hosts.
#include "fuzz/fuzz_target.hpp"
#include "kusto/cloud.hpp"
#include "kusto/dataset.hpp"
#include "kusto/resources.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(dataset) {
    auto cloud = kusto::parse_cloud(200, input);
    if (cloud) promise(!cloud->login_endpoint.host().empty(), "a login endpoint has a host");
    http::response refused;
    refused.status = 400;
    refused.body = input;
    auto problem = kusto::management_failure(refused, "a command");
    promise(problem.detail.find('\n') == std::string::npos, "a failure is one line");
    auto read = kusto::parse_dataset(input);
    if (!read) return promise(!read.error().code.text().empty(), "a failure has a code");
    for (auto& table : read->tables) {
        auto at = table.column("StorageRoot", 1);
        for (auto& row : table.rows) kusto::dataset_table::value(row, at);
    }
    kusto::host_rules rules;
    auto found = kusto::parse_resources(*read, rules, wall_time{});
    if (!found) return;
    promise(!found->containers.empty(), "resources have a container");
    promise(!found->ingestion_queues.empty(), "resources have a queue");
    for (auto& place : found->containers) {
        promise(!place.account.empty() && !place.name.empty(), "a container has a name");
        promise(place.location.is_https(), "nothing is sent in the clear");
    }
}
