#include "spool/following/log_identity.hpp"

#include "base/crypto/crypto.hpp"

#include <utility>

namespace kustodrop::spool {

static constexpr std::size_t most_anchors = 12;

static std::uint64_t first_64_bits(std::string_view digest) {
    std::uint64_t bits = 0;
    for (char byte : digest.substr(0, 8)) bits = bits << 8 | static_cast<unsigned char>(byte);
    return bits;
}

std::uint64_t content_hash(std::string_view bytes) { return first_64_bits(sha256(bytes)); }

void remember_anchor(std::vector<content_mark>& anchors, const content_mark& mark) {
    if (!anchors.empty() && anchors.back().end == mark.end) anchors.pop_back();
    anchors.push_back(mark);
    if (anchors.size() <= most_anchors) return;
    auto recent = anchors.size() - most_anchors / 2;
    std::vector<content_mark> kept;
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        if (i >= recent || i % 2 == 0) kept.push_back(anchors[i]);
    }
    anchors = std::move(kept);
}

bool log_file::same_file(const log_file& other) const {
    bool both_born = born_ns != 0 && other.born_ns != 0;
    bool both_handled = !handle.empty() && !other.handle.empty();
    return inode == other.inode && (!both_born || born_ns == other.born_ns) &&
           (!both_handled || handle == other.handle);
}

std::string make_log_id(const log_id_parts& parts) {
    std::string text = parts.watch;
    for (auto number :
         {parts.file_system,
          parts.file.inode,
          static_cast<std::uint64_t>(parts.file.born_ns),
          parts.head.length,
          parts.head.hash,
          std::uint64_t(parts.life)}) {
        text += '\0' + std::to_string(number);
    }
    auto digest = sha256(text).substr(0, 16);
    digest[6] =
        static_cast<char>((digest[6] & 0x0f) | 0x80);  // Version 8: made as its maker likes.
    digest[8] = static_cast<char>((digest[8] & 0x3f) | 0x80);  // The variant of RFC 9562.
    auto id = hex_encode(digest);
    for (auto at : {20, 16, 12, 8}) id.insert(static_cast<std::size_t>(at), 1, '-');
    return id;
}

}  // namespace kustodrop::spool
