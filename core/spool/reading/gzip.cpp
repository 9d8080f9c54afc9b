#include "spool/reading/gzip.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>
#include <zlib.h>

namespace kustodrop::spool {

// Both libraries count in 32 bits.
static std::size_t bounded(std::size_t bytes) { return std::min<std::size_t>(bytes, 1u << 30); }

// zlib and ISA-L take what they only read as mutable bytes.
static Bytef* bytes_of(std::string_view text) {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
}

namespace {

enum class ending { none, flush, end };
enum class wrapping { gzip, raw };

using progress = gzip_encoder::progress;

}  // namespace

struct gzip_codec {
    virtual ~gzip_codec() = default;

    // `finished`: all of `in` is taken, and what `ending` asks for stands in `out`.
    virtual progress step(std::string_view in, std::span<char> out, ending ending) = 0;
};

namespace {

// What ISA-L works with. Some 300 KB: they are kept and used again, because small files would
// spend more time on clean memory than on compression.
struct fast_state {
    isal_zstream stream;
    std::array<std::uint8_t, ISAL_DEF_LVL1_DEFAULT> level_buffer;
};

class spare_states {
public:
    std::unique_ptr<fast_state> take() {
        std::lock_guard lock(mutex_);
        if (spare_.empty()) return std::unique_ptr<fast_state>(new fast_state);
        auto out = std::move(spare_.back());
        spare_.pop_back();
        return out;
    }
    void give_back(std::unique_ptr<fast_state> state) {
        std::lock_guard lock(mutex_);
        if (spare_.size() < most) spare_.push_back(std::move(state));
    }

private:
    static constexpr std::size_t most = 4;
    std::mutex mutex_;
    std::vector<std::unique_ptr<fast_state>> spare_;
};

spare_states& spares() {
    static spare_states all;
    return all;
}

// ISA-L at level 1: about five times the speed of zlib at nearly its ratio.
struct fast_codec final : gzip_codec {
    explicit fast_codec(wrapping how) : state(spares().take()), stream(state->stream) {
        isal_deflate_init(&stream);
        stream.level = 1;
        stream.level_buf = state->level_buffer.data();
        stream.level_buf_size = static_cast<std::uint32_t>(state->level_buffer.size());
        stream.gzip_flag = how == wrapping::gzip ? IGZIP_GZIP : IGZIP_DEFLATE;
    }
    ~fast_codec() override { spares().give_back(std::move(state)); }

    progress step(std::string_view in, std::span<char> out, ending wish) override {
        auto take = bounded(in.size());
        auto room = bounded(out.size());
        bool whole = take == in.size();
        stream.next_in = bytes_of(in);
        stream.avail_in = static_cast<std::uint32_t>(take);
        stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
        stream.avail_out = static_cast<std::uint32_t>(room);
        stream.end_of_stream = wish == ending::end && whole;
        stream.flush = wish == ending::flush && whole ? FULL_FLUSH : NO_FLUSH;
        if (isal_deflate(&stream) != COMP_OK) throw std::logic_error("isal_deflate refused");
        bool finished = stream.internal_state.state == ZSTATE_END;
        if (wish == ending::flush) finished = whole && stream.avail_in == 0 && stream.avail_out > 0;
        return {take - stream.avail_in, room - stream.avail_out, finished};
    }

    std::unique_ptr<fast_state> state;
    isal_zstream& stream;
};

struct dense_codec final : gzip_codec {
    explicit dense_codec(wrapping how) {
        // 15 is the full window, 16 more asks for gzip, less than none for neither head nor tail;
        // 8 is the default memory level.
        int window = how == wrapping::gzip ? 15 + 16 : -15;
        if (deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~dense_codec() override { deflateEnd(&stream); }

    progress step(std::string_view in, std::span<char> out, ending wish) override {
        auto take = bounded(in.size());
        auto room = bounded(out.size());
        bool whole = take == in.size();
        stream.next_in = bytes_of(in);
        stream.avail_in = static_cast<uInt>(take);
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(room);
        int flush = Z_NO_FLUSH;
        if (whole && wish == ending::flush) flush = Z_FULL_FLUSH;
        if (whole && wish == ending::end) flush = Z_FINISH;
        auto said = deflate(&stream, flush);
        if (said == Z_STREAM_ERROR) throw std::logic_error("deflate refused");
        bool finished = said == Z_STREAM_END;
        if (wish == ending::flush) finished = whole && stream.avail_in == 0 && stream.avail_out > 0;
        return {take - stream.avail_in, room - stream.avail_out, finished};
    }

    z_stream stream = {};
};

std::unique_ptr<gzip_codec> make_codec(compression how, wrapping wrap) {
    if (how == compression::none) throw std::logic_error("a codec without compression");
    if (how == compression::dense) return std::make_unique<dense_codec>(wrap);
    return std::make_unique<fast_codec>(wrap);
}

}  // namespace

// Small pieces that wait for others.
struct gzip_encoder::gathered {
    // Returns how many of these bytes found room.
    std::size_t add(std::string_view in) {
        auto taken = std::min(in.size(), bytes.size() - size);
        std::copy_n(in.data(), taken, bytes.data() + size);
        size += taken;
        return taken;
    }
    void remove(std::size_t taken) {
        std::copy(bytes.data() + taken, bytes.data() + size, bytes.data());
        size -= taken;
    }
    bool is_full() const { return size == bytes.size(); }
    std::string_view view() const { return {bytes.data(), size}; }

    std::size_t size = 0;
    std::array<char, 64 * 1024> bytes;
};

gzip_encoder::gzip_encoder(compression how) : codec_(make_codec(how, wrapping::gzip)) {}
gzip_encoder::~gzip_encoder() = default;
gzip_encoder::gzip_encoder(gzip_encoder&&) noexcept = default;
gzip_encoder& gzip_encoder::operator=(gzip_encoder&&) noexcept = default;

progress gzip_encoder::step(std::string_view in, std::span<char> out, bool last) {
    static constexpr std::size_t small_piece_bytes = 32 * 1024;
    bool has_gathered = gathered_ && gathered_->size > 0;
    if (!has_gathered && (last || in.size() >= small_piece_bytes)) return encode(in, out, last);
    if (!gathered_) gathered_ = std::unique_ptr<gathered>(new gathered);
    progress sum;
    for (;;) {
        sum.consumed += gathered_->add(in.substr(sum.consumed));
        bool ends = last && sum.consumed == in.size();
        if (!ends && !gathered_->is_full()) return sum;
        auto made = encode(gathered_->view(), out.subspan(sum.produced), ends);
        gathered_->remove(made.consumed);
        sum.produced += made.produced;
        sum.finished = made.finished;
        if (sum.finished || gathered_->size > 0 || ends) return sum;
    }
}

progress gzip_encoder::encode(std::string_view in, std::span<char> out, bool last) {
    progress sum;
    while (!sum.finished) {
        auto rest = in.substr(sum.consumed);
        auto room = out.subspan(sum.produced);
        if (room.empty() || (rest.empty() && !last)) break;
        auto step = codec_->step(rest, room, last ? ending::end : ending::none);
        sum.consumed += step.consumed;
        sum.produced += step.produced;
        sum.finished = step.finished;
        if (step.consumed == 0 && step.produced == 0 && !step.finished) break;
    }
    return sum;
}

std::span<char> growing_buffer::room(std::size_t least) {
    if (capacity_ - size_ < least) {
        auto more = std::max(capacity_ * 2, size_ + least);
        auto fresh = std::make_unique_for_overwrite<char[]>(more);
        std::copy_n(bytes_.get(), size_, fresh.get());
        bytes_ = std::move(fresh);
        capacity_ = more;
    }
    return {bytes_.get() + size_, capacity_ - size_};
}

segment_deflater::segment_deflater(compression how, bool last)
    : codec_(make_codec(how, wrapping::raw)), last_(last) {}
segment_deflater::~segment_deflater() = default;

void segment_deflater::add(std::string_view in, bool ends, growing_buffer& out) {
    static constexpr std::size_t least_room = 64u << 10u;
    crc_ = crc32_gzip_refl(crc_, bytes_of(in), in.size());
    auto wish = ending::none;
    if (ends) wish = last_ ? ending::end : ending::flush;
    for (;;) {
        auto made = codec_->step(in, out.room(least_room), wish);
        in.remove_prefix(made.consumed);
        out.commit(made.produced);
        if (ends ? made.finished : in.empty()) return;
    }
}

// Files are hostile until proven otherwise, so the inflater is zlib, the most attacked one.
struct gzip_counter::inflater {
    inflater(gzip_limits limits, viewer view) : limits(limits), view(std::move(view)) {
        if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
    }
    inflater(const inflater&) = delete;
    ~inflater() { inflateEnd(&stream); }

    result<void> inflate_some(std::string_view& compressed);
    result<void> skip_padding(std::string_view& compressed);

    gzip_limits limits;
    viewer view;
    z_stream stream = {};
    std::array<char, 64 * 1024> scratch;
    std::uint64_t raw = 0;
    std::uint64_t taken = 0;
    bool inside_member = false;
    bool padded = false;  // Nothing but zeros may follow.
    char last = '\n';
};

gzip_counter::gzip_counter(gzip_limits limits, viewer view)
    : inflater_(std::make_unique<inflater>(limits, std::move(view))) {}
gzip_counter::~gzip_counter() = default;
gzip_counter::gzip_counter(gzip_counter&&) noexcept = default;
gzip_counter& gzip_counter::operator=(gzip_counter&&) noexcept = default;

std::uint64_t gzip_counter::raw_bytes() const { return inflater_->raw; }
std::uint64_t gzip_counter::member_bytes() const { return inflater_->taken; }
char gzip_counter::last_byte() const { return inflater_->last; }

static failure hopeless(errc code, std::string detail) {
    return failure{code, remedy::give_up, std::move(detail)};
}

static std::optional<failure> beyond(
    const gzip_limits& limits, std::uint64_t raw, std::uint64_t taken
) {
    if (raw > limits.max_raw_bytes) {
        auto limit = std::to_string(limits.max_raw_bytes);
        return hopeless(errc::too_large, "inflates to more than " + limit + " bytes");
    }
    if (raw > limits.ratio_free_bytes && raw / limits.ratio > taken) {
        auto what = std::to_string(taken) + " bytes inflate to more than " + std::to_string(raw);
        return hopeless(errc::gzip_bomb, what);
    }
    return std::nullopt;
}

// Up to the end of the member, or of `compressed`.
result<void> gzip_counter::inflater::inflate_some(std::string_view& compressed) {
    auto take = bounded(compressed.size());
    stream.next_in = bytes_of(compressed);
    stream.avail_in = static_cast<uInt>(take);
    int said = Z_OK;
    // A full scratch buffer may hide more output although all input is taken.
    do {
        stream.next_out = reinterpret_cast<Bytef*>(scratch.data());
        stream.avail_out = static_cast<uInt>(scratch.size());
        auto before = stream.avail_in;
        said = inflate(&stream, Z_NO_FLUSH);
        auto made = scratch.size() - stream.avail_out;
        taken += before - stream.avail_in;
        raw += made;
        if (made > 0) last = scratch[made - 1];
        if (made > 0 && view && !view({scratch.data(), made})) view = nullptr;
        inside_member = said != Z_STREAM_END;
        if (auto limit = beyond(limits, raw, taken)) return *limit;
    } while (said == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
    if (said == Z_STREAM_END) {
        inflateReset(&stream);
    } else if (said != Z_OK && said != Z_BUF_ERROR) {
        auto where = "after " + std::to_string(taken) + " bytes: ";
        return hopeless(errc::broken_gzip, where + (stream.msg ? stream.msg : "not a gzip stream"));
    }
    compressed.remove_prefix(take - stream.avail_in);
    return {};
}

// Blocks of tapes and of disks are filled up with zeros. What follows those, gunzip does not read.
result<void> gzip_counter::inflater::skip_padding(std::string_view& compressed) {
    auto zeros = std::min(compressed.find_first_not_of('\0'), compressed.size());
    padded = padded || zeros > 0;
    compressed.remove_prefix(zeros);
    if (!padded || compressed.empty()) return {};
    auto where = "after " + std::to_string(taken) + " bytes: ";
    return hopeless(errc::broken_gzip, where + "zeros and then other bytes follow");
}

result<void> gzip_counter::add(std::string_view compressed) {
    auto& in = *inflater_;
    while (!compressed.empty()) {
        if (in.taken > 0 && !in.inside_member) {
            if (auto skipped = in.skip_padding(compressed); !skipped) return skipped;
            if (compressed.empty()) break;
        }
        if (auto inflated = in.inflate_some(compressed); !inflated) return inflated;
    }
    return {};
}

result<void> gzip_counter::finish() {
    auto& in = *inflater_;
    if (in.taken == 0) return hopeless(errc::broken_gzip, "an empty file is not a gzip stream");
    if (in.inside_member) {
        auto where = std::to_string(in.taken);
        auto detail = "ends within a gzip member, after " + where + " bytes";
        return failure{errc::broken_gzip, remedy::retry, detail};
    }
    return {};
}

}  // namespace kustodrop::spool
