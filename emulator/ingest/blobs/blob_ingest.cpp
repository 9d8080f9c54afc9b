#include "emulator/ingest/blobs/blob_ingest.hpp"

#include "base/text.hpp"
#include "emulator/decoding/inflate.hpp"
#include "emulator/decoding/row_decoder.hpp"

#include <optional>
#include <system_error>

namespace kustodrop::emulator {

static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

static failure refused(std::string code, std::string detail) {
    return {
        .code = service_code(std::move(code)),
        .next = remedy::give_up,
        .detail = std::move(detail)};
}

// The extension is protocol: it alone says whether a blob is compressed (docs/protocol.md §5.3).
static bool name_ends(const ingestion_message& message, std::string_view extension) {
    return to_lower(message.blob.path()).ends_with(extension);
}

static row_format format_of(const ingestion_message& message) {
    row_format out;
    out.format = message.format;
    out.kind = message.kind;
    out.mapping = message.mapping;
    out.ignore_first_record = message.ignore_first_record;
    out.source = message.source_path();
    return out;
}

// Feeds the blob's uncompressed bytes to the decoder and counts them.
static result<std::uint64_t> decode(const downloaded_blob& blob, bool gzip, row_decoder& decoder) {
    std::uint64_t raw_bytes = 0;
    auto take_raw = [&](std::string_view bytes) {
        bool first = raw_bytes == 0;
        raw_bytes += bytes.size();
        if (first && bytes.starts_with(byte_order_mark)) {
            bytes.remove_prefix(byte_order_mark.size());
        }
        return decoder.feed(bytes);
    };
    std::optional<gzip_inflater> inflater;
    if (gzip) inflater.emplace(take_raw);
    result<> done;
    blob.read([&](std::string_view piece) {
        done = inflater ? inflater->feed(piece) : take_raw(piece);
        return done.has_value();
    });
    if (done && inflater) done = inflater->finish();
    if (!done) return done.error();
    if (raw_bytes == 0) return refused("BadRequest_EmptyBlob", "The blob is empty.");
    done = decoder.finish();
    if (!done) return done.error();
    return raw_bytes;
}

result<blob_ingest_result> ingest_blob(
    store& store, const downloaded_blob& blob, blob_ingest_request request
) {
    auto& message = request.message;
    if (blob.size() == 0) return refused("BadRequest_EmptyBlob", "The blob is empty.");
    if (name_ends(message, ".zip")) {
        return refused("BadRequest_NotSupported", "Zip archives are not read here; use gzip.");
    }
    blob_ingest_result out;
    row_marks marks{message.tags, message.creation_time};
    if (marks.creation_time.empty()) marks.creation_time = request.record.at;
    auto rows = [&](const store::row_adder& add, ingestion_record& record) -> result<> {
        auto decoder = make_row_decoder(format_of(message), request.table, add);
        auto raw_bytes = decode(blob, name_ends(message, ".gz"), *decoder);
        if (!raw_bytes) return raw_bytes.error();
        record.rows = decoder->rows();
        record.raw_bytes = *raw_bytes;
        out.dropped = decoder->dropped();
        return {};
    };
    try {
        auto* kept = request.keep_rows ? &marks : nullptr;
        auto stored = store.ingest(std::move(request.record), request.table, kept, rows);
        if (!stored) return stored.error();
        out.record = std::move(*stored);
        return out;
    } catch (const std::system_error& error) {
        return failure{
            .code = service_code("General_InternalServerError"),
            .next = remedy::retry,
            .detail = error.what()};
    }
}

}  // namespace kustodrop::emulator
