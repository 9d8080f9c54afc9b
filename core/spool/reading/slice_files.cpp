#include "spool/reading/slice_files.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/reading/read_failures.hpp"
#include "spool/reading/records/sampled_check.hpp"
#include "spool/reading/records/tail_check.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace kustodrop::spool {

// What one read takes whole needs no reading ahead.
static constexpr std::size_t read_ahead_from = 256 * 1024;

// Where the file of a slice begins: a range of a log that was kept has a file of its own.
static std::uint64_t file_begin(const slice& what) {
    return is_kept_range(what.location) ? what.offset : 0;
}

slice_files::slice_files(std::vector<slice> slices, slice_files_options options)
    : slices_(std::move(slices)), options_(std::move(options)) {
    if (slices_.size() > 1) folders_.emplace(options_.root_fd);
}

std::uint64_t slice_files::size_bytes() const {
    std::uint64_t sum = 0;
    for (auto& one : slices_) sum += one.length_bytes;
    return sum;
}

std::uint64_t slice_files::longest_bytes() const {
    std::uint64_t longest = 1;
    for (auto& one : slices_) longest = std::max(longest, one.length_bytes);
    return longest;
}

bool slice_files::more_follows() const {
    auto from = slices_.begin() + static_cast<std::ptrdiff_t>(at_);
    return std::any_of(from, slices_.end(), [](auto& one) { return one.length_bytes > 0; });
}

const std::string* slice_files::content() const {
    return at_ < options_.contents.size() ? options_.contents[at_].get() : nullptr;
}

bool slice_files::holds(std::uint64_t most_bytes) const {
    auto& all = options_.contents;
    if (all.size() != slices_.size() || size_bytes() > most_bytes) return false;
    return std::ranges::all_of(all, [](auto& one) { return one != nullptr; });
}

result<void> slice_files::open() {
    auto& what = current();
    opened_ = true;
    longer_.reset();
    checked_ = content() != nullptr;  // It was when its bytes were read.
    if (checked_) return {};
    if (is_of_logs()) return open_log();
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    file_ = folders_ ? folders_->open(what.location, flags)
                     : open_beneath(options_.root_fd, what.location, flags);
    if (!file_.is_open()) return cannot_open(what, errno);
    ++calls_;
    if (auto same = check(); !same) return same;
    auto first = static_cast<off_t>(what.offset);
    auto length = static_cast<off_t>(what.length_bytes);
    if (what.length_bytes > read_ahead_from) {
        ::posix_fadvise(file_.get(), first, length, POSIX_FADV_SEQUENTIAL);
    }
    return {};
}

result<void> slice_files::open_log() {
    auto& what = current();
    auto& log = options_.logs.at(at_);
    if (!log) return cannot_open(what, ENOENT);
    file_ = descriptor(::fcntl(log->get(), F_DUPFD_CLOEXEC, 0));
    if (!file_.is_open()) return cannot_open(what, errno);
    if (auto same = check(); !same) return same;
    if (is_inflated()) inflated_ = std::make_unique<inflated_bytes>(file_.get());
    return starts_as_cut() ? result<void>() : other_bytes();
}

bool slice_files::is_one_large(std::uint64_t least_bytes) const {
    return slices_.size() == 1 && current().length_bytes >= least_bytes && !is_inflated();
}

bool slice_files::is_inflated() const { return is_of_logs() && is_spilled(current().location); }

// What is in the slice's place is not the slice.
failure slice_files::other_bytes() const {
    auto& what = current();
    return changed_while_read(what, what.identity);
}

bool slice_files::starts_as_cut() const {
    auto& what = slices_[at_];
    if (is_kept_range(what.location) || is_spilled(what.location)) return true;
    return may_be_same(what.start_check, start_check(file_.get(), what.offset, what.end()));
}

result<void> slice_files::check() {
    std::lock_guard lock(checking_);
    return look();
}

result<void> slice_files::look() {
    auto& what = current();
    struct ::stat facts = {};
    if (::fstat(file_.get(), &facts) != 0) {
        return system_failure(errc::read_error, remedy::retry, "cannot stat", what.location, errno);
    }
    if (!S_ISREG(facts.st_mode)) return not_regular(what);
    if (is_inflated()) return {};  // What it holds shows when it is inflated.
    auto now = identity_of(facts);
    bool long_enough = now.size_bytes >= what.end() - file_begin(what);
    if (is_of_logs() && long_enough) return {};
    if (now.same_content(what.identity) && long_enough) return {};
    bool same_file = now.same_file(what.identity);
    bool longer = now.size_bytes > what.identity.size_bytes;
    if (options_.may_grow && same_file && longer && long_enough) {
        longer_ = now;
        if (!grown_) grown_ = changed_file{at_, {}};
        if (grown_->slice == at_) grown_->now = now;
        return {};
    }
    return changed_while_read(what, now);
}

// A file that is longer than it was may have been truncated and written again meanwhile.
result<void> slice_files::check_end() {
    if (is_inflated()) return check_inflated_end();
    if (!longer_ && !is_of_logs()) return {};
    auto& what = current();
    // What was kept may have been corrected.
    if (is_kept_range(what.location)) return {};
    // What is overwritten from its beginning on, as by shred(1), may end as it was.
    bool is_as_cut =
        is_of_logs()
            ? starts_as_cut() && may_be_same(what.end_check, tail_check(file_.get(), what.end()))
            : may_be_as_checked(file_.get(), what.end(), what.end_check);
    if (is_as_cut) return {};
    return changed_while_read(what, longer_.value_or(what.identity));
}

// Some bytes, which may be none at the end. What cannot be inflated is not what was written.
result<std::size_t> slice_files::inflate(std::span<char> into) {
    auto bytes = inflated_->read(into);
    ++calls_;
    if (bytes.has_error() && bytes.error().code != errc::read_error) return other_bytes();
    return bytes;
}

// Only its last bytes say whether all of it is as it was written.
result<void> slice_files::check_inflated_end() {
    char beyond = 0;
    auto bytes = inflate({&beyond, 1});
    if (bytes.has_error()) return bytes.error();
    return *bytes == 0 ? result<void>() : other_bytes();
}

result<void> slice_files::close() {
    if (!std::exchange(checked_, false)) {
        if (auto same = check(); !same) return same;
    }
    if (auto same = check_end(); !same) return same;
    inflated_.reset();
    file_.reset();
    opened_ = false;
    ++at_;
    return {};
}

result<std::size_t> slice_files::read_some(std::uint64_t offset, std::span<char> into) {
    auto& what = current();
    if (is_inflated()) {
        auto bytes = inflate(into);
        return bytes.has_value() && *bytes == 0 ? other_bytes() : bytes;
    }
    auto from = static_cast<off_t>(what.offset - file_begin(what) + offset);
    ssize_t bytes = -1;
    do {
        bytes = ::pread(file_.get(), into.data(), into.size(), from);
    } while (bytes < 0 && errno == EINTR);
    ++calls_;
    if (bytes > 0) return static_cast<std::size_t>(bytes);
    if (bytes == 0) {
        // What took its end away says more than that it is missing.
        if (auto same = check(); !same) return same.error();
        return ended_early(what);
    }
    return system_failure(errc::read_error, remedy::retry, "cannot read", what.location, errno);
}

result<void> slice_files::read_whole(std::uint64_t offset, std::span<char> into) {
    while (!into.empty()) {
        auto bytes = read_some(offset, into);
        if (bytes.has_error()) return bytes.error();
        into = into.subspan(*bytes);
        offset += *bytes;
    }
    return check();
}

std::size_t slice_files::read_head(std::span<char> into) const {
    auto bytes = ::pread(file_.get(), into.data(), into.size(), 0);
    return static_cast<std::size_t>(std::max<ssize_t>(bytes, 0));
}

void slice_files::take_whole_file() {
    auto& only = slices_[at_];
    only.length_bytes += only.offset;
    only.offset = 0;
}

}  // namespace kustodrop::spool
