#include "emulator/ingest/blobs/blob_download.hpp"

#include <memory>
#include <utility>

namespace kustodrop::emulator {

static constexpr std::uint64_t part_bytes = std::uint64_t{4} << 20u;
static constexpr unsigned attempts_of_each_part = 4;
static constexpr duration first_pause = 250ms;

asio::awaitable<result<blob_part>> blob_download::read_part(
    http::url blob, std::uint64_t offset, std::string etag
) {
    auto pause = first_pause;
    for (unsigned attempt = 1;; ++attempt) {
        auto part = co_await storage_.read_blob(blob, offset, part_bytes, etag);
        if (part || part.error().next != remedy::retry) co_return part;
        if (attempt == attempts_of_each_part) co_return part;
        auto wake = clock_.now() + pause;
        co_await clock_.sleep_until(wake);
        pause *= 2;
    }
}

asio::awaitable<result<downloaded_blob>> blob_download::run(http::url blob) {
    auto out = std::make_shared<downloaded_blob>();
    std::string etag;
    for (;;) {
        auto part = co_await read_part(blob, out->size(), etag);
        if (!part) co_return part.error();
        auto total = part->total;
        bool ended = part->bytes.empty();
        etag = part->etag;
        if (total <= part_bytes) {
            out->append(std::move(part->bytes));
        } else {
            auto keep = [out, bytes = std::make_shared<std::string>(std::move(part->bytes))] {
                out->append(std::move(*bytes));
            };
            co_await offload(pool_, std::move(keep));
        }
        if (out->size() >= total || ended) co_return std::move(*out);
    }
}

}  // namespace kustodrop::emulator
