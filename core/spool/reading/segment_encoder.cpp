#include "spool/reading/segment_encoder.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>
#include <zlib.h>

namespace kustodrop::spool {

static constexpr std::size_t chunk_bytes = 256 * 1024;

// Deflate, no flags, no time, no extra flags, an unknown system (RFC 1952 §2.3).
static constexpr std::string_view member_head("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);

// One to be given out, one being made by each thread.
static unsigned slots_for(const segment_options& options) { return options.threads + 1; }

std::size_t segment_options::memory_bytes() const {
    return slots_for(*this) * (segment_bytes + segment_bytes / 64 + 1024 + chunk_bytes);
}

std::uint64_t parallel_memory_bytes(std::uint64_t source_bytes, unsigned threads) {
    if (threads < 2 || source_bytes < parallel_from_bytes) return 0;
    segment_options how;
    how.threads = threads;
    return how.memory_bytes();
}

struct segment_encoder::state : std::enable_shared_from_this<state> {
    enum class step { free, begun, done };
    struct slot {
        step at = step::free;
        std::unique_ptr<char[]> chunk = std::make_unique_for_overwrite<char[]>(chunk_bytes);
        growing_buffer out;
        std::uint32_t crc = 0;
        std::optional<failure> problem;
    };

    std::uint64_t segments() const {
        return (length + options.segment_bytes - 1) / options.segment_bytes;
    }
    std::size_t bytes_of(std::uint64_t index) const {
        auto from = index * options.segment_bytes;
        return std::min<std::uint64_t>(options.segment_bytes, length - from);
    }
    slot& slot_of(std::uint64_t index) { return slots[index % slots.size()]; }
    bool may_begin() const { return !closed && begun < segments() && begun < given + slots.size(); }

    void make(std::uint64_t index);
    bool make_one(std::unique_lock<std::mutex>& lock);
    void take_first(std::unique_lock<std::mutex>& lock);
    result<void> advance(std::unique_lock<std::mutex>& lock);
    void call_helpers();
    void finish();

    std::uint64_t length = 0;
    read_at read;
    segment_options options;
    std::vector<slot> slots;

    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t begun = 0;  // Segments that somebody has taken up.
    std::uint64_t given = 0;  // Segments that are wholly given out.
    unsigned busy = 0;
    unsigned helpers = 0;  // Asked for and not yet gone.
    bool closed = false;

    // The caller's alone.
    std::string_view pending = member_head;
    std::array<char, 8> tail{};
    std::uint32_t crc = 0;
    bool giving = false;  // `pending` is the segment `given`.
    bool ending = false;  // `pending` is the tail.
};

// Without the lock: the slot is ours.
void segment_encoder::state::make(std::uint64_t index) {
    auto& mine = slot_of(index);
    auto left = bytes_of(index);
    auto offset = index * options.segment_bytes;
    bool last = index + 1 == segments();
    segment_deflater deflater(options.how, last);
    mine.out.clear();
    mine.problem.reset();
    while (left > 0) {
        std::span<char> chunk(mine.chunk.get(), std::min(left, chunk_bytes));
        auto got = read(offset, chunk);
        if (got.has_error()) {
            mine.problem = got.error();
            return;
        }
        left -= chunk.size();
        offset += chunk.size();
        compression_pass pass(options.gate);
        deflater.add({chunk.data(), chunk.size()}, left == 0, mine.out);
    }
    mine.crc = deflater.crc();
}

// Makes the next segment that no thread has begun; false if there is none.
bool segment_encoder::state::make_one(std::unique_lock<std::mutex>& lock) {
    if (!may_begin()) return false;
    auto index = begun++;
    slot_of(index).at = step::begun;
    ++busy;
    lock.unlock();
    make(index);
    lock.lock();
    --busy;
    slot_of(index).at = step::done;
    changed.notify_all();
    return true;
}

// Waits for the next segment in order, working meanwhile.
void segment_encoder::state::take_first(std::unique_lock<std::mutex>& lock) {
    while (slot_of(given).at != step::done) {
        if (!make_one(lock)) changed.wait(lock);
    }
}

segment_encoder::segment_encoder(std::uint64_t length_bytes, read_at read, segment_options options)
    : state_(std::make_shared<state>()) {
    state_->length = length_bytes;
    state_->read = std::move(read);
    state_->slots.resize(slots_for(options));
    state_->options = std::move(options);
}

segment_encoder::~segment_encoder() {
    std::unique_lock lock(state_->mutex);
    state_->closed = true;
    state_->changed.wait(lock, [this] { return state_->busy == 0; });
}

// Asks for as many threads as may help. One that comes too late finds nothing to do.
void segment_encoder::state::call_helpers() {
    while (options.run && helpers + 1 < options.threads && may_begin()) {
        ++helpers;
        options.run([self = shared_from_this()] {
            std::unique_lock lock(self->mutex);
            while (self->make_one(lock)) {
            }
            --self->helpers;
        });
    }
}

// CRC-32 and length, the low byte first (RFC 1952 §2.3.1).
void segment_encoder::state::finish() {
    std::array<std::uint32_t, 2> fields{crc, static_cast<std::uint32_t>(length)};
    for (std::size_t i = 0; i < tail.size(); ++i) {
        tail[i] = static_cast<char>(fields[i / 4] >> (8 * (i % 4)) & 0xFFu);
    }
    pending = std::string_view(tail.data(), tail.size());
    ending = true;
}

// What comes next into `pending`: a segment, or the tail.
result<void> segment_encoder::state::advance(std::unique_lock<std::mutex>& lock) {
    if (giving) {
        slot_of(given).at = step::free;
        ++given;
        giving = false;
    }
    if (given == segments()) {
        finish();
        return {};
    }
    call_helpers();
    take_first(lock);
    auto& first = slot_of(given);
    if (first.problem) return *first.problem;
    auto bytes = static_cast<z_off_t>(bytes_of(given));
    crc = static_cast<std::uint32_t>(::crc32_combine(crc, first.crc, bytes));
    pending = first.out.view();
    giving = true;
    return {};
}

// The copy is what lets segments be made out of their order, and blocks be full.
result<segment_encoder::filled> segment_encoder::fill(std::span<char> out) {
    auto& s = *state_;
    filled made;
    for (;;) {
        auto bytes = std::min(s.pending.size(), out.size() - made.bytes);
        std::memcpy(out.data() + made.bytes, s.pending.data(), bytes);
        s.pending.remove_prefix(bytes);
        made.bytes += bytes;
        made.last = s.ending && s.pending.empty();
        if (made.last || made.bytes == out.size()) return made;
        std::unique_lock lock(s.mutex);
        if (auto next = s.advance(lock); next.has_error()) return next.error();
    }
}

}  // namespace kustodrop::spool
