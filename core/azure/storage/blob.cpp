#include "azure/storage/blob.hpp"

#include "azure/storage/storage_error.hpp"
#include "azure/storage/storage_request.hpp"
#include "base/crypto/crc64.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <charconv>
#include <cstdio>

namespace kustodrop::azure {

static constexpr std::size_t small_answer_bytes = 64u << 10u;

std::string block_id(unsigned index) {
    char text[16];
    std::snprintf(text, sizeof text, "block-%06u", index);
    return base64_encode(text);
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
static void add_checksum(http::request& request, std::string_view content) {
    if (knows_crc64(request.target)) {
        request.headers.add("x-ms-content-crc64", base64_encode(crc64_bytes(crc64(content))));
    } else {
        // Without MD5 (FIPS) there is no checksum that this SAS allows: TLS has to do.
        auto sum = md5(content);
        if (sum) request.headers.add("Content-MD5", base64_encode(*sum));
    }
}

static void carry(http::request& request, std::string_view content) {
    request.borrowed_body = content;
    add_checksum(request, content);
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
    http::url blob, unsigned index, std::string_view content
) {
    auto target = blob.with_parameters("comp=block&blockid=" + percent_encode(block_id(index)));
    auto request = prepared(http::verb::put, std::move(target), "put_block");
    request.headers.add("Content-Type", "application/octet-stream");
    carry(request, content);
    auto stored = co_await created(transport_, std::move(request));
    // A blob of this name was committed before: only another container takes it again.
    if (!stored.has_error() || !stands_already(stored.error())) co_return stored;
    auto refused = stored.error();
    refused.next = remedy::reroute;
    co_return refused;
}

asio::awaitable<result<void>> blob_client::put_block_list(
    http::url blob, unsigned count, std::uint64_t bytes
) {
    auto request =
        prepared(http::verb::put, blob.with_parameters("comp=blocklist"), "put_block_list");
    request.headers.add("Content-Type", "application/xml");
    request.body = R"(<?xml version="1.0" encoding="utf-8"?><BlockList>)";
    for (unsigned i = 0; i < count; ++i) request.body += "<Latest>" + block_id(i) + "</Latest>";
    request.body += "</BlockList>";
    add_checksum(request, request.body);
    auto stored = co_await created(transport_, std::move(request));
    co_return co_await or_ours(*this, std::move(blob), std::move(stored), bytes);
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
