#pragma once

#include "emulator/front/answers.hpp"
#include "emulator/storage/blobs/blob_files.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

// How the blob service reads requests: pure functions.

/// x-ms-blob-type must be present and name the kind of blob that is implemented here.
std::optional<service_error> check_blob_type(const exchange&);
/// Content-MD5 and x-ms-content-crc64 against what arrived.
std::optional<service_error> check_digests(const exchange&, const blob_files::stored&);
/// The same against a body in memory.
std::optional<service_error> check_body_digests(const exchange&);

/// The ids of a block list in their order, each with 'L'atest, 'U'ncommitted or 'C'ommitted.
std::optional<std::vector<std::pair<char, std::string>>> parse_block_list(std::string_view xml);

struct byte_range {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool partial = false;

    std::string content_range(std::uint64_t total) const;
};

/// What x-ms-range or Range asks for; nothing if the blob has no such bytes.
std::optional<byte_range> wanted_range(const exchange&, std::uint64_t total);

}  // namespace kustodrop::emulator
