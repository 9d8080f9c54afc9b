#include "spool/reading/inspection.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/quotes.hpp"
#include "spool/reading/records/record_scan.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace kustodrop::spool {

static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

static inspection alone(std::string why) { return {std::move(why)}; }

static bool is_utf16(std::string_view start) {
    return start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF");
}

static bool is_same(const descriptor& file, const slice& what) {
    struct ::stat facts = {};
    if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
    return identity_of(facts).same_content(what.identity);
}

inspection inspect(const slice& file, open_folders& through, const inspection_options& options) {
    auto opened = through.open(file.location, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    // What is wrong with it is the shipper's to say.
    if (!opened.is_open() || !is_same(opened, file)) return alone("it cannot be read as it was");
    inspection out;
    quote_scan quotes(options.separator.value_or(','));
    record_scan records(record_syntax::json);
    data_scan data(options.data);
    std::array<char, 64 * 1024> chunk;
    bool keep = file.length_bytes <= std::min<std::uint64_t>(options.keep_bytes, chunk.size());
    // Its first bytes say what it is; where a record may span lines, all are looked at; where there
    // is no data in them, more.
    bool all = options.separator || options.json || keep;
    auto wanted = all ? chunk.size() : compression_head_bytes;
    std::uint64_t position = 0;
    while (position < file.length_bytes) {
        auto at = static_cast<off_t>(position);
        auto bytes = ::pread(opened.get(), chunk.data(), wanted, at);
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes <= 0) return alone("it cannot be read as it was");
        std::string_view piece(chunk.data(), static_cast<std::size_t>(bytes));
        if (position == 0) {
            auto compression = compression_of(piece);
            if (!compression.empty())
                return alone("it is " + std::string(compression) + " already");
            if (is_utf16(piece)) return alone("it is UTF-16");
            if (piece.starts_with(byte_order_mark)) out.head_bytes = byte_order_mark.size();
        }
        position += piece.size();
        if (keep) out.content += piece;
        data.add(piece);
        if (!all && data.found()) break;
        if (position == piece.size()) piece.remove_prefix(out.head_bytes);
        if (options.separator) quotes.add(piece);
        if (options.json) records.add(piece);
    }
    if (!data.has_data()) return alone("it holds no data");
    if (options.json && !records.has_one_object_a_line()) {
        return alone("it is not one JSON object a line");
    }
    if (!options.separator) {
        if (all && !is_same(opened, file)) return alone("it cannot be read as it was");
        return out;
    }
    if (!quotes.closed()) return alone("its quotes do not close");
    if (options.drops_first_record) {
        auto header = quotes.first_record_bytes();
        if (!header) return alone("where its first record ends is not certain");
        out.head_bytes += *header;
    }
    if (!is_same(opened, file)) return alone("it cannot be read as it was");
    return out;
}

}  // namespace kustodrop::spool
