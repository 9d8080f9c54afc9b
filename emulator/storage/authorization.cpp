#include "emulator/storage/authorization.hpp"

namespace kustodrop::emulator {

static service_error not_found(storage_service service) {
    switch (service) {
    case storage_service::blob:
        return {404, "ContainerNotFound", "The specified container does not exist."};
    case storage_service::queue:
        return {404, "QueueNotFound", "The specified queue does not exist."};
    case storage_service::table:
        break;
    }
    return {404, "TableNotFound", "The table specified does not exist."};
}

std::optional<service_error> authorize(
    const layout& layout, const exchange& one, const sas_demand& demand, wall_time now
) {
    auto key = layout.key_of(one.account);
    if (key.empty()) {
        return service_error{404, "ResourceNotFound", "The specified resource does not exist."};
    }
    if (auto error = check_sas(one, demand, key, now)) return error;
    // The ingestor still reaches what was uploaded before the containers were rotated.
    if (one.internal || layout.exists(demand.service, one.account, one.resource)) return {};
    return not_found(demand.service);
}

}  // namespace kustodrop::emulator
