#include "pipeline/failover/cluster_probe.hpp"

#include "azure/storage/storage_place.hpp"

#include <string_view>

namespace kustodrop::pipeline {

static constexpr auto probe_name = "kustodrop-probe.txt";
static constexpr std::string_view probe_content = "kustodrop looks whether storage works\n";

asio::awaitable<result<void>> probe_storage(storage_router& router, azure::blob_client& blobs) {
    auto container = co_await router.container();
    auto blob = container.location.with_path_suffix(probe_name);
    auto stored = co_await blobs.put_blob(blob, probe_content);
    router.report(container, stored);
    co_return stored;
}

}  // namespace kustodrop::pipeline
