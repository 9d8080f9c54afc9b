#include "daemon/inferring/sample_text.hpp"

#include "base/text.hpp"

namespace kustodrop::daemon {

static constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool take_mark(std::string& bytes) {
    bool is_there = bytes.starts_with(byte_order_mark);
    if (is_there) bytes.erase(0, byte_order_mark.size());
    return is_there;
}

std::string obstacle(std::string_view bytes) {
    if (bytes.starts_with("\x1f\x8b")) return "it is gzip; give the uncompressed file";
    if (bytes.starts_with("PK\x03\x04")) return "it is zip; give the uncompressed file";
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
        return "it is UTF-16, and the service reads UTF-8 only; convert it";
    }
    if (bytes.starts_with("PAR1")) return "it is Parquet, which has its schema inside";
    if (bytes.starts_with("Obj\x01")) return "it is Avro, which has its schema inside";
    if (bytes.find('\0') != std::string_view::npos) return "it holds zero bytes: it is not text";
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

}  // namespace kustodrop::daemon
