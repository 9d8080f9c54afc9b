#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::test {

/// A zip archive of stored entries, without their checksums.
inline std::string zipped(
    const std::vector<std::pair<std::string, std::string>>& files, std::string_view comment = {}
) {
    std::string out;
    std::string directory;
    auto put = [](std::string& to, std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            to += static_cast<char>(i < 8 ? value >> (8 * i) & 0xFFu : 0u);
        }
    };
    for (auto& file : files) {
        auto& name = file.first;
        auto& content = file.second;
        auto at = out.size();
        auto both = [&](std::string& to) {
            put(to, 20, 2);  // Version,
            put(to, 0, 12);  // flags, method, time, date, checksum,
            put(to, content.size(), 4);
            put(to, content.size(), 4);
            put(to, name.size(), 2);
            put(to, 0, 2);  // and no extra field.
        };
        out += "PK\x03\x04";
        both(out);
        out += name + content;
        directory += "PK\x01\x02";
        put(directory, 20, 2);
        both(directory);
        put(directory, 0, 10);  // No comment, the first disk, no attributes.
        put(directory, at, 4);
        directory += name;
    }
    auto offset = out.size();
    out += directory;
    out += "PK\x05\x06";
    put(out, 0, 4);
    put(out, files.size(), 2);
    put(out, files.size(), 2);
    put(out, directory.size(), 4);
    put(out, offset, 4);
    put(out, comment.size(), 2);
    out += comment;
    return out;
}

}  // namespace kustodrop::test
