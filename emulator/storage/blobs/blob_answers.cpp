#include "emulator/storage/blobs/blob_answers.hpp"

#include "base/text.hpp"

#include <charconv>

namespace kustodrop::emulator {

// Calls back with id and size of each block that the blob was committed from.
template <class Take>
static void for_each_block(const blob_record& blob, Take take) {
    for (auto row : split(blob.blocks, '\n')) {
        auto space = row.find(' ');
        if (space == std::string_view::npos) continue;
        std::uint64_t bytes = 0;
        std::from_chars(row.data() + space + 1, row.data() + row.size(), bytes);
        take(std::string(row.substr(0, space)), bytes);
    }
}

std::map<std::string, file_segment> committed_blocks(
    const blob_record& blob, const blob_files& files
) {
    std::map<std::string, file_segment> out;
    std::uint64_t offset = 0;
    for_each_block(blob, [&](std::string id, std::uint64_t bytes) {
        out[std::move(id)] = {files.path_of(blob.file), offset, bytes};
        offset += bytes;
    });
    return out;
}

http::response blob_head(const blob_record& blob) {
    http::response out;
    auto& headers = out.headers;
    headers.add("Content-Type", blob.content_type);
    headers.add("ETag", blob.etag);
    headers.add("Last-Modified", to_http_date(blob.modified));
    headers.add("x-ms-creation-time", to_http_date(blob.modified));
    headers.add("Accept-Ranges", "bytes");
    headers.add("x-ms-blob-type", "BlockBlob");
    headers.add("x-ms-lease-status", "unlocked");
    headers.add("x-ms-lease-state", "available");
    headers.add("x-ms-server-encrypted", "true");
    return out;
}

http::response block_list_answer(
    const std::optional<blob_record>& blob,
    const std::vector<block_record>& uncommitted,
    bool with_committed
) {
    auto element = [](const std::string& id, std::uint64_t bytes) {
        return "<Block><Name>" + xml_escape(id) + "</Name><Size>" + std::to_string(bytes) +
               "</Size></Block>";
    };
    std::string body = "<BlockList>";
    if (with_committed) {
        body += "<CommittedBlocks>";
        if (blob) {
            for_each_block(*blob, [&](const std::string& id, std::uint64_t bytes) {
                body += element(id, bytes);
            });
        }
        body += "</CommittedBlocks>";
    }
    body += "<UncommittedBlocks>";
    for (auto& block : uncommitted) body += element(block.id, block.bytes);
    body += "</UncommittedBlocks></BlockList>";
    auto out = xml_answer(200, std::move(body));
    if (blob) {
        out.headers.add("ETag", blob->etag);
        out.headers.add("Last-Modified", to_http_date(blob->modified));
        out.headers.add("x-ms-blob-content-length", std::to_string(blob->bytes));
    }
    return out;
}

}  // namespace kustodrop::emulator
