#include "spool/reading/contents/evident_content.hpp"

#include "base/text.hpp"
#include "spool/reading/compression_kind.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::spool {

using namespace std::string_view_literals;

// The older form of Office, and the newer one: a zip whose first entry says so.
static bool is_workbook(std::string_view first) {
    if (first.starts_with("\xd0\xcf\x11\xe0")) return true;
    bool is_zip = first.starts_with("PK\x03\x04");
    return is_zip && (first.find("[Content_Types].xml") != std::string_view::npos ||
                      first.find("_rels/") != std::string_view::npos);
}

static bool is_page(std::string_view first) {
    if (first.starts_with("\xef\xbb\xbf")) first.remove_prefix(3);
    auto begin = to_lower(trimmed(first));
    return begin.starts_with("<!doctype html") || begin.starts_with("<html");
}

// Without a byte order mark: in western text every second byte is zero, and no other one is.
static bool is_wide_text(std::string_view first) {
    if (first.size() < 8) return false;
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < first.size(); ++i) zeros[i % 2] += first[i] == '\0' ? 1u : 0u;
    auto [least, most] = std::minmax(zeros[0], zeros[1]);
    return least == 0 && most >= first.size() / 2 - first.size() / 16;
}

static bool is_encrypted(std::string_view first) {
    static constexpr auto marks = std::to_array<std::string_view>(
        {"-----BEGIN PGP MESSAGE-----",
         "-----BEGIN PKCS7-----",
         "-----BEGIN CMS-----",
         "-----BEGIN AGE ENCRYPTED FILE-----",
         "age-encryption.org/",
         "Salted__"}
    );
    return std::ranges::any_of(marks, [&](auto mark) { return first.starts_with(mark); });
}

std::string_view evident_content(std::string_view first_bytes) {
    auto first = first_bytes.substr(0, content_head_bytes);
    if (is_workbook(first)) return "a document of Office; save it as CSV (UTF-8)";
    if (!compression_of(first.substr(0, compression_head_bytes)).empty()) return {};
    if (first.starts_with("%PDF-")) return "a PDF; the service reads none";
    if (is_page(first)) return "an HTML page, as an error or a sign-in has; fetch the file again";
    if (is_encrypted(first)) return "encrypted, and the service cannot read it; decrypt it";
    if (first.starts_with("\xff\xfe\0\0"sv) || first.starts_with("\0\0\xfe\xff"sv)) {
        return "UTF-32, and the service reads UTF-8 only; convert it";
    }
    bool has_mark = first.starts_with("\xff\xfe") || first.starts_with("\xfe\xff");
    if (has_mark || is_wide_text(first)) {
        return "UTF-16, and the service reads UTF-8 only; convert it";
    }
    if (first.starts_with("PAR1")) return "Parquet, which has its schema inside";
    if (first.starts_with("Obj\x01")) return "Avro, which has its schema inside";
    bool has_zeros = first.find('\0') != std::string_view::npos;
    if (has_zeros && first.starts_with("ORC")) return "ORC, which has its schema inside";
    return {};
}

}  // namespace kustodrop::spool
