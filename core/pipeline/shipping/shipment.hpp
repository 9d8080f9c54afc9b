#pragma once

#include "azure/storage/table.hpp"
#include "base/result.hpp"
#include "kusto/ingestion_message.hpp"
#include "kusto/reporting.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/data_scan.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <string>

/// What shipping decides, without doing any of it.
namespace kustodrop::pipeline {

/// Whether the file's own name says that it is gzip already.
bool is_gzip_name(std::string_view name);

/// "SOURCE_ID.json.gz", or "SOURCE_ID-POSTS.json.gz" of what is uploaded again after so many posts:
/// the service may still read an earlier one, and of what that has named something may be left out
/// by now. Only letters, digits, '-' and '.': the same bytes in BlobPath and in the request
/// (docs/protocol.md §5.3). The service learns the compression from the ending.
std::string blob_name(const spool::source& what, const target& where, spool::stored_as form);

/// What counts as data in files of this format. Without a header.
spool::data_rules data_rules_of(kusto::data_format format);

/// The bytes of buffer that a source needs: a whole block, or less when it is small.
std::uint64_t buffer_bytes_for(std::uint64_t source_bytes, std::uint64_t block_bytes);

/// The memory that one upload may have.
struct upload_memory {
    std::uint64_t free_bytes = 0;   // Of upload.memory, now.
    std::uint64_t total_bytes = 0;  // All of it.
};

/// How an upload goes about it.
struct upload_plan {
    std::uint64_t block_bytes = 0;
    std::size_t buffers = 1;  // Of a block each: one is filled while the others are sent.
    unsigned threads = 1;     // That may compress it at a time.
    std::uint64_t extra = 0;  // What the threads need beside the buffers.
    std::uint64_t bytes() const { return buffers * block_bytes + extra; }
};

/// A small source gets one small buffer. A large one gets three and every thread while there is
/// memory for that, else two and one thread: a backlog of large ones keeps the threads busy as
/// well. Pure.
upload_plan plan_upload(
    std::uint64_t source_bytes, std::uint64_t block_bytes, unsigned threads, upload_memory memory
);

/// What to do with a source after a failed attempt.
enum class after_failure {
    try_again,     // From the stage it has reached, later.
    upload_again,  // From the first byte, later.
    look_again,    // The file is not what was claimed: look at it again.
    await_writer,  // A compressed file ends too early: it may still be written.
    skip,          // There is nothing to send.
    reject,        // It can never be sent.
};

after_failure decide(const failure& problem);

/// Whether a compressed file ends too early.
bool is_cut(const failure& problem);

/// How long a source whose last post, so long ago, was not answered must still wait before it is
/// posted again; nothing if it may go. If its outcome arrives meanwhile, there is no second post.
/// With `deduplicate` the service's own check must be able to see the first copy: twice the
/// batching time (docs/reliability.md §1). Pure.
std::optional<duration> hold_for(
    const spool::source& what, const target& where, duration repost_after, duration waited
);

/// The row of the status table with the outcome of a post, counted from 1: each post has its
/// own, so that a second one does not wipe out what the service said of the first.
azure::row_key status_row_of(const std::string& source_id, unsigned post);

/// The message for a source whose blob is at `blob` (with its SAS).
kusto::ingestion_request message_for(
    const spool::source& what, const target& where, http::url blob, kusto::reporting reports
);

}  // namespace kustodrop::pipeline
