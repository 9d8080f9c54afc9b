#include "emulator/decoding/inflate.hpp"

#include <array>
#include <new>
#include <zlib.h>

namespace kustodrop::emulator {

static constexpr int gzip_only = 15 + 16;  // Window bits, and no other wrapper than gzip's.

static failure invalid_archive(std::string_view why) {
    return {
        .code = service_code("BadRequest_InvalidArchive"),
        .next = remedy::give_up,
        .detail = "The gzip archive cannot be read: " + std::string(why) + "."};
}

struct gzip_inflater::state {
    sink write;
    z_stream stream{};
    bool within_member = false;
    bool any_member = false;
    std::array<char, 65536> out;
};

gzip_inflater::gzip_inflater(sink write) : state_(std::make_unique<state>()) {
    state_->write = std::move(write);
    if (inflateInit2(&state_->stream, gzip_only) != Z_OK) throw std::bad_alloc();
}

gzip_inflater::~gzip_inflater() { inflateEnd(&state_->stream); }

result<> gzip_inflater::feed(std::string_view bytes) {
    auto& s = *state_;
    // zlib does not write through it; its type is older than const.
    s.stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    s.stream.avail_in = static_cast<uInt>(bytes.size());
    bool output_full = false;
    while (s.stream.avail_in > 0 || output_full) {
        s.within_member = true;
        s.stream.next_out = reinterpret_cast<Bytef*>(s.out.data());
        s.stream.avail_out = static_cast<uInt>(s.out.size());
        auto code = inflate(&s.stream, Z_NO_FLUSH);
        // Z_BUF_ERROR only says that nothing was left to do.
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            return invalid_archive(s.stream.msg ? s.stream.msg : "bad data");
        }
        output_full = s.stream.avail_out == 0 && code != Z_STREAM_END;
        auto size = s.out.size() - s.stream.avail_out;
        if (size > 0) {
            if (auto done = s.write({s.out.data(), size}); !done) return done;
        }
        if (code != Z_STREAM_END) continue;
        s.any_member = true;
        s.within_member = false;
        inflateReset(&s.stream);
    }
    return {};
}

result<> gzip_inflater::finish() {
    if (state_->within_member || !state_->any_member) return invalid_archive("it is cut short");
    return {};
}

}  // namespace kustodrop::emulator
