#include "spool/following/looking/look_content.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/following/content/log_bytes.hpp"
#include "spool/following/content/noise.hpp"
#include "spool/following/looking/inflating.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <set>

namespace kustodrop::spool {

// A compressed log that its rotator is still writing; what rests for so long is broken.
static constexpr duration patience_with_unfinished = 10s;

// Before the room for inflated bytes is looked for again.
static constexpr duration pause_before_inflating_again = 10s;

static shared_descriptor open_log_file(int root, const std::string& name) {
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    auto opened = open_beneath(root, name, flags | O_NOATIME);
    // Only who owns a file may leave its time of access alone.
    if (!opened.is_open() && errno == EPERM) opened = open_beneath(root, name, flags);
    if (!opened.is_open()) return nullptr;
    return std::make_shared<const descriptor>(std::move(opened));
}

static std::uint64_t file_size(int file) {
    struct ::stat facts = {};
    return ::fstat(file, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::optional<std::uint64_t> look_content::hash(
    std::size_t file, std::uint64_t from, std::uint64_t to
) {
    auto& known = rested_[files_[file].facts.file.inode];
    auto found = known.hashes.find({from, to});
    if (found != known.hashes.end()) return found->second;
    auto opened = open(file);
    if (!opened) return std::nullopt;
    auto fresh = hash_range(opened->get(), from, to);
    if (fresh && known.rests) known.hashes[{from, to}] = *fresh;
    return fresh;
}

std::uint64_t look_content::line_end(std::size_t file, std::uint64_t limit) {
    auto opened = open(file);
    return opened ? last_line_end(opened->get(), 0, limit) : 0;
}

bool look_content::is_noise(std::size_t file) {
    auto& known = rested_[files_[file].facts.file.inode];
    if (known.is_noise) return *known.is_noise;
    auto opened = open(file);
    if (!opened) return false;
    std::array<char, noise_sample_bytes> sample;
    auto got = ::pread(opened->get(), sample.data(), sample.size(), 0);
    auto length = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    bool found = spool::is_noise({sample.data(), length});
    if (known.rests) known.is_noise = found;
    return found;
}

shared_descriptor look_content::open(std::size_t file) {
    auto& seen = files_[file];
    if (seen.opened || seen.facts.name.empty()) return seen.opened;
    auto& known = rested_[seen.facts.file.inode];
    if (!known.waits_for.empty() && now_ < known.retry_at) return nullptr;
    auto opened = open_log_file(root_, seen.facts.name);
    seen.is_refused = !opened && (errno == EACCES || errno == EPERM);
    struct ::stat facts = {};
    if (!opened || ::fstat(opened->get(), &facts) != 0) return nullptr;
    if (facts.st_ino != seen.disk_inode) return nullptr;
    if (seen.facts.compressed) opened = inflate(file, opened->get());
    return seen.opened = std::move(opened);
}

shared_descriptor look_content::inflate(std::size_t file, int opened) {
    auto& seen = files_[file];
    auto& known = rested_[seen.facts.file.inode];
    known.waits_for.clear();
    auto made = inflate_log(opened, scratch_);
    switch (made.end) {
    case inflation_end::whole:
        known.broken_since.reset();
        return made.file;
    case inflation_end::broken:
        // What comes before the break is for comparing only.
        if (seen.facts.broken) return made.file;
        if (!known.broken_since) known.broken_since = now_;
        if (known.is_unknown) known.size = file_size(made.file->get());
        return nullptr;
    case inflation_end::no_room:
    case inflation_end::unreadable:
        known.waits_for = made.detail;
        known.retry_at = now_ + pause_before_inflating_again;
        return nullptr;
    }
    return nullptr;
}

static const log_state* compressed_log_of(const log_book& book, const log_file& file) {
    const log_state* latest = nullptr;
    for (auto& [number, log] : book.logs()) {
        if (log.compressed && log.file.same_file(file)) latest = &log;
    }
    return latest;
}

// A compressed log was complete when it was judged, and is inflated again only to be read.
void look_content::measure_compressed(std::size_t file, const log_book& book) {
    auto& one = files_[file];
    auto& fresh = rested_[one.facts.file.inode];
    fresh = {one.full_size, one.changed_ns, one.full_size};
    auto* known = compressed_log_of(book, one.facts.file);
    if (known && !known->is_given_up()) {
        auto marks = known->anchors;
        marks.push_back(known->witness);
        marks.push_back(known->head.value_or(content_mark{}));
        for (auto& mark : marks) fresh.hashes[{mark.end - mark.length, mark.end}] = mark.hash;
        fresh.size = known->size_seen();
        return;
    }
    // What is there at the first start was read already, however much it is.
    if (!book.has_begun()) return;
    fresh.is_unknown = true;
    fresh.size = 0;
    auto opened = open(file);
    if (!opened) return;
    fresh.is_unknown = false;
    fresh.size = file_size(opened->get());
}

// Whether there are NULs only, as in what a writer has reserved.
static bool is_reserve(int file, std::uint64_t offset) {
    std::array<char, 4096> bytes;
    auto read = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (read < 0) return true;
    auto end = bytes.begin() + read;
    return std::find_if(bytes.begin(), end, [](char c) { return c != 0; }) == end;
}

// Stores through a mapping change neither size nor times of a log, but for the first of a page.
bool look_content::is_written_into(std::size_t file) {
    auto& known = rested_[files_[file].facts.file.inode];
    if (files_[file].facts.compressed || known.size >= known.full_size) return false;
    auto opened = open(file);
    return opened && !is_reserve(opened->get(), known.size);
}

void look_content::measure(const log_book& book) {
    std::set<std::uint64_t> met;
    for (std::size_t i = 0; i < files_.size(); ++i) {
        auto& one = files_[i];
        met.insert(one.facts.file.inode);
        auto& fresh = rested_[one.facts.file.inode];
        bool same = fresh.full_size == one.full_size && fresh.changed_ns == one.changed_ns;
        bool was_in_vain = fresh.is_unknown && !fresh.broken_since;
        bool is_again = (was_in_vain || !fresh.waits_for.empty()) && now_ >= fresh.retry_at;
        if (same && !is_again && !is_written_into(i)) {
            fresh.rests = true;
        } else if (one.facts.compressed && !one.facts.name.empty()) {
            measure_compressed(i, book);
        } else {
            fresh = {one.full_size, one.changed_ns, one.full_size};
            auto opened = one.full_size > 0 ? open(i) : nullptr;
            if (opened) fresh.size = size_without_reserve(opened->get(), one.full_size);
        }
        auto& since = fresh.broken_since;
        one.facts.broken = since && now_ - *since >= patience_with_unfinished;
        one.facts.unfinished = fresh.is_unknown && !one.facts.broken;
        one.facts.size_bytes = fresh.size;
        fresh.waits_as = fresh.waits_for.empty() ? std::string() : one.facts.name;
    }
    std::erase_if(rested_, [&](auto& entry) {
        auto& [inode, known] = entry;
        bool has_vanished = !met.contains(inode);
        if (has_vanished && known.is_unknown && !known.waits_as.empty()) {
            vanished_.push_back(known.waits_as);
        }
        return has_vanished;
    });
}

}  // namespace kustodrop::spool
