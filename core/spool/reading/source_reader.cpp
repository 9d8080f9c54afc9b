#include "spool/reading/source_reader.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/folder/open_folders.hpp"
#include "spool/reading/read_failures.hpp"
#include "spool/reading/tail_check.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::spool {

static constexpr std::size_t chunk_bytes = 256 * 1024;

// "\n" as a gzip member of its own: members may be strung together (RFC 1952 §2.2).
static constexpr char newline_member[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xe3\x02\x00\x93\x06\xd7\x32\x01\x00\x00\x00";

// Large because it holds the place in three nested streams: slices, their bytes, the gzip.
struct source_reader::state {
    state(std::vector<slice> all, reader_options how)
        : slices(std::move(all)), options(std::move(how)) {
        std::uint64_t longest = 1;
        for (auto& one : slices) longest = std::max(longest, one.length_bytes);
        chunk_size = std::min<std::uint64_t>(longest, chunk_bytes);
        bool encode = options.compressible && !options.already_compressed;
        packs = encode && options.how != compression::none;
        if (slices.size() > 1) folders.emplace(options.root_fd);
        if (packs) encoder.emplace(options.how);
        if (options.already_compressed) {
            gzip_limits limits;
            limits.max_raw_bytes = options.max_raw_bytes;
            counter.emplace(limits);
        }
    }

    result<void> open_slice();
    result<void> check_slice();
    result<void> check_end();
    result<void> end_slice();
    result<void> advance();
    result<void> fill_pending();
    result<void> take_chunk(std::string_view bytes);
    const std::string* content() const;
    result<std::size_t> read_some(std::uint64_t offset, std::span<char> into);
    result<void> read_whole(std::uint64_t offset, std::span<char> into);
    result<void> begin_segments();
    void release();
    result<block> next_of_segments(std::span<char> buffer);

    std::vector<slice> slices;
    reader_options options;
    bool packs = false;
    std::optional<gzip_encoder> encoder;
    std::optional<gzip_counter> counter;

    std::size_t at = 0;  // The slice in hand.
    descriptor file;     // Its file, once opened, unless its bytes are in memory.
    bool opened = false;
    std::optional<open_folders> folders;
    bool checked = false;        // After its last byte was read.
    std::uint64_t position = 0;  // Bytes of the slice already read.
    char last_byte = '\n';
    bool newline_due = false;
    bool input_ended = false;

    std::size_t chunk_size = 0;
    std::unique_ptr<char[]> chunk;
    std::string_view pending;  // In the chunk, or the newline: read but not passed on.

    std::uint64_t raw = 0;       // Of the slices.
    std::uint64_t newlines = 0;  // Put between them.
    std::uint64_t stored = 0;
    std::optional<changed_file> changed;
    std::optional<changed_file> grown;

    std::mutex checking;  // With segments, several threads look at the file.
    std::optional<segment_encoder> segments;
};

// Of the slice in hand, where it is in memory.
const std::string* source_reader::state::content() const {
    return at < options.contents.size() ? options.contents[at].get() : nullptr;
}

result<void> source_reader::state::open_slice() {
    auto& what = slices[at];
    position = 0;
    last_byte = '\n';
    opened = true;
    checked = content() != nullptr;  // It was when its bytes were read.
    if (checked) return {};
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    file = folders ? folders->open(what.location, flags)
                   : open_beneath(options.root_fd, what.location, flags);
    if (!file.is_open()) return cannot_open(what, errno);
    if (auto same = check_slice(); !same) return same;
    auto first = static_cast<off_t>(what.offset);
    auto length = static_cast<off_t>(what.length_bytes);
    // What one read takes whole needs no reading ahead.
    if (what.length_bytes > chunk_bytes) {
        ::posix_fadvise(file.get(), first, length, POSIX_FADV_SEQUENTIAL);
    }
    return {};
}

result<void> source_reader::state::check_slice() {
    auto& what = slices[at];
    struct ::stat facts = {};
    if (::fstat(file.get(), &facts) != 0) {
        return system_failure(errc::read_error, remedy::retry, "cannot stat", what.location, errno);
    }
    if (!S_ISREG(facts.st_mode)) return not_regular(what);
    auto now = identity_of(facts);
    bool long_enough = now.size_bytes >= what.offset + what.length_bytes;
    if (now.same_content(what.identity) && long_enough) return {};
    bool same_file = now.same_file(what.identity);
    bool longer = now.size_bytes > what.identity.size_bytes;
    if (options.may_grow && same_file && longer && long_enough) {
        if (!grown) grown = changed_file{at, {}};
        if (grown->slice == at) grown->now = now;
        return {};
    }
    changed = changed_file{at, now};
    return changed_while_read(what, now);
}

// A file that is longer than it was may have been truncated and written again meanwhile.
result<void> source_reader::state::check_end() {
    bool has_grown = grown && grown->slice == at;
    if (!has_grown) return {};
    auto& what = slices[at];
    if (may_be_same(what.end_check, tail_check(file.get(), what.end()))) return {};
    changed = grown;
    return changed_while_read(what, grown->now);
}

result<void> source_reader::state::end_slice() {
    if (!std::exchange(checked, false)) {
        if (auto same = check_slice(); !same) return same;
    }
    if (auto same = check_end(); !same) return same;
    file.reset();
    opened = false;
    bool empty = slices[at].length_bytes == 0;
    if (counter && !empty) {
        if (auto whole = counter->finish(); !whole) {
            auto f = whole.error();
            f.detail = printable(slices[at].name) + ": " + f.detail;
            return f;
        }
        last_byte = counter->last_byte();
    }
    ++at;
    bool more =
        std::any_of(slices.begin() + static_cast<std::ptrdiff_t>(at), slices.end(), [](auto& s) {
            return s.length_bytes > 0;
        });
    bool text = options.compressible || options.already_compressed;
    newline_due = options.end_lines && text && more && !empty && last_byte != '\n';
    return {};
}

// Steps over slices that are read to their end, until there is something to read or nothing left.
result<void> source_reader::state::advance() {
    while (at < slices.size() && !newline_due) {
        if (!opened) {
            if (auto begun = open_slice(); !begun) return begun;
        }
        if (position < slices[at].length_bytes) return {};
        if (auto ended = end_slice(); !ended) return ended;
    }
    input_ended = at == slices.size();
    return {};
}

result<void> source_reader::state::take_chunk(std::string_view bytes) {
    auto fit = position == 0 ? check_start(slices[at], options, bytes) : result<void>();
    if (!fit) return fit;
    pending = bytes;
    position += bytes.size();
    last_byte = pending.back();
    if (!counter) {
        raw += bytes.size();
        return {};
    }
    auto counted = counter->add(pending);
    raw = counter->raw_bytes();
    if (counted) return {};
    auto f = counted.error();
    f.detail = printable(slices[at].name) + ": " + f.detail;
    return f;
}

// Of the slice in hand; never nothing.
result<std::size_t> source_reader::state::read_some(std::uint64_t offset, std::span<char> into) {
    auto& what = slices[at];
    auto from = static_cast<off_t>(what.offset + offset);
    ssize_t bytes = -1;
    do {
        bytes = ::pread(file.get(), into.data(), into.size(), from);
    } while (bytes < 0 && errno == EINTR);
    if (bytes > 0) return static_cast<std::size_t>(bytes);
    if (bytes == 0) {
        // What took its end away says more than that it is missing.
        std::lock_guard lock(checking);
        if (auto same = check_slice(); !same) return same.error();
        return ended_early(what);
    }
    return system_failure(errc::read_error, remedy::retry, "cannot read", what.location, errno);
}

// Called on several threads at a time.
result<void> source_reader::state::read_whole(std::uint64_t offset, std::span<char> into) {
    bool first = offset == 0;
    std::string_view whole(into.data(), into.size());
    while (!into.empty()) {
        auto bytes = read_some(offset, into);
        if (bytes.has_error()) return bytes.error();
        into = into.subspan(*bytes);
        offset += *bytes;
    }
    auto fit = first ? check_start(slices[at], options, whole) : result<void>();
    if (!fit) return fit;
    std::lock_guard lock(checking);
    return check_slice();
}

// Small sources are many, and each waits for its answer far longer than it was compressed.
void source_reader::state::release() {
    encoder.reset();
    segments.reset();
    chunk.reset();
    pending = {};
    options.contents.clear();
}

// A large file alone is cut into segments; everything else is read from front to back.
result<void> source_reader::state::begin_segments() {
    bool fit = packs && options.threads > 1 && options.run && slices.size() == 1;
    if (!fit || slices[0].length_bytes < parallel_from_bytes) return {};
    if (auto begun = open_slice(); !begun) return begun;
    segment_options how;
    how.how = options.how;
    how.threads = options.threads;
    how.gate = options.gate;
    how.run = options.run;
    auto read = [this](std::uint64_t offset, std::span<char> into) {
        return read_whole(offset, into);
    };
    segments.emplace(slices[0].length_bytes, read, std::move(how));
    encoder.reset();
    return {};
}

result<source_reader::block> source_reader::state::next_of_segments(std::span<char> buffer) {
    auto filled = segments->fill(buffer);
    if (filled.has_error()) return filled.error();
    stored += filled->bytes;
    if (filled->last) {
        raw = slices[0].length_bytes;
        if (auto ended = end_slice(); !ended) return ended.error();
        input_ended = true;
        release();
    }
    return block{filled->bytes, filled->last};
}

result<void> source_reader::state::fill_pending() {
    if (at == 0 && !opened) {
        if (auto begun = advance(); !begun || input_ended) return begun;
    }
    if (newline_due) {
        newline_due = false;
        pending = "\n";
        if (counter) pending = std::string_view(newline_member, sizeof newline_member - 1);
        ++newlines;
        return advance();
    }
    if (auto* whole = content()) {
        auto& what = slices[at];
        std::string_view bytes = *whole;
        if (auto taken = take_chunk(bytes.substr(what.offset, what.length_bytes)); !taken)
            return taken;
        return advance();
    }
    if (!chunk) chunk = std::make_unique_for_overwrite<char[]>(chunk_size);
    auto wanted = std::min<std::uint64_t>(chunk_size, slices[at].length_bytes - position);
    auto bytes = read_some(position, {chunk.get(), wanted});
    if (bytes.has_error()) return bytes.error();
    if (auto same = check_slice(); !same) return same;
    if (auto taken = take_chunk({chunk.get(), *bytes}); !taken) return taken;
    checked = position == slices[at].length_bytes;
    return advance();
}

source_reader::source_reader(std::unique_ptr<state> state) : state_(std::move(state)) {}
source_reader::~source_reader() = default;

result<std::unique_ptr<source_reader>> source_reader::open(
    const source& what, reader_options options
) {
    auto size = what.size_bytes();
    if (!options.already_compressed && size > options.max_raw_bytes) {
        auto detail = "has " + std::to_string(size) + " bytes, more than the limit of " +
                      std::to_string(options.max_raw_bytes);
        return failure{errc::too_large, remedy::give_up, detail};
    }
    auto fresh = std::make_unique<state>(what.slices, std::move(options));
    return std::unique_ptr<source_reader>(new source_reader(std::move(fresh)));
}

result<source_reader::block> source_reader::next(std::span<char> buffer) {
    auto& s = *state_;
    if (s.at == 0 && !s.opened && !s.segments) {
        if (auto begun = s.begin_segments(); !begun) return begun.error();
    }
    if (s.segments) return s.next_of_segments(buffer);
    block made;
    while (made.bytes < buffer.size() && !made.last) {
        if (s.pending.empty() && !s.input_ended) {
            if (auto filled = s.fill_pending(); !filled) return filled.error();
        }
        auto room = buffer.subspan(made.bytes);
        if (s.encoder) {
            compression_pass pass(s.options.gate);
            auto step = s.encoder->step(s.pending, room, s.input_ended);
            s.pending.remove_prefix(step.consumed);
            made.bytes += step.produced;
            made.last = step.finished;
        } else {
            auto bytes = std::min(room.size(), s.pending.size());
            std::memcpy(room.data(), s.pending.data(), bytes);
            s.pending.remove_prefix(bytes);
            made.bytes += bytes;
            made.last = s.input_ended && s.pending.empty();
        }
    }
    s.stored += made.bytes;
    if (made.last) s.release();
    return made;
}

std::uint64_t source_reader::raw_bytes() const { return state_->raw + state_->newlines; }
std::uint64_t source_reader::stored_bytes() const { return state_->stored; }

bool source_reader::compressed() const {
    return state_->packs || state_->options.already_compressed;
}

using maybe_changed = std::optional<source_reader::changed_file>;
const maybe_changed& source_reader::changed() const { return state_->changed; }
const maybe_changed& source_reader::grown() const { return state_->grown; }

}  // namespace kustodrop::spool
