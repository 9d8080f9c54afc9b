#pragma once

#include "azure/storage/blob.hpp"
#include "kusto/storage_router.hpp"

namespace kustodrop::pipeline {

/// Stores a blob of a few bytes in a container of the service, as the upload of a file does. It is
/// not posted and is the same one every time; the service removes what lies there after some days.
asio::awaitable<result<void>> probe_storage(storage_router& router, azure::blob_client& blobs);

}  // namespace kustodrop::pipeline
