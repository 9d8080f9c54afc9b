#include "spool/reading/source_reader.hpp"

#include "spool/reading/compression_kind.hpp"
#include "spool/reading/content_check.hpp"
#include "spool/reading/read_failures.hpp"
#include "spool/reading/reader_constants.hpp"
#include "spool/reading/slice_files.hpp"
#include "spool/reading/zip_directory.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace kustodrop::spool {

// Large because it holds the place in three nested streams: slices, their bytes, the gzip.
struct source_reader::state {
    state(std::vector<slice> slices, reader_options how)
        : options(std::move(how)),
          files(
              std::move(slices),
              {options.root_fd,
               options.may_grow,
               std::move(options.contents),
               std::move(options.logs)}
          ),
          chunk_size(std::min(files.longest_bytes(), options.rows ? rows_chunk : bytes_chunk)) {
        if (options.rows) rows.emplace(*options.rows);
    }

    result<void> begin();
    result<std::string_view> first_bytes();
    result<void> read_all_of_it(std::string_view& first);
    result<void> begin_form(std::string_view first, stored_as text_as);
    result<void> end_slice();
    result<void> advance();
    result<void> fill_pending();
    result<void> take_chunk(std::string_view bytes);
    bool fits_segments(std::string_view first) const;
    void begin_segments();
    void release();
    result<block> next_of_segments(std::span<char> buffer);

    reader_options options;
    slice_files files;
    bool begun = false;
    stored_as form = stored_as::raw;
    bool passes_on = false;  // The file is gzip or zip itself.
    std::optional<gzip_encoder> encoder;
    std::optional<gzip_counter> counter;
    content_check content;
    std::optional<slice> whole;

    std::uint64_t position = 0;  // Bytes of the slice already read.
    char last_byte = '\n';
    bool newline_due = false;
    bool input_ended = false;

    std::size_t chunk_size = 0;
    std::unique_ptr<char[]> chunk;
    std::size_t prefetched = 0;  // Bytes of the slice in the chunk that were not taken yet.
    std::string_view pending;    // In the chunk, or the newline: read but not passed on.

    std::uint64_t raw = 0;            // Of the slices.
    std::uint64_t archive_bytes = 0;  // Within zip, or of it where it does not say.
    std::uint64_t newlines = 0;       // Put between them.
    std::uint64_t stored = 0;
    std::optional<segment_encoder> segments;
    std::optional<row_writer> rows;
    row_counts written;
};

// The first bytes of the source decide what becomes of all of it.
result<void> source_reader::state::begin() {
    begun = true;
    bool packs = options.compressible && options.how != compression::none;
    auto text_as = packs ? stored_as::gzip : stored_as::raw;
    if (auto opened = advance(); !opened) return opened;
    if (input_ended) {
        if (options.data) return holds_no_data(files.slices().front());
        return begin_form({}, text_as);
    }
    auto found = first_bytes();
    if (found.has_error()) return found.error();
    auto first = *found;
    bool is_log = files.is_of_logs();  // Text, whatever its first bytes look like.
    if (!is_log && files.slices().size() == 1 && files.current().offset > 0) {
        if (auto read = read_all_of_it(first); !read) return read;
    }
    if (auto formed = begin_form(is_log ? "" : first, text_as); !formed) return formed;
    // Almost every large file begins with data; one that does not is read from front to back.
    if (fits_segments(first)) begin_segments();
    return {};
}

result<void> source_reader::state::begin_form(std::string_view first, stored_as text_as) {
    auto& slices = files.slices();
    auto& what = files.at_end() ? slices.front() : files.current();
    auto found = form_of(what, first, text_as);
    if (found.has_error()) return found.error();
    form = *found;
    passes_on = !compression_of(first).empty();
    auto size = files.size_bytes();
    bool is_gzip = passes_on && form == stored_as::gzip;
    if (!is_gzip && size > options.max_raw_bytes) return exceeds_limit(size, options.max_raw_bytes);
    if (form == stored_as::zip) {
        // Nothing can follow an archive.
        if (slices.size() > 1) return check_among_others(what, first);
        auto bytes = raw_bytes_of_archive(files, options);
        archive_bytes = bytes.has_value() ? *bytes : 0;
        return bytes.has_value() ? result<void>() : bytes.error();
    }
    if (options.data && slices.front().offset > 0) options.data->drops_first_record = false;
    content = content_check(options.data);
    if (!passes_on && !options.rows) content.count(options.counted, slices.front().offset == 0);
    if (is_gzip) {
        gzip_limits limits;
        limits.max_raw_bytes = options.max_raw_bytes;
        auto view = [this](std::string_view bytes) { return content.add(bytes); };
        counter.emplace(limits, view);
    } else if (form == stored_as::gzip) {
        encoder.emplace(options.how);
    }
    return {};
}

// Of the first slice that is not empty: enough to know its compression, if it has so many.
result<std::string_view> source_reader::state::first_bytes() {
    auto& what = files.current();
    if (auto* held = files.content()) {
        return std::string_view(*held).substr(what.offset, what.length_bytes);
    }
    if (!chunk) chunk = std::make_unique_for_overwrite<char[]>(chunk_size);
    auto wanted = std::min<std::uint64_t>(chunk_size, what.length_bytes);
    auto least = std::min<std::uint64_t>(compression_head_bytes, what.length_bytes);
    prefetched = 0;
    while (prefetched < least) {
        auto bytes = files.read_some(prefetched, {chunk.get() + prefetched, wanted - prefetched});
        if (bytes.has_error()) return bytes.error();
        prefetched += *bytes;
    }
    return std::string_view(chunk.get(), prefetched);
}

// A part of what is compressed, or of a binary format, is of no use.
result<void> source_reader::state::read_all_of_it(std::string_view& first) {
    std::array<char, compression_head_bytes> start;
    std::string_view head(start.data(), files.read_head(start));
    if (options.compressible && compression_of(head).empty()) return {};
    files.take_whole_file();
    whole = files.current();
    chunk_size = std::min(files.longest_bytes(), bytes_chunk);
    chunk.reset();
    auto again = first_bytes();
    if (again.has_error()) return again.error();
    first = *again;
    return {};
}

result<void> source_reader::state::end_slice() {
    auto what = files.current();
    if (auto closed = files.close(); !closed) return closed;
    bool empty = what.length_bytes == 0;
    if (counter && !empty) {
        if (auto ended = counter->finish(); !ended) return named(ended.error(), what);
        last_byte = counter->last_byte();
    }
    bool ends_lines = options.end_lines && (options.compressible || counter);
    newline_due = ends_lines && files.more_follows() && !empty && last_byte != '\n';
    return {};
}

// Steps over slices that are read to their end, until there is something to read or nothing left.
result<void> source_reader::state::advance() {
    while (!files.at_end() && !newline_due) {
        if (!files.is_open()) {
            position = 0;
            last_byte = '\n';
            if (auto opened = files.open(); !opened) return opened;
        }
        if (position < files.current().length_bytes) return {};
        if (auto ended = end_slice(); !ended) return ended;
    }
    input_ended = files.at_end();
    return {};
}

result<void> source_reader::state::take_chunk(std::string_view bytes) {
    auto& what = files.current();
    if (position == 0 && what.offset == 0 && !passes_on && !files.is_of_logs()) {
        // The first one was looked at before: these follow it in the same blob.
        if (auto fit = check_among_others(what, bytes); !fit) return fit;
    }
    auto* next = &what == &files.slices().back() ? nullptr : &what + 1;
    pending = rows ? rows->rows_of({what, position, next}, bytes) : bytes;
    if (rows) written = rows->counts();
    position += bytes.size();
    last_byte = rows ? '\n' : pending.back();
    if (!counter) {
        raw += pending.size();
        content.add(pending);
        return {};
    }
    auto before = counter->member_bytes();
    auto counted = counter->add(pending);
    raw = counter->raw_bytes();
    pending = pending.substr(0, counter->member_bytes() - before);
    if (auto fit = content.inside(what, false); !fit) return fit;
    return counted ? result<void>() : named(counted.error(), what);
}

// Each of many small sources waits for its answer far longer than it was compressed.
void source_reader::state::release() {
    encoder.reset();
    segments.reset();
    chunk.reset();
    pending = {};
    rows.reset();
    files.release();
}

// A large file alone is cut into segments; everything else is read from front to back.
bool source_reader::state::fits_segments(std::string_view first) const {
    return encoder && !rows && options.threads > 1 && options.run &&
           files.is_one_large(parallel_from_bytes) && content.would_suffice(first);
}

void source_reader::state::begin_segments() {
    segment_options how;
    how.how = options.how;
    how.threads = options.threads;
    how.gate = options.gate;
    how.run = options.run;
    auto read = [this](std::uint64_t offset, std::span<char> into) {
        return files.read_whole(offset, into);
    };
    content.count({}, false);
    segments.emplace(files.current().length_bytes, read, std::move(how));
    encoder.reset();
    chunk.reset();
    prefetched = 0;
}

result<source_reader::block> source_reader::state::next_of_segments(std::span<char> buffer) {
    auto filled = segments->fill(buffer);
    if (filled.has_error()) return filled.error();
    stored += filled->bytes;
    if (filled->last) {
        raw = files.current().length_bytes;
        if (auto ended = end_slice(); !ended) return ended.error();
        input_ended = true;
        release();
    }
    return block{filled->bytes, filled->last};
}

result<void> source_reader::state::fill_pending() {
    if (newline_due) {
        newline_due = false;
        pending = "\n";
        if (counter) pending = std::string_view(newline_member, sizeof newline_member - 1);
        ++newlines;
        if (!counter) content.add("\n");
        return advance();
    }
    auto& what = files.current();
    if (auto* held = files.content()) {
        auto bytes = std::string_view(*held).substr(what.offset, what.length_bytes);
        if (auto taken = take_chunk(bytes); !taken) return taken;
        return advance();
    }
    if (!chunk) chunk = std::make_unique_for_overwrite<char[]>(chunk_size);
    auto bytes = std::exchange(prefetched, 0);
    if (bytes == 0) {
        auto wanted = std::min<std::uint64_t>(chunk_size, what.length_bytes - position);
        auto read = files.read_some(position, {chunk.get(), wanted});
        if (read.has_error()) return read.error();
        bytes = *read;
    }
    if (auto same = files.check(); !same) return same;
    if (auto taken = take_chunk({chunk.get(), bytes}); !taken) return taken;
    if (position == what.length_bytes) files.note_checked();
    return advance();
}

source_reader::source_reader(std::unique_ptr<state> state) : state_(std::move(state)) {}
source_reader::~source_reader() = default;

std::unique_ptr<source_reader> source_reader::open(const source& what, reader_options options) {
    auto fresh = std::make_unique<state>(what.slices, std::move(options));
    return std::unique_ptr<source_reader>(new source_reader(std::move(fresh)));
}

result<source_reader::block> source_reader::next(std::span<char> buffer) {
    auto& s = *state_;
    if (!s.begun) {
        if (auto begun = s.begin(); !begun) return begun.error();
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
            if (bytes > 0) std::memcpy(room.data(), s.pending.data(), bytes);
            s.pending.remove_prefix(bytes);
            made.bytes += bytes;
            made.last = s.input_ended && s.pending.empty();
        }
    }
    s.stored += made.bytes;
    if (!made.last) return made;
    s.release();
    auto& first = s.files.slices().front();
    if (s.counter) {
        if (auto fit = s.content.inside(first, true); !fit) return fit.error();
    }
    if (auto fit = s.content.end(first); !fit) return fit.error();
    return made;
}

bool source_reader::is_in_memory(std::uint64_t most) const { return state_->files.holds(most); }
std::uint64_t source_reader::progress() const { return state_->files.calls(); }
std::uint64_t source_reader::raw_bytes() const {
    return state_->form == stored_as::zip ? state_->archive_bytes : state_->raw + state_->newlines;
}
std::optional<std::uint64_t> source_reader::records() const {
    return state_->options.rows ? state_->written.rows : state_->content.records();
}
const row_counts& source_reader::rows() const { return state_->written; }
std::uint64_t source_reader::stored_bytes() const { return state_->stored; }
stored_as source_reader::form() const { return state_->form; }
bool source_reader::passes_on() const { return state_->passes_on; }
const std::optional<slice>& source_reader::whole() const { return state_->whole; }
std::size_t source_reader::at() const { return state_->files.at(); }
const std::optional<changed_file>& source_reader::grown() const { return state_->files.grown(); }

}  // namespace kustodrop::spool
