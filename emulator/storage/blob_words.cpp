#include "emulator/storage/blob_words.hpp"

#include "base/crypto/crc64.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <charconv>

namespace kustodrop::emulator {

service_error bad_parameter(std::string name, std::string_view value) {
    return {
        400,
        "InvalidQueryParameterValue",
        "Value for one of the query parameters specified in the request URI is invalid.",
        {{"QueryParameterName", std::move(name)}, {"QueryParameterValue", std::string(value)}}};
}

service_error bad_header(std::string name, std::string_view value) {
    return {
        400,
        "InvalidHeaderValue",
        "The value for one of the HTTP headers is not in the correct format.",
        {{"HeaderName", std::move(name)}, {"HeaderValue", std::string(value)}}};
}

service_error body_too_large(std::uint64_t limit) {
    return {
        413,
        "RequestBodyTooLarge",
        "The request body is too large and exceeds the maximum permissible limit.",
        {{"MaxLimit", std::to_string(limit)}}};
}

service_error invalid_block() {
    return {400, "InvalidBlobOrBlock", "The specified blob or block content is invalid."};
}

service_error invalid_xml() {
    return {400, "InvalidXmlDocument", "XML specified is not syntactically valid."};
}

service_error block_list_too_long() {
    return {400, "BlockListTooLong", "The block list may not contain more than 50,000 blocks."};
}

std::optional<service_error> check_blob_type(const exchange& one) {
    auto type = one.header("x-ms-blob-type");
    if (!type) {
        return service_error{
            400,
            "MissingRequiredHeader",
            "An HTTP header that's mandatory for this request is not specified.",
            {{"HeaderName", "x-ms-blob-type"}}};
    }
    if (*type != "BlockBlob") return bad_header("x-ms-blob-type", *type);
    return std::nullopt;
}

static service_error mismatch(std::string code, std::string_view what) {
    return {
        400,
        std::move(code),
        "The " + std::string(what) +
            " value specified in the request did not match with the value calculated by the "
            "server."};
}

static std::optional<service_error> compare_md5(const exchange& one, std::string_view actual) {
    auto told = one.header("Content-MD5");
    if (!told) return std::nullopt;
    auto decoded = base64_decode(*told);
    if (!decoded || decoded->size() != 16) {
        return service_error{400, "InvalidMd5", "The MD5 value specified is not valid."};
    }
    if (*decoded != actual) return mismatch("Md5Mismatch", "MD5");
    return std::nullopt;
}

std::optional<service_error> check_digests(const exchange& one, const blob_files::stored& stored) {
    if (auto error = compare_md5(one, stored.md5)) return error;
    auto told = one.header("x-ms-content-crc64");
    if (told && base64_decode(*told) != stored.crc64) return mismatch("Crc64Mismatch", "CRC64");
    return std::nullopt;
}

std::optional<service_error> check_body_digests(const exchange& one) {
    auto& body = one.request.body;
    return check_digests(one, {"", md5(body), crc64_bytes(crc64(body))});
}

std::optional<std::vector<std::pair<char, std::string>>> parse_block_list(std::string_view xml) {
    std::vector<std::pair<char, std::string>> out;
    auto at = xml.find("<BlockList");
    if (at == std::string_view::npos) return std::nullopt;
    xml.remove_prefix(at + 10);
    if (trimmed(xml).starts_with("/>")) return out;
    if (xml.find("</BlockList>") == std::string_view::npos) return std::nullopt;
    xml = xml.substr(xml.find('>') + 1);
    xml = xml.substr(0, xml.find("</BlockList>"));
    while (true) {
        xml = trimmed(xml);
        if (xml.empty()) return out;
        auto end = xml.find('>');
        if (!xml.starts_with('<') || end == std::string_view::npos) return std::nullopt;
        auto tag = xml.substr(1, end - 1);
        if (tag != "Latest" && tag != "Uncommitted" && tag != "Committed") return std::nullopt;
        auto closing = "</" + std::string(tag) + ">";
        auto close = xml.find(closing);
        if (close == std::string_view::npos) return std::nullopt;
        out.emplace_back(tag.front(), std::string(trimmed(xml.substr(end + 1, close - end - 1))));
        xml.remove_prefix(close + closing.size());
    }
}

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

std::string byte_range::content_range(std::uint64_t total) const {
    return "bytes " + std::to_string(offset) + "-" + std::to_string(offset + length - 1) + "/" +
           std::to_string(total);
}

std::optional<byte_range> wanted_range(const exchange& one, std::uint64_t total) {
    auto text = one.header("x-ms-range");
    if (!text) text = one.header("Range");
    if (!text || !text->starts_with("bytes=")) return byte_range{0, total, false};
    auto from = text->substr(6);
    auto dash = from.find('-');
    if (dash == std::string_view::npos) return byte_range{0, total, false};
    std::uint64_t first = 0;
    std::uint64_t last = total == 0 ? 0 : total - 1;
    auto parsed = std::from_chars(from.data(), from.data() + dash, first);
    if (parsed.ec != std::errc() || parsed.ptr != from.data() + dash) {
        return byte_range{0, total, false};
    }
    auto to = from.substr(dash + 1);
    std::uint64_t named = 0;
    auto end = std::from_chars(to.data(), to.data() + to.size(), named);
    if (end.ec == std::errc()) last = std::min(last, named);
    if (first >= total || last < first) return std::nullopt;
    return byte_range{first, last - first + 1, true};
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
