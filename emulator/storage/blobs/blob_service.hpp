#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "emulator/front/service.hpp"
#include "emulator/storage/blobs/blob_files.hpp"
#include "emulator/storage/layout.hpp"

#include <map>

namespace kustodrop::emulator {

/// The blob service, block blobs only (docs/protocol.md §5), with the limits of the versions that
/// the service's own SAS name: 256 MiB a Put Blob, 100 MiB a block.
class blob_service final : public service {
public:
    static constexpr std::uint64_t put_blob_limit = 256ull << 20u;
    static constexpr std::uint64_t put_block_limit = 100ull << 20u;

    struct parts {
        clock& time;
        random_generator& random;
        worker_pool& pool;
        emulator::layout& layout;
        storage_database& database;
        const blob_files& files;
        bool discard = false;  // Bodies are counted and forgotten.
    };
    explicit blob_service(parts parts) : p_(parts) {}

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    /// The uncommitted blocks of one blob: what a further one must be like.
    struct block_rule {
        std::size_t id_bytes = 0;
        std::size_t count = 0;
    };
    using blob_key = std::pair<std::string, std::string>;  // "account/container", name.

    asio::awaitable<http::reply> put_blob(exchange&);
    asio::awaitable<http::reply> put_block(exchange&);
    asio::awaitable<http::reply> put_block_list(exchange&);
    asio::awaitable<blob_files::stored> store(exchange&);
    http::reply forget(const exchange&);
    http::reply get_blob(const exchange&);
    http::reply get_block_list(const exchange&);
    http::reply delete_blob(const exchange&);
    std::optional<service_error> authorize_blob(const exchange&) const;
    std::optional<service_error> check_block(const exchange&);
    std::optional<service_error> find_segments(
        const exchange&,
        const std::vector<std::pair<char, std::string>>& wanted,
        std::vector<file_segment>& segments,
        std::string& blocks
    );
    std::optional<service_error> check_conditions(const exchange&);
    block_rule& rule_of(const blob_record&);
    blob_record named(const exchange&) const;
    http::reply commit(const exchange&, blob_record);
    void forget_blocks(const blob_record&);
    http::reply refuse(const service_error&, const exchange&) const;

    parts p_;
    std::map<blob_key, block_rule> rules_;
};

}  // namespace kustodrop::emulator
