#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

struct blob_record {
    std::string account;
    std::string container;
    std::string name;
    std::string file;  // Below the blobs' folder.
    std::uint64_t bytes = 0;
    std::string md5;  // Base64; empty when it was not computed.
    std::string content_type;
    wall_time modified;
    std::string etag;
    std::string blocks;  // "id bytes\n" for each block it was committed from.
};

struct block_record {
    std::string id;  // As the client wrote it, in base64.
    std::string file;
    std::uint64_t bytes = 0;
};

struct message_record {
    std::int64_t sequence = 0;  // The order in the queue.
    std::string account;
    std::string queue;
    std::string id;
    std::string text;
    wall_time inserted;
    wall_time expires;
    wall_time visible;
    std::string receipt;
    std::uint32_t dequeues = 0;
};

struct posted_record {
    std::int64_t sequence = 0;
    std::string account;
    std::string queue;
    std::string id;
    std::string text;
    wall_time time;
};

struct entity_record {
    std::string account;
    std::string table;
    std::string partition;
    std::string row;
    std::string json;
    std::string etag;
};

/// What the storage services remember, so that a killed emulator forgets nothing that it has
/// acknowledged. One SQLite file, unsynced: it outlives the process, not a power cut.
class storage_database {
public:
    /// Creates the file where there is none; throws std::runtime_error.
    explicit storage_database(const std::filesystem::path& file);
    ~storage_database();

    std::optional<std::string> fact(std::string_view key);
    void put_fact(std::string_view key, std::string_view value);

    void put_blob(const blob_record&);
    std::optional<blob_record> find_blob(
        std::string_view account, std::string_view container, std::string_view name
    );
    void remove_blob(std::string_view account, std::string_view container, std::string_view name);
    std::vector<blob_record> blobs();

    /// Gives the file of the block that it replaces, if any.
    std::string put_block(const blob_record& blob, const block_record&);
    std::vector<block_record> blocks(const blob_record& blob);
    void remove_blocks(const blob_record& blob);

    void put_message(const message_record&);  ///< Or replaces it.
    void remove_message(std::int64_t sequence);
    std::vector<message_record> messages();

    /// Every ingestion message there ever was, newest last.
    void record_posted(const posted_record&);
    std::vector<posted_record> posted(std::int64_t after, std::size_t limit);

    void put_entity(const entity_record&);
    std::optional<entity_record> find_entity(const entity_record& key);
    bool remove_entity(const entity_record& key);
    std::vector<entity_record> entities(std::string_view account, std::string_view table);

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::emulator
