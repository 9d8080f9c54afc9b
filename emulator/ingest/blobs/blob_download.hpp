#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "emulator/ingest/access/storage_client.hpp"
#include "emulator/ingest/blobs/downloaded_blob.hpp"

namespace kustodrop::emulator {

/// Downloads blobs part by part; each part is tried a few times. Failures carry the codes of
/// docs/protocol.md §9.
class blob_download {
public:
    blob_download(storage_client& storage, clock& clock, worker_pool& pool)
        : storage_(storage), clock_(clock), pool_(pool) {}

    asio::awaitable<result<downloaded_blob>> run(http::url blob);

private:
    asio::awaitable<result<blob_part>> read_part(
        http::url blob, std::uint64_t offset, std::string etag
    );

    storage_client& storage_;
    clock& clock_;
    worker_pool& pool_;
};

}  // namespace kustodrop::emulator
