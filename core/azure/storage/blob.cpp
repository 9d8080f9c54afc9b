#include "azure/storage/blob.hpp"

#include "azure/storage/storage_error.hpp"
#include "azure/storage/storage_request.hpp"
#include "azure/storage/xml_reader.hpp"
#include "base/crypto/crc64.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <charconv>

namespace kustodrop::azure {

static constexpr std::size_t small_answer_bytes = 64u << 10u;
static constexpr std::size_t block_list_bytes = 16u << 20u;  // 100 000 blocks, and more.
static constexpr int index_bytes = 4;
static constexpr int crc_bytes = 8;

// The high byte first.
static void append_number(std::string& to, std::uint64_t number, int bytes) {
    while (bytes-- > 0) to += static_cast<char>(number >> (8 * bytes) & 0xffu);
}

static std::uint64_t number_in(std::string_view bytes) {
    std::uint64_t out = 0;
    for (unsigned char c : bytes) out = out << 8u | c;
    return out;
}

std::string block_id(const block_key& block) {
    std::string bytes;
    append_number(bytes, block.index, index_bytes);
    append_number(bytes, block.crc, crc_bytes);
    return base64_encode(bytes);
}

std::optional<block_key> parse_block_id(std::string_view id) {
    auto bytes = base64_decode(id);
    if (!bytes || bytes->size() != index_bytes + crc_bytes) return std::nullopt;
    std::string_view text = *bytes;
    auto index = static_cast<unsigned>(number_in(text.substr(0, index_bytes)));
    return block_key{index, number_in(text.substr(index_bytes))};
}

http::request blob_client::prepared(http::verb method, http::url target, std::string operation) {
    auto out = storage_request(method, std::move(target), random_);
    out.service = "blob";
    out.operation = std::move(operation);
    out.max_answer_bytes = small_answer_bytes;
    return out;
}

// The version that a SAS was made for decides what the service understands (docs/protocol.md §5.1).
static bool knows_crc64(const http::url& blob) {
    auto version = blob.parameter("sv");
    return version && *version >= "2019-02-02";
}

// A CRC-64 is nearly free; an MD5 costs more than TLS.
static void add_checksum(
    http::request& request, std::string_view content, std::optional<std::uint64_t> known = {}
) {
    if (knows_crc64(request.target)) {
        auto crc = known ? *known : crc64(content);
        request.headers.add("x-ms-content-crc64", base64_encode(crc64_bytes(crc)));
    } else {
        // Without MD5 (FIPS) there is no checksum that this SAS allows: TLS has to do.
        auto sum = md5(content);
        if (sum) request.headers.add("Content-MD5", base64_encode(*sum));
    }
}

static void carry(
    http::request& request, std::string_view content, std::optional<std::uint64_t> crc = {}
) {
    request.borrowed_body = content;
    add_checksum(request, content, crc);
}

// Storage says it without a body: a page in its place is of something in between.
static bool is_created(const http::response& answer) {
    return answer.status == 201 && trimmed(answer.body).empty();
}

static asio::awaitable<result<void>> created(http::transport& transport, http::request request) {
    auto what = request_summary(request);
    auto answer = co_await transport.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    if (!is_created(*answer)) co_return storage_failure(*answer, what);
    co_return result<void>();
}

static bool stands_already(const failure& refused) {
    auto& code = refused.code.service_text();
    return code == "UnauthorizedBlobOverwrite" || code == "BlobAlreadyExists";
}

// Where a SAS has the right to create and not to write, the repetition of a request whose answer
// was lost is refused: the name is ours alone, so what stands there is what was sent. Where that
// cannot be seen another container is used, in which the name is free.
static asio::awaitable<result<void>> or_ours(
    blob_client& blobs, http::url blob, result<void> stored, std::uint64_t bytes
) {
    if (!stored.has_error() || !stands_already(stored.error())) co_return stored;
    auto found = co_await blobs.size(std::move(blob));
    bool is_ours = found.has_value() && found->has_value() && **found == bytes;
    if (is_ours) co_return result<void>();
    auto refused = stored.error();
    refused.next = remedy::reroute;
    refused.hint = "another blob has this name, or the SAS does not let it be looked at";
    co_return refused;
}

asio::awaitable<result<void>> blob_client::put_blob(http::url blob, std::string_view content) {
    auto request = prepared(http::verb::put, blob, "put_blob");
    request.headers.add("x-ms-blob-type", "BlockBlob");
    request.headers.add("Content-Type", "application/octet-stream");
    carry(request, content);
    auto stored = co_await created(transport_, std::move(request));
    co_return co_await or_ours(*this, std::move(blob), std::move(stored), content.size());
}

asio::awaitable<result<void>> blob_client::put_block(
    http::url blob, block_key block, std::string_view content
) {
    auto target = blob.with_parameters("comp=block&blockid=" + percent_encode(block_id(block)));
    auto request = prepared(http::verb::put, std::move(target), "put_block");
    request.headers.add("Content-Type", "application/octet-stream");
    carry(request, content, block.crc);
    auto stored = co_await created(transport_, std::move(request));
    // A blob of this name was committed before: only another container takes it again.
    if (!stored.has_error() || !stands_already(stored.error())) co_return stored;
    auto refused = stored.error();
    refused.next = remedy::reroute;
    co_return refused;
}

asio::awaitable<result<void>> blob_client::put_block_list(
    http::url blob, std::vector<block_key> blocks, std::uint64_t bytes
) {
    auto request =
        prepared(http::verb::put, blob.with_parameters("comp=blocklist"), "put_block_list");
    request.headers.add("Content-Type", "application/xml");
    request.body = R"(<?xml version="1.0" encoding="utf-8"?><BlockList>)";
    for (auto& block : blocks) request.body += "<Latest>" + block_id(block) + "</Latest>";
    request.body += "</BlockList>";
    add_checksum(request, request.body);
    auto stored = co_await created(transport_, std::move(request));
    co_return co_await or_ours(*this, std::move(blob), std::move(stored), bytes);
}

static std::uint64_t bytes_in(std::string_view text) {
    std::uint64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

// Of each <Block> its <Name>, which is the id, and its <Size>.
static std::optional<std::vector<stored_block>> parse_block_list(std::string_view xml) {
    using kind = xml_reader::kind;
    if (xml.starts_with("\xEF\xBB\xBF")) xml.remove_prefix(3);
    xml_reader reader(xml);
    std::vector<stored_block> out;
    bool is_list = false;
    std::string element;
    std::optional<block_key> key;
    for (;;) {
        auto token = reader.next();
        if (token.type == kind::bad) return std::nullopt;
        if (token.type == kind::end) break;
        if (token.type == kind::text) {
            if (element == "Name") key = parse_block_id(trimmed(token.value));
            if (element == "Size" && key) out.push_back({*key, bytes_in(trimmed(token.value))});
            continue;
        }
        element = token.type == kind::open ? token.value : "";
        if (element == "Block") key.reset();
        is_list = is_list || element == "BlockList";
    }
    if (!is_list) return std::nullopt;
    return out;
}

asio::awaitable<result<std::vector<stored_block>>> blob_client::blocks_of(http::url blob) {
    auto target = blob.with_parameters("comp=blocklist&blocklisttype=all");
    auto request = prepared(http::verb::get, std::move(target), "get_block_list");
    request.max_answer_bytes = block_list_bytes;
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    if (answer->status == 404) co_return std::vector<stored_block>();
    if (answer->status != 200) co_return storage_failure(*answer, what);
    auto found = parse_block_list(answer->body);
    if (found) co_return *found;
    auto problem = what + ": the answer does not list blocks";
    co_return failure{errc::bad_answer, remedy::reroute, std::move(problem)};
}

asio::awaitable<result<std::optional<std::uint64_t>>> blob_client::size(http::url blob) {
    auto request = prepared(http::verb::head, std::move(blob), "get_blob_properties");
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    if (answer->status == 404 && storage_error_code(*answer) == "BlobNotFound") {
        co_return std::optional<std::uint64_t>();
    }
    if (answer->status != 200) co_return storage_failure(*answer, what);
    auto length = answer->headers.find("Content-Length").value_or("");
    std::uint64_t bytes = 0;
    auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bytes);
    if (error != std::errc() || end != length.data() + length.size()) {
        co_return failure{errc::bad_answer, remedy::reroute, what + ": no Content-Length"};
    }
    co_return std::optional<std::uint64_t>(bytes);
}

}  // namespace kustodrop::azure
