#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// A source's id in 16 bytes, where there are many of them. Ordered as the texts are.
struct source_key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend auto operator<=>(const source_key&, const source_key&) = default;
};

/// Of a GUID of 36 characters in lower case, as make_source_id() gives; nothing of any other text.
std::optional<source_key> key_of(std::string_view source_id);

/// The reverse.
std::string id_of(const source_key&);

/// For hash tables.
struct source_key_hash {
    // The first half of an id is its time, of which many share the most; the second half is random.
    std::size_t operator()(const source_key& key) const noexcept {
        return (key.low ^ key.high * 0x9E37'79B9'7F4A'7C15u) * 0xD6E8'FEB8'6659'FD93u >> 8;
    }
};

}  // namespace kustodrop::spool
