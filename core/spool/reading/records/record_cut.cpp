#include "spool/reading/records/record_cut.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/read_failures.hpp"
#include "spool/reading/records/sampled_check.hpp"
#include "spool/reading/records/tail_check.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <span>
#include <string_view>
#include <unistd.h>

namespace kustodrop::spool {

static constexpr std::size_t piece_bytes = 64 * 1024;

result<descriptor> open_to_cut(const slice& file, open_folders& through) {
    auto opened = through.open(file.location, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!opened.is_open()) return cannot_open(file, errno);
    return opened;
}

// Bytes from `at` on; nothing only at the end of the file.
static result<std::string_view> read_at(
    int file, const slice& what, std::uint64_t at, std::span<char> into
) {
    for (;;) {
        auto got = ::pread(file, into.data(), into.size(), static_cast<off_t>(at));
        if (got >= 0) return std::string_view(into.data(), static_cast<std::size_t>(got));
        if (errno == EINTR) continue;
        return system_failure(errc::read_error, remedy::retry, "cannot read", what.location, errno);
    }
}

// Whether the whole file is one stream of something else than text.
static bool is_encoded(std::string_view start) {
    bool utf16 = start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF");
    return utf16 || !compression_of(start).empty();
}

static result<void> scan(int file, const slice& what, const record_form& form, record_cut& out) {
    record_scan records(form.syntax, form.separator);
    auto chunk = std::make_unique_for_overwrite<char[]>(piece_bytes);
    auto end = what.offset + out.length_bytes;
    for (auto at = what.offset; at < end;) {
        auto wanted = std::min<std::uint64_t>(piece_bytes, end - at);
        auto piece = read_at(file, what, at, {chunk.get(), wanted});
        if (piece.has_error()) return piece.error();
        if (piece->empty()) return ended_early(what);
        records.add(*piece);
        at += piece->size();
    }
    out.is_whole = records.ends_with_record();
    out.whole_records = out.is_whole ? out.length_bytes : records.last_end();
    return {};
}

static result<file_identity> identity_now(int file, const slice& what) {
    struct ::stat facts = {};
    if (::fstat(file, &facts) != 0) {
        return system_failure(errc::read_error, remedy::retry, "cannot stat", what.location, errno);
    }
    if (!S_ISREG(facts.st_mode)) return not_regular(what);
    return identity_of(facts);
}

// Whether the whole file is text.
static result<bool> is_text(int file, const slice& what) {
    std::array<char, compression_head_bytes> head;
    auto start = read_at(file, what, 0, head);
    if (start.has_error()) return start.error();
    return !is_encoded(*start);
}

static result<bool> ends_with_newline(int file, const slice& what, std::uint64_t end) {
    char byte = 0;
    auto last = read_at(file, what, end - 1, {&byte, 1});
    if (last.has_error()) return last.error();
    return *last == "\n";
}

result<record_cut> cut_at_record_end(
    int file, const slice& what, const std::optional<record_form>& form, writer_state writers
) {
    auto now = identity_now(file, what);
    if (now.has_error()) return now.error();
    record_cut out;
    out.identity = *now;
    out.writers = writers;
    if (now->size_bytes < what.offset) {
        out.continues = false;
        return out;
    }
    if (what.offset > 0) {
        out.continues = may_be_as_checked(file, what.offset, what.start_check);
    }
    out.length_bytes = now->size_bytes - what.offset;
    out.whole_records = out.length_bytes;
    bool is_first = what.offset == 0;
    // No process writes it any more: it is as whole as it will ever be.
    if (!form || (is_first && (writers == writer_state::none || out.length_bytes == 0))) return out;
    auto text = is_text(file, what);
    if (text.has_error()) return text.error();
    out.is_cuttable = *text;
    if (!out.is_cuttable || out.length_bytes == 0) return out;
    if (is_first && writers == writer_state::unknown) {
        auto ended = ends_with_newline(file, what, now->size_bytes);
        if (ended.has_error()) return ended.error();
        if (*ended) return out;
    }
    if (auto read = scan(file, what, *form, out); read.has_error()) return read.error();
    return out;
}

std::string small_content(int file, const slice& what, std::uint64_t longest) {
    bool is_whole = what.offset == 0 && what.length_bytes == what.identity.size_bytes;
    if (!is_whole || what.length_bytes > longest) return {};
    std::string out(what.length_bytes, '\0');
    for (std::size_t have = 0; have < out.size();) {
        auto piece = read_at(file, what, have, std::span(out).subspan(have));
        if (piece.has_error() || piece->empty()) return {};
        have += piece->size();
    }
    if (is_encoded(out)) return {};
    auto now = identity_now(file, what);
    bool is_same = now && now->same_content(what.identity);
    return is_same ? out : std::string();
}

}  // namespace kustodrop::spool
