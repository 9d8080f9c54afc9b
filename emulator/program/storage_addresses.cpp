#include "emulator/program/storage_addresses.hpp"

#include <utility>

namespace kustodrop::emulator {

void renew_addresses(const layout& resources, storage_access& access) {
    access.containers.clear();
    access.ready_queues.clear();
    access.failed_queues.clear();
    access.successful_queues.clear();
    for (auto& resource : resources.resources()) {
        auto rights = resource.service == storage_service::queue ? "raup" : "raud";
        auto address = resources.address(resource, rights, 24h);
        if (resource.service == storage_service::blob) {
            access.containers.push_back(std::move(address));
        } else if (resource.type == "SecuredReadyForAggregationQueue") {
            access.ready_queues.push_back(std::move(address));
        } else if (resource.type == "FailedIngestionsQueue") {
            access.failed_queues.push_back(std::move(address));
        } else if (resource.type == "SuccessfulIngestionsQueue") {
            access.successful_queues.push_back(std::move(address));
        } else {
            access.status_table = std::move(address);
        }
    }
}

}  // namespace kustodrop::emulator
