#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>

namespace kustodrop::test {

/// All members of a gzip stream, by zlib; throws if it is not whole.
inline std::string gunzip(std::string_view compressed) {
    z_stream stream = {};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("inflateInit2");
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(compressed.data()));
    stream.avail_in = static_cast<uInt>(compressed.size());
    std::string out;
    std::array<char, 65536> buffer;
    int said = Z_STREAM_END;
    do {
        if (said == Z_STREAM_END && !out.empty()) inflateReset(&stream);
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        said = inflate(&stream, Z_NO_FLUSH);
        if (said != Z_OK && said != Z_STREAM_END) break;
        out.append(buffer.data(), buffer.size() - stream.avail_out);
        if (said == Z_STREAM_END && stream.avail_in > 0) inflateReset(&stream);
    } while (said == Z_OK || stream.avail_in > 0);
    inflateEnd(&stream);
    if (said != Z_STREAM_END) throw std::runtime_error("not a whole gzip stream");
    return out;
}

/// A stream of just one member, as a reader that inflates once has it; throws if it is more or
/// less.
inline std::string gunzip_one_member(std::string_view compressed) {
    z_stream stream = {};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("inflateInit2");
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(compressed.data()));
    stream.avail_in = static_cast<uInt>(compressed.size());
    std::string out;
    std::array<char, 65536> buffer;
    int said = Z_OK;
    while (said == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        said = inflate(&stream, Z_NO_FLUSH);
        out.append(buffer.data(), buffer.size() - stream.avail_out);
    }
    auto left = stream.avail_in;
    inflateEnd(&stream);
    if (said != Z_STREAM_END || left > 0) throw std::runtime_error("not just one gzip member");
    return out;
}

}  // namespace kustodrop::test
