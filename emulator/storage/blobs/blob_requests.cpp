#include "emulator/storage/blobs/blob_requests.hpp"

#include "base/crypto/crc64.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/storage/blobs/blob_errors.hpp"

#include <algorithm>
#include <charconv>

namespace kustodrop::emulator {

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
    auto given = one.header("Content-MD5");
    if (!given) return std::nullopt;
    auto decoded = base64_decode(*given);
    if (!decoded || decoded->size() != 16) {
        return service_error{400, "InvalidMd5", "The MD5 value specified is not valid."};
    }
    if (*decoded != actual) return mismatch("Md5Mismatch", "MD5");
    return std::nullopt;
}

std::optional<service_error> check_digests(const exchange& one, const blob_files::stored& stored) {
    if (auto error = compare_md5(one, stored.md5)) return error;
    auto given = one.header("x-ms-content-crc64");
    if (given && base64_decode(*given) != stored.crc64) return mismatch("Crc64Mismatch", "CRC64");
    return std::nullopt;
}

std::optional<service_error> check_body_digests(const exchange& one) {
    auto& body = one.request.body;
    return check_digests(one, {"", md5(body).value_or(""), crc64_bytes(crc64(body))});
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

}  // namespace kustodrop::emulator
