#include "spool/reading/inspection.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/contents/evident_content.hpp"
#include "spool/reading/quotes.hpp"
#include "spool/reading/records/json_lines.hpp"

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

namespace {

// Looks at the bytes of a file, from its first to its last, in pieces.
class inspector {
public:
    explicit inspector(const inspection_options& options)
        : options_(options), quotes_(options.separator.value_or(',')), data_(options.data) {
        if (options.json) lines_.emplace();
    }

    // Whether all of the file has to be looked at: a record may span lines, or each must be whole.
    bool wants_all() const { return options_.separator || options_.json; }
    bool found_data() const { return data_.found(); }

    // `is_first`: the piece begins the file. Empty, or why the file must not be joined.
    std::string add(std::string_view piece, bool is_first) {
        if (is_first) {
            if (auto why = start_alone(piece, options_); !why.empty()) return why;
            if (piece.starts_with(byte_order_mark)) head_bytes_ = byte_order_mark.size();
        }
        data_.add(piece);
        if (is_first) piece.remove_prefix(head_bytes_);
        if (lines_) lines_->add(piece);
        if (!options_.separator) return {};
        if (piece.find('\0') != std::string_view::npos) return "it is not text";
        quotes_.add(piece);
        last_.add(piece);
        return {};
    }

    // After the last piece.
    inspection end() {
        if (!data_.has_data()) return alone("it holds no data");
        if (lines_ && !lines_->are_valid()) {
            return alone("it is not one valid JSON object a line");
        }
        inspection out;
        out.head_bytes = head_bytes_;
        if (!options_.separator) return out;
        if (auto why = separated_alone(quotes_, last_, options_); !why.empty()) return alone(why);
        auto first = quotes_.first_record_bytes();
        if (first) out.fields = quotes_.first_record_fields();
        if (options_.drops_first_record) out.head_bytes += *first;
        return out;
    }

private:
    const inspection_options& options_;
    quote_scan quotes_;
    std::optional<json_lines> lines_;
    data_scan data_;
    last_line last_;
    std::uint64_t head_bytes_ = 0;
};

}  // namespace

inspection inspect(std::string_view whole, const inspection_options& options) {
    inspector looking(options);
    if (!whole.empty()) {
        if (auto why = looking.add(whole, true); !why.empty()) return alone(why);
    }
    return looking.end();
}

inspection inspect(const slice& file, open_folders& through, const inspection_options& options) {
    auto opened = through.open(file.location, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    // What is wrong with it is the shipper's to say.
    if (!opened.is_open() || !is_same(opened, file)) return alone("it cannot be read as it was");
    inspector looking(options);
    std::string content;
    std::array<char, 64 * 1024> chunk;
    bool keep = file.length_bytes <= std::min<std::uint64_t>(options.keep_bytes, chunk.size());
    // Its first bytes say what it is; where there is no data in them, more.
    bool all = looking.wants_all() || keep;
    auto wanted = all ? chunk.size() : compression_head_bytes;
    std::uint64_t position = 0;
    while (position < file.length_bytes) {
        auto at = static_cast<off_t>(position);
        auto bytes = ::pread(opened.get(), chunk.data(), wanted, at);
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes <= 0) return alone("it cannot be read as it was");
        std::string_view piece(chunk.data(), static_cast<std::size_t>(bytes));
        if (auto why = looking.add(piece, position == 0); !why.empty()) return alone(why);
        position += piece.size();
        if (keep) content += piece;
        if (!all && looking.found_data()) break;
    }
    auto out = looking.end();
    if (!out.alone_because.empty()) return out;
    if (all && !is_same(opened, file)) return alone("it cannot be read as it was");
    out.content = std::move(content);
    return out;
}

}  // namespace kustodrop::spool
