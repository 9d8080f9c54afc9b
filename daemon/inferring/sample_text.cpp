#include "daemon/inferring/sample_text.hpp"

#include "base/text.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/contents/evident_content.hpp"

#include <string>

namespace kustodrop::daemon {

static constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool take_mark(std::string& bytes) {
    bool is_there = bytes.starts_with(byte_order_mark);
    if (is_there) bytes.erase(0, byte_order_mark.size());
    return is_there;
}

std::string obstacle(std::string_view bytes) {
    auto evident = spool::evident_content(bytes);
    if (!evident.empty()) return "it is " + std::string(evident);
    auto compression = spool::compression_of(bytes.substr(0, spool::compression_head_bytes));
    if (!compression.empty()) {
        return "it is " + std::string(compression) + "; give the uncompressed file";
    }
    bool has_zeros = bytes.find('\0') != std::string_view::npos;
    if (has_zeros) return "it holds zero bytes: it is not text";
    if (trimmed(bytes).empty()) return "it holds no data";
    return {};
}

std::optional<char> separator_of(std::string_view format) {
    if (format == "csv") return ',';
    if (format == "tsv") return '\t';
    if (format == "scsv") return ';';
    if (format == "psv") return '|';
    if (format == "sohsv") return '\x01';
    return std::nullopt;
}

std::string_view format_of(char separator) {
    for (std::string_view format : {"csv", "tsv", "scsv", "psv", "sohsv"}) {
        if (separator_of(format) == separator) return format;
    }
    return {};
}

}  // namespace kustodrop::daemon
