#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "async/work_queue.hpp"
#include "azure/storage/blob.hpp"
#include "base/backoff.hpp"
#include "base/metrics.hpp"
#include "pipeline/shipping/uploading/reading_lanes.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/reading/source_reader.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

struct block_upload_parts {
    azure::blob_client& blobs;
    reading_lanes& lanes;
    clock& time;
    random_generator& random;
    metrics& measured;
};

/// The blocks of one upload and the memory they pass through: one is filled while the others are on
/// their way.
class block_upload {
public:
    /// Which blocks storage has of an earlier attempt. Asked before the blob's destination is, and
    /// only if there is more than one block. Empty: none.
    using finder = std::function<
        asio::awaitable<result<std::vector<azure::stored_block>>>(const spool::source_reader&)>;

    struct options {
        unsigned attempts = 3;  // Of one block, before the whole upload starts over.
        backoff_options backoff = {1s, 5min};
        std::size_t block_bytes = 4u << 20u;
        std::size_t buffers = 2;
        std::function<void(const result<void>&)> report = {};  // How every request ended.
        std::function<std::uint64_t(const spool::source_reader&)> count = {};  // Bytes read so far.
        std::function<void(std::uint64_t)> accepted = {};  // So many of these storage has by now.
        finder find = {};
        // Called once, when the first of the blocks that `find` found is left out; with the bytes
        // of all that it found.
        std::function<void(std::uint64_t)> continues = {};
    };

    /// Where the blob goes, with its SAS. Asked once the first block has been read, which decides
    /// the ending of its name.
    using destination = std::function<http::url(const spool::source_reader&)>;

    /// What is read, of which watch, with the folder that has to stay open for that.
    struct contents {
        std::shared_ptr<spool::source_reader> reader;
        std::string watch = {};
        std::shared_ptr<const spool::drop_folder> folder = {};
    };

    block_upload(block_upload_parts parts, options how, destination blob);

    /// Sends what the reader gives: one Put Blob if that is all within one block, else blocks and
    /// their list. A block that storage has with just this content is not sent again.
    asio::awaitable<result<void>> send(contents what);

    /// How many of its blocks storage has, those of earlier attempts among them.
    std::size_t stored_blocks() const { return stored_count_; }

private:
    struct block {
        unsigned index = 0;
        std::size_t buffer = 0;
        std::size_t bytes = 0;
        std::uint64_t counted = 0;  // Of what was read for it.
    };
    using blocks = work_queue<block>;

    asio::awaitable<result<void>> send_blocks(const contents& what, block first);
    asio::awaitable<void> fill(const contents& what, blocks& spare, blocks& full);
    asio::awaitable<void> empty(blocks& spare, blocks& full);
    asio::awaitable<result<void>> put_block(azure::block_key block, std::string_view content);
    asio::awaitable<reading_lanes::block> read(const contents& what, std::size_t buffer);
    void fail(const failure& problem, blocks& spare, blocks& full);
    std::uint64_t count_read(const spool::source_reader& reader);
    void note_accepted(std::uint64_t counted);
    bool leaves_out(const azure::block_key& key, std::size_t bytes);

    block_upload_parts with_;
    options how_;
    destination destination_;
    http::url blob_;
    std::vector<std::shared_ptr<char[]>> buffers_;  // A read that hangs keeps its own.
    std::optional<failure> problem_;
    std::map<azure::block_key, std::uint64_t> found_;  // Of an earlier attempt, with their bytes.
    bool continues_ = false;
    std::size_t stored_count_ = 0;
    std::vector<azure::block_key> blocks_;
    std::uint64_t bytes_ = 0;     // Of the blocks so far.
    std::uint64_t counted_ = 0;   // What was read for them, as options::count counts,
    std::uint64_t accepted_ = 0;  // and of that what storage has.
};

}  // namespace kustodrop::pipeline
