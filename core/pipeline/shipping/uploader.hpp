#pragma once

#include "async/budget.hpp"
#include "async/clock.hpp"
#include "async/offload.hpp"
#include "azure/storage/blob.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/shipping/shipment.hpp"
#include "pipeline/shipping/shipper_options.hpp"
#include "pipeline/shipping/uploading/begun_uploads.hpp"
#include "pipeline/shipping/uploading/block_upload.hpp"
#include "pipeline/shipping/uploading/source_opening.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/reading/source_reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

struct uploader_parts {
    source_opening& opening;
    storage_router& router;
    azure::blob_client& blobs;
    budget& memory;
    worker_pool& pool;
    reading_lanes& lanes;
    clock& time;
    random_generator& random;
    metrics& measured;
    logger& log;
    attempt_log& attempts;
    // How many bytes of a source were read for its upload. Empty: not reported.
    std::function<void(const std::string& source_id, std::uint64_t bytes)> read_progress = {};
};

/// A source that is to be uploaded.
struct upload_errand {
    spool::source what;
    const watch& from;
    azure::storage_place container;  // Another is taken if an earlier attempt began there.
    bool is_unproven = false;        // Of an earlier run, which may have begun it.
};

/// A blob that is stored, and what was read for it.
struct uploaded_blob {
    spool::blob_record record;
    std::optional<spool::slice> whole = {};     // Read instead of the only slice.
    std::optional<std::uint64_t> records = {};  // Nothing: they were not counted.
};

/// What is known of a source whose reading failed.
struct reading_trouble {
    // The file grew while it was read and ends too early: why it could not be read;
    // "file_changed" is returned then.
    std::optional<failure> outgrown = {};
    std::optional<std::size_t> slice = {};  // Which of several files is to blame.
};

/// Reads a source's files into a blob, within the memory that all uploads share.
class uploader {
public:
    explicit uploader(uploader_parts parts)
        : with_(std::move(parts)), begun_(with_.router, with_.blobs) {}

    /// Fails as the reading or the request did.
    asio::awaitable<result<uploaded_blob>> send(
        upload_errand errand, shipper_options options, reading_trouble& trouble
    );

    /// The source is not uploaded any more.
    void forget(const std::string& source_id) { begun_.forget(source_id); }

private:
    // What the upload is given to go on with an earlier one.
    void continue_earlier(upload_errand& errand, const target& where, block_upload::options& how);
    upload_plan plan_for(std::uint64_t source_bytes, const shipper_options& options) const;

    uploader_parts with_;
    begun_uploads begun_;
};

}  // namespace kustodrop::pipeline
