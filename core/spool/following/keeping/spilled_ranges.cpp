#include "spool/following/keeping/spilled_ranges.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/folder/medium.hpp"
#include "spool/following/keeping/spill_label.hpp"
#include "spool/reading/gzip.hpp"
#include "spool/reading/inflated/inflated_bytes.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <unistd.h>

namespace kustodrop::spool {

static constexpr auto own_folder = "spill";
static constexpr std::size_t spilled_at_once = 256 * 1024;
static constexpr std::uint64_t counted_unit = 4096;

// Of the name of a log, so that the rest of a file's name fits.
static constexpr std::size_t most_of_name = 120;

static constexpr auto changed_meanwhile = "the bytes changed while they were copied";

spill_room room_to_spill(
    const spill_limits& limits, std::uint64_t used_bytes, std::uint64_t spare_bytes
) {
    auto left = limits.max_bytes - std::min(limits.max_bytes, used_bytes);
    if (limits.min_free_percent > 0 && spare_bytes < left) {
        return {spare_bytes, "retention.min_free"};
    }
    return {left, "spill.max_bytes"};
}

std::uint64_t room_of(std::uint64_t file_bytes) {
    return (file_bytes + counted_unit - 1) / counted_unit * counted_unit;
}

// What is free beyond the part that is to stay free.
static std::uint64_t spare_bytes(int folder, double min_free_percent) {
    auto space = space_of_folder(folder);
    if (space.has_error()) return 0;
    auto kept = static_cast<std::uint64_t>(
        static_cast<double>(space->total_bytes) * min_free_percent / 100
    );
    return space->free_bytes - std::min(space->free_bytes, kept);
}

static std::string spilled_name(const slice& range, std::string_view id) {
    auto base = split_folder(range.name).base.substr(0, most_of_name);
    auto bytes = std::to_string(range.offset) + "-" + std::to_string(range.end());
    return base + "@" + bytes + "." + std::string(id) + ".gz";
}

descriptor spilled_ranges::open_folder() const {
    auto name = folder_ + "/" + own_folder;
    return descriptor(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// A power failure must not take the folder away from what is in it.
descriptor spilled_ranges::make_folder() const {
    auto parent = folder_.substr(0, folder_.rfind('/'));
    ::mkdir(parent.c_str(), 0750);
    ::mkdir(folder_.c_str(), 0750);
    if (::mkdir((folder_ + "/" + own_folder).c_str(), 0700) != 0) return open_folder();
    for (auto& name : {folder_, parent, parent.substr(0, parent.rfind('/'))}) {
        descriptor above(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!above.is_open() || ::fsync(above.get()) != 0) return {};
    }
    return open_folder();
}

namespace {

// A file on its way to its name.
class compressed_copy {
public:
    compressed_copy(int to, std::uint64_t room, const slice& range)
        : to_(to), room_(room), range_(range) {}

    // 0, an errno, EFBIG where there is no room, or ESTALE where the log is shorter by now.
    int fill(int from) {
        std::string raw(std::min<std::uint64_t>(spilled_at_once, range_.length_bytes), '\0');
        for (auto at = range_.offset; at < range_.end();) {
            auto wanted = std::min<std::uint64_t>(raw.size(), range_.end() - at);
            auto got = ::pread(from, raw.data(), wanted, static_cast<off_t>(at));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return errno;
            if (got == 0) return ESTALE;
            at += static_cast<std::uint64_t>(got);
            auto bytes = std::string_view(raw).substr(0, static_cast<std::size_t>(got));
            if (auto error = add(bytes, at == range_.end()); error != 0) return error;
        }
        return ::fsync(to_) == 0 ? 0 : errno;
    }

private:
    int add(std::string_view in, bool last) {
        if (size_ == 0) {
            auto head = labelled_gzip_head(range_);
            if (auto error = write(head); error != 0) return error;
        }
        made_.clear();
        deflater_.add(in, last, made_);
        size_raw_ += in.size();
        if (auto error = write(made_.view()); error != 0 || !last) return error;
        std::string tail;
        for (auto number : {deflater_.crc(), static_cast<std::uint32_t>(size_raw_)}) {
            for (unsigned bits = 0; bits < 32; bits += 8) {
                tail += static_cast<char>(number >> bits & 0xffu);
            }
        }
        return write(tail);
    }

    int write(std::string_view bytes) {
        size_ += bytes.size();
        if (room_of(size_) > room_) return EFBIG;
        return write_all(to_, bytes) ? 0 : errno;
    }

    int to_;
    std::uint64_t room_;
    const slice& range_;
    std::uint64_t size_ = 0;
    std::uint64_t size_raw_ = 0;
    segment_deflater deflater_{compression::fast, true};
    growing_buffer made_;
};

}  // namespace

static spilled_ranges::written refused(int error) {
    return {{}, error == ESTALE ? changed_meanwhile : std::strerror(error)};
}

spilled_ranges::written spilled_ranges::write(
    int file, const slice& range, std::string_view id, const spill_limits& limits
) const {
    auto folder = make_folder();
    if (!folder.is_open()) return refused(errno);
    auto spare = spare_bytes(folder.get(), limits.min_free_percent);
    auto room = room_to_spill(limits, use().bytes, spare);
    if (room.bytes == 0) return {{}, std::string(room.limit), true};
    auto name = spilled_name(range, id);
    auto temporary = "." + std::string(id) + ".part";
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    descriptor copied(::openat(folder.get(), temporary.c_str(), flags, 0600));
    if (!copied.is_open()) return refused(errno);
    auto error = compressed_copy(copied.get(), room.bytes, range).fill(file);
    // What was overwritten meanwhile is not what was cut.
    if (error == 0 && !holds_slice(file, range)) error = ESTALE;
    bool is_moved = error == 0 &&
                    ::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) == 0 &&
                    ::fsync(folder.get()) == 0;
    if (is_moved) return {std::string(spilled_place) + name};
    if (error == 0) error = errno;
    ::unlinkat(folder.get(), temporary.c_str(), 0);
    ::unlinkat(folder.get(), name.c_str(), 0);
    if (error == EFBIG) return {{}, std::string(room.limit), true};
    return refused(error);
}

shared_descriptor spilled_ranges::open(const std::string& location) const {
    auto folder = open_folder();
    if (!folder.is_open() || !is_spilled(location)) return nullptr;
    auto name = location.substr(spilled_place.size());
    auto file = open_beneath(folder.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file.is_open()) return nullptr;
    return std::make_shared<const descriptor>(std::move(file));
}

bool spilled_ranges::has(const slice& range) const { return open(range.location) != nullptr; }

bool spilled_ranges::is_whole(const slice& range) const {
    auto file = open(range.location);
    return file && inflates_to(file->get(), range.length_bytes);
}

static std::optional<std::uint64_t> size_in(int folder, const std::string& name) {
    struct ::stat facts = {};
    bool is_there = ::fstatat(folder, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
    if (!is_there || !S_ISREG(facts.st_mode)) return std::nullopt;
    return static_cast<std::uint64_t>(facts.st_size);
}

spill_use spilled_ranges::use() const {
    spill_use out;
    auto folder = open_folder();
    if (!folder.is_open()) return out;
    for_each_entry(folder.get(), [&](const char* name, unsigned char) {
        auto size = size_in(folder.get(), name);
        if (!size) return true;
        ++out.files;
        out.bytes += room_of(*size);
        return true;
    });
    return out;
}

std::set<std::string> spilled_ranges::others(const std::set<std::string>& needed) const {
    std::set<std::string> out;
    auto folder = open_folder();
    if (!folder.is_open()) return out;
    for_each_entry(folder.get(), [&](const char* name, unsigned char) {
        auto location = std::string(spilled_place) + name;
        if (!needed.contains(location)) out.insert(std::move(location));
        return true;
    });
    return out;
}

spill_use spilled_ranges::remove_others(const std::set<std::string>& needed) const {
    spill_use out;
    auto folder = open_folder();
    if (!folder.is_open()) return out;
    for (auto& location : others(needed)) {
        auto name = location.substr(spilled_place.size());
        auto size = size_in(folder.get(), name);
        if (!size || ::unlinkat(folder.get(), name.c_str(), 0) != 0) continue;
        ++out.files;
        out.bytes += room_of(*size);
    }
    return out;
}

}  // namespace kustodrop::spool
