#pragma once

#include "emulator/front/answers.hpp"
#include "emulator/storage/blobs/blob_files.hpp"
#include "emulator/storage/storage_database.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// Where the blocks are that a blob was committed from.
std::map<std::string, file_segment> committed_blocks(const blob_record&, const blob_files&);

/// The headers of Get Blob and Get Blob Properties.
http::response blob_head(const blob_record&);

http::response block_list_answer(
    const std::optional<blob_record>& blob,
    const std::vector<block_record>& uncommitted,
    bool with_committed
);

}  // namespace kustodrop::emulator
