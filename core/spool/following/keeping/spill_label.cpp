#include "spool/following/keeping/spill_label.hpp"

#include <sstream>
#include <utility>

namespace kustodrop::spool {

using namespace std::string_view_literals;

// Deflate, with an extra field, no time; written by Unix.
static constexpr auto fixed_part = "\x1f\x8b\x08\x04\0\0\0\0\0\x03"sv;
static constexpr auto field_name = "KD"sv;
static constexpr auto format = "1"sv;
static constexpr auto no_id = "-"sv;

// Longer ones are possible only where folders lie in folders in folders.
static constexpr std::size_t most_name_bytes = 4096;

static std::string two_bytes(std::size_t number) {
    return {static_cast<char>(number & 0xff), static_cast<char>(number >> 8u)};
}

static std::size_t length_at(std::string_view bytes, std::size_t at) {
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    return byte(at) | static_cast<std::size_t>(byte(at + 1)) << 8u;
}

std::string labelled_gzip_head(const slice& range) {
    std::ostringstream text;
    text << format << ' ' << range.offset << ' ' << range.length_bytes << ' '
         << range.identity.inode << ' ' << range.identity.born_ns << ' '
         << (range.log_id ? std::string_view(*range.log_id) : no_id) << ' '
         << range.name.substr(0, most_name_bytes);
    auto label = text.str();
    std::string head(fixed_part);
    head += two_bytes(label.size() + 4) + std::string(field_name) + two_bytes(label.size());
    return head + label;
}

std::optional<slice> labelled_range(std::string_view first_bytes) {
    auto before_label = fixed_part.size() + 6;
    if (first_bytes.size() < before_label || !first_bytes.starts_with(fixed_part)) return {};
    if (first_bytes.substr(fixed_part.size() + 2, 2) != field_name) return {};
    auto length = length_at(first_bytes, before_label - 2);
    if (first_bytes.size() < before_label + length) return {};
    std::istringstream text(std::string(first_bytes.substr(before_label, length)));
    slice out;
    std::string version;
    std::string id;
    text >> version >> out.offset >> out.length_bytes >> out.identity.inode >>
        out.identity.born_ns >> id;
    if (!text || version != format || text.get() != ' ') return {};
    std::getline(text, out.name, '\0');
    if (out.name.empty() || out.length_bytes == 0) return {};
    if (id != no_id) out.log_id = id;
    return out;
}

}  // namespace kustodrop::spool
