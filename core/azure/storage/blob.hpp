#pragma once

#include "async/awaitable.hpp"
#include "base/random.hpp"
#include "http/transport.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::azure {

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

    /// Block number `index`, counted from 0, not yet part of the blob.
    asio::awaitable<result<void>> put_block(
        http::url blob, unsigned index, std::string_view content
    );

    /// Makes blocks 0 to count-1, which hold `bytes` together, the blob.
    asio::awaitable<result<void>> put_block_list(
        http::url blob, unsigned count, std::uint64_t bytes
    );

    /// The blob's size in bytes; nothing if there is no such blob.
    asio::awaitable<result<std::optional<std::uint64_t>>> size(http::url blob);

private:
    http::request prepared(http::verb method, http::url target, std::string operation);

    http::transport& transport_;
    random_generator& random_;
};

/// The id of a block: base64, the same length for every index, the same at every attempt.
std::string block_id(unsigned index);

}  // namespace kustodrop::azure
