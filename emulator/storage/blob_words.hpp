#pragma once

#include "emulator/storage/blob_files.hpp"
#include "emulator/storage/storage_database.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

// How the blob service reads requests and words its answers: pure functions.

service_error bad_parameter(std::string name, std::string_view value);
service_error bad_header(std::string name, std::string_view value);
service_error body_too_large(std::uint64_t limit);
service_error invalid_block();
service_error invalid_xml();
service_error block_list_too_long();

/// x-ms-blob-type must be there and name the kind of blob that there is here.
std::optional<service_error> check_blob_type(const exchange&);
/// Content-MD5 and x-ms-content-crc64 against what arrived.
std::optional<service_error> check_digests(const exchange&, const blob_files::stored&);
/// The same against a body in memory.
std::optional<service_error> check_body_digests(const exchange&);

/// The ids of a block list in their order, each with 'L'atest, 'U'ncommitted or 'C'ommitted.
std::optional<std::vector<std::pair<char, std::string>>> parse_block_list(std::string_view xml);

/// Where the blocks lie that a blob was committed from.
std::map<std::string, file_segment> committed_blocks(const blob_record&, const blob_files&);

struct byte_range {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool partial = false;

    std::string content_range(std::uint64_t total) const;
};

/// What x-ms-range or Range asks for; nothing if the blob has no such bytes.
std::optional<byte_range> wanted_range(const exchange&, std::uint64_t total);

/// The headers of Get Blob and Get Blob Properties.
http::response blob_head(const blob_record&);

http::response block_list_answer(
    const std::optional<blob_record>& blob,
    const std::vector<block_record>& uncommitted,
    bool with_committed
);

}  // namespace kustodrop::emulator
