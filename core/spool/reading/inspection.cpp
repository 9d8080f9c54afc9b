#include "spool/reading/inspection.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/contents/evident_content.hpp"
#include "spool/reading/quotes.hpp"
#include "spool/reading/records/json_lines.hpp"
#include "spool/reading/records/record_scan.hpp"

#include <algorithm>
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

// The answer of a web server that someone saved under the name of its data.
static bool is_markup(std::string_view start) {
    auto first = start.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return false;
    auto head = to_lower(start.substr(first, 16));
    return head.starts_with("<!doctype") || head.starts_with("<html") || head.starts_with("<?xml");
}

// What the first bytes show; empty: nothing.
static std::string start_alone(std::string_view start, const inspection_options& options) {
    auto compression = compression_of(start);
    if (!compression.empty()) return "it is " + std::string(compression) + " already";
    if (is_utf16(start)) return "it is UTF-16";
    if (!options.separator) return {};
    if (is_markup(start)) return "it is a page of markup";
    auto evident = evident_content(start);
    if (evident.empty()) return {};
    return "it is " + std::string(evident.substr(0, evident.find_first_of(",;")));
}

namespace {

// What follows the last line end. A file that was cut ends within a record.
class last_line {
public:
    void add(std::string_view bytes) {
        auto end = bytes.rfind('\n');
        if (end != std::string_view::npos) {
            is_first_ = false;
            text_.clear();
            bytes.remove_prefix(end + 1);
        }
        if (text_.size() < longest_bytes) text_ += bytes;
    }

    // Whether it has fewer fields than others, as far as that is certain.
    bool is_cut(char separator, std::uint64_t fields) const {
        if (is_first_ || text_.empty() || text_.size() >= longest_bytes) return false;
        if (text_.find_first_of("\"\r") != std::string::npos) return false;
        auto separators = std::ranges::count(text_, separator);
        return static_cast<std::uint64_t>(separators) + 1 < fields;
    }

private:
    static constexpr std::size_t longest_bytes = 64 * 1024;
    std::string text_;
    bool is_first_ = true;
};

}  // namespace

// Of a file of separated records that has been read to its end.
static std::string separated_alone(
    const quote_scan& quotes, const last_line& last, const inspection_options& options
) {
    if (!quotes.closed()) return "its quotes do not close";
    bool is_certain = quotes.first_record_bytes().has_value();
    if (!is_certain && options.drops_first_record) {
        return "where its first record ends is not certain";
    }
    if (is_certain && last.is_cut(*options.separator, quotes.first_record_fields())) {
        return "its last record has fewer fields than its first";
    }
    return {};
}

inspection inspect(const slice& file, open_folders& through, const inspection_options& options) {
    auto opened = through.open(file.location, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    // What is wrong with it is the shipper's to say.
    if (!opened.is_open() || !is_same(opened, file)) return alone("it cannot be read as it was");
    inspection out;
    quote_scan quotes(options.separator.value_or(','));
    record_scan records(record_syntax::json);
    std::optional<json_lines> lines;
    if (options.json) lines.emplace();
    data_scan data(options.data);
    last_line last;
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
            if (auto why = start_alone(piece, options); !why.empty()) return alone(why);
            if (piece.starts_with(byte_order_mark)) out.head_bytes = byte_order_mark.size();
        }
        position += piece.size();
        if (keep) out.content += piece;
        data.add(piece);
        if (!all && data.found()) break;
        if (position == piece.size()) piece.remove_prefix(out.head_bytes);
        if (options.separator && piece.find('\0') != std::string_view::npos) {
            return alone("it is not text");
        }
        if (options.separator) {
            quotes.add(piece);
            last.add(piece);
        }
        if (options.json) {
            records.add(piece);
            lines->add(piece);
        }
    }
    if (!data.has_data()) return alone("it holds no data");
    if (options.json && !records.has_one_object_a_line()) {
        return alone("it is not one JSON object a line");
    }
    if (lines && !lines->are_valid()) return alone("it has a line that is not valid JSON");
    if (!options.separator) {
        if (all && !is_same(opened, file)) return alone("it cannot be read as it was");
        return out;
    }
    if (auto why = separated_alone(quotes, last, options); !why.empty()) return alone(why);
    if (quotes.first_record_bytes()) out.fields = quotes.first_record_fields();
    if (options.drops_first_record) out.head_bytes += *quotes.first_record_bytes();
    if (!is_same(opened, file)) return alone("it cannot be read as it was");
    return out;
}

}  // namespace kustodrop::spool
