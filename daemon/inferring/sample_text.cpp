#include "daemon/inferring/sample_text.hpp"

#include "base/text.hpp"
#include "spool/reading/compression_kind.hpp"

#include <string>

namespace kustodrop::daemon {

static constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool take_mark(std::string& bytes) {
    bool is_there = bytes.starts_with(byte_order_mark);
    if (is_there) bytes.erase(0, byte_order_mark.size());
    return is_there;
}

// The older form of Office, and the newer one: a zip whose first entry says so.
static bool is_workbook(std::string_view bytes) {
    if (bytes.starts_with("\xd0\xcf\x11\xe0")) return true;
    auto head = bytes.substr(0, 512);
    bool is_zip = head.starts_with("PK\x03\x04");
    return is_zip && (head.find("[Content_Types].xml") != std::string_view::npos ||
                      head.find("_rels/") != std::string_view::npos);
}

static bool is_page(std::string_view bytes) {
    auto begin = to_lower(trimmed(bytes.substr(0, 256)));
    return begin.starts_with("<!doctype html") || begin.starts_with("<html");
}

std::string obstacle(std::string_view bytes) {
    if (is_workbook(bytes)) return "it is a document of Office; save it as CSV (UTF-8)";
    auto compression = spool::compression_of(bytes.substr(0, spool::compression_head_bytes));
    if (!compression.empty()) {
        return "it is " + std::string(compression) + "; give the uncompressed file";
    }
    if (bytes.starts_with("%PDF-")) return "it is a PDF; the service reads none";
    if (is_page(bytes)) {
        return "it is an HTML page, as an error or a sign-in has; fetch the file again";
    }
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
        return "it is UTF-16, and the service reads UTF-8 only; convert it";
    }
    if (bytes.starts_with("PAR1")) return "it is Parquet, which has its schema inside";
    if (bytes.starts_with("Obj\x01")) return "it is Avro, which has its schema inside";
    bool has_zeros = bytes.find('\0') != std::string_view::npos;
    if (has_zeros && bytes.starts_with("ORC")) return "it is ORC, which has its schema inside";
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
