#pragma once

#include "async/awaitable.hpp"
#include "base/random.hpp"
#include "http/transport.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::azure {

/// A block's place in its blob, counted from 0, and the CRC-64 of its content. Both are in its id,
/// so that the ids say what storage has, of this attempt or an earlier one.
struct block_key {
    unsigned index = 0;
    std::uint64_t crc = 0;
    friend auto operator<=>(const block_key&, const block_key&) = default;
};

/// A block that storage has.
struct stored_block {
    block_key key;
    std::uint64_t bytes = 0;
    friend bool operator==(const stored_block&, const stored_block&) = default;
};

/// Block blobs by SAS (docs/protocol.md §5). Every URL is the blob's, with its SAS; every `content`
/// is the caller's and must outlive the call. Bodies carry a CRC-64, or an MD5 where the SAS is
/// older than that, so that what was damaged on the way is refused. All of it may be repeated
/// safely.
class blob_client {
public:
    blob_client(http::transport& transport, random_generator& random)
        : transport_(transport), random_(random) {}

    /// The whole blob in one request; replaces what was there.
    asio::awaitable<result<void>> put_blob(http::url blob, std::string_view content);

    /// A block that is not yet part of the blob.
    asio::awaitable<result<void>> put_block(
        http::url blob, block_key block, std::string_view content
    );

    /// Makes these blocks, which hold `bytes` together, the blob.
    asio::awaitable<result<void>> put_block_list(
        http::url blob, std::vector<block_key> blocks, std::uint64_t bytes
    );

    /// The blocks that may be made the blob, those that are it already among them; none if there is
    /// no such blob. Those with ids of another form are left out. Needs the right to read
    /// (docs/protocol.md §5.2).
    asio::awaitable<result<std::vector<stored_block>>> blocks_of(http::url blob);

    /// The blob's size in bytes; nothing if there is no such blob.
    asio::awaitable<result<std::optional<std::uint64_t>>> size(http::url blob);

private:
    http::request prepared(http::verb method, http::url target, std::string operation);

    http::transport& transport_;
    random_generator& random_;
};

/// The id of a block: base64 of 12 bytes for every block, as many as earlier programs used, for all
/// ids of one blob must be equally long.
std::string block_id(const block_key& block);

/// Nothing for what block_id() does not make.
std::optional<block_key> parse_block_id(std::string_view id);

}  // namespace kustodrop::azure
