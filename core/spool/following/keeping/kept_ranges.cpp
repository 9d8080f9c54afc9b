#include "spool/following/keeping/kept_ranges.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/sidecar.hpp"
#include "spool/reading/inflated/inflated_bytes.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <unistd.h>
#include <vector>

namespace kustodrop::spool {

static constexpr std::size_t copied_at_once = 1024 * 1024;
static constexpr auto top = "quarantine";
static constexpr auto cannot_keep = "cannot quarantine";
static constexpr std::size_t note_bytes = sizeof ".error.json" - 1;

std::string range_name(const slice& range) {
    return range.name + "@" + std::to_string(range.offset) + "-" + std::to_string(range.end());
}

// Relative to the watch's part of the state directory.
static std::string place_of(const std::string& location) { return location.substr(1); }

descriptor kept_ranges::open_folder() const {
    return descriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

descriptor kept_ranges::make_folder() const {
    ::mkdir(folder_.substr(0, folder_.rfind('/')).c_str(), 0750);
    ::mkdir(folder_.c_str(), 0750);
    return open_folder();
}

// ESTALE also where the file is shorter than it was.
static int copy(int from, const slice& range, int to) {
    std::vector<char> buffer(std::min<std::uint64_t>(copied_at_once, range.length_bytes));
    for (auto at = range.offset; at < range.end();) {
        auto wanted = std::min<std::uint64_t>(buffer.size(), range.end() - at);
        auto bytes = ::pread(from, buffer.data(), wanted, static_cast<off_t>(at));
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0) return errno;
        if (bytes == 0) return ESTALE;
        if (!write_all(to, {buffer.data(), static_cast<std::size_t>(bytes)})) return errno;
        at += static_cast<std::uint64_t>(bytes);
    }
    // What was overwritten meanwhile is not what failed.
    return holds_slice(from, range) ? 0 : ESTALE;
}

static int inflate(int from, std::uint64_t length_bytes, int to) {
    inflated_bytes bytes(from);
    std::vector<char> buffer(copied_at_once);
    std::uint64_t length = 0;
    for (;;) {
        auto got = bytes.read(buffer);
        if (got.has_error()) return got.error().code == errc::read_error ? EIO : ESTALE;
        if (*got == 0) return length == length_bytes ? 0 : ESTALE;
        length += *got;
        if (!write_all(to, {buffer.data(), *got})) return errno;
    }
}

namespace {

// A copy on its way to its place in an open folder of the quarantine.
struct made_copy {
    int folder;
    std::string temporary;
    const std::string& source_id;
    std::string_view error_json;

    // 0 or an errno, like move_to().
    int fill(const std::function<int(int to)>& write) const {
        int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
        descriptor copied(::openat(folder, temporary.c_str(), flags, 0640));
        if (!copied.is_open()) return errno;
        if (auto error = write(copied.get()); error != 0) return error;
        return ::fsync(copied.get()) == 0 ? 0 : errno;
    }

    // EEXIST: something else has the name.
    int move_to(const std::string& name) const {
        sidecar explanation(folder, name, source_id);
        // What an earlier attempt has moved there before a crash is the same.
        if (look_at(folder, name) && !explanation.is_ours()) return EEXIST;
        // First: a copy without one would lie there unexplained.
        if (auto error = explanation.write(error_json); error != 0) return error;
        auto moved = ::renameat(folder, temporary.c_str(), folder, name.c_str());
        auto error = moved == 0 && ::fsync(folder) == 0 ? 0 : errno;
        if (error != 0) explanation.remove();
        return error;
    }
};

}  // namespace

// Its name with an id within, and that of its explanation, are to fit too.
static std::string base_for(std::string base, const std::string& source_id) {
    bool fits = base.size() + 1 + source_id.size() + note_bytes <= longest_name_bytes;
    return fits ? base : source_id + base.substr(base.rfind('@'));
}

result<std::string> kept_ranges::put(
    const slice& range,
    const std::string& source_id,
    std::string_view error_json,
    const filler& fill
) const {
    auto root = make_folder();
    if (!root.is_open()) return move_failure(cannot_keep, range.name, errno);
    auto name = split_folder(range_name(range));
    auto folder = name.folder == "." ? std::string(top) : top + ("/" + name.folder);
    auto to = make_folders(root.get(), folder);
    if (!to.is_open()) return move_failure(cannot_keep, range.name, errno);
    made_copy made{to.get(), "." + source_id + ".part", source_id, error_json};
    auto error = made.fill(fill);
    auto base = base_for(name.base, source_id);
    if (error == 0) error = made.move_to(base);
    if (error == EEXIST) error = made.move_to(base = with_id(base, source_id));
    if (error == 0) return {boost::system::in_place_value, "/" + folder + "/" + base};
    ::unlinkat(to.get(), made.temporary.c_str(), 0);
    if (error == ESTALE) return vanished_failure(cannot_keep, range.name);
    return move_failure(cannot_keep, range.name, error);
}

result<std::string> kept_ranges::keep(
    int file, const slice& range, const std::string& source_id, std::string_view error_json
) const {
    if (!is_plain_name(range.name)) return move_failure(cannot_keep, range.name, ELOOP);
    if (!holds_slice(file, range)) return vanished_failure(cannot_keep, range.name);
    auto fill = [&](int to) { return copy(file, range, to); };
    return put(range, source_id, error_json, fill);
}

result<std::string> kept_ranges::keep_inflated(
    int file, const slice& range, const std::string& source_id, std::string_view error_json
) const {
    if (!is_plain_name(range.name)) return move_failure(cannot_keep, range.name, ELOOP);
    auto fill = [&](int to) { return inflate(file, range.length_bytes, to); };
    return put(range, source_id, error_json, fill);
}

result<void> kept_ranges::explain(
    const std::string& location, const std::string& source_id, std::string_view error_json
) const {
    auto root = open_folder();
    auto place = split_folder(place_of(location));
    auto folder = open_beneath(root.get(), place.folder, O_RDONLY | O_DIRECTORY);
    if (!folder.is_open()) return move_failure(cannot_keep, location, errno);
    auto name = place.base + ".error.json";
    auto temporary = "." + source_id + ".tmp";
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    descriptor file(::openat(folder.get(), temporary.c_str(), flags, 0640));
    bool written = file.is_open() && write_all(file.get(), error_json) &&
                   ::fsync(file.get()) == 0 &&
                   ::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) == 0;
    if (written) return {};
    auto error = errno;
    ::unlinkat(folder.get(), temporary.c_str(), 0);
    return move_failure(cannot_keep, location, error);
}

shared_descriptor kept_ranges::open(const std::string& location) const {
    auto root = open_folder();
    if (!root.is_open()) return nullptr;
    auto file = open_beneath(root.get(), place_of(location), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file.is_open()) return nullptr;
    return std::make_shared<const descriptor>(std::move(file));
}

std::optional<std::uint64_t> kept_ranges::size_of(const std::string& location) const {
    auto file = open(location);
    struct ::stat facts = {};
    if (!file || ::fstat(file->get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    return static_cast<std::uint64_t>(facts.st_size);
}

result<void> kept_ranges::remove(const std::string& location) const {
    auto root = open_folder();
    auto place = split_folder(place_of(location));
    auto folder = open_beneath(root.get(), place.folder, O_RDONLY | O_DIRECTORY);
    if (!folder.is_open()) return {};
    auto note = place.base + ".error.json";
    if (::unlinkat(folder.get(), place.base.c_str(), 0) != 0 && errno != ENOENT) {
        return move_failure("cannot delete", location, errno);
    }
    ::unlinkat(folder.get(), note.c_str(), 0);
    remove_empty_folders(root.get(), place.folder, top);
    return {};
}

std::size_t kept_ranges::count() const {
    auto root = open_folder();
    return root.is_open() ? count_quarantined(root.get(), top) : 0;
}

result<quarantine_report> kept_ranges::expire(wall_time now, const quarantine_limits& limits)
    const {
    auto root = open_folder();
    if (!root.is_open()) return quarantine_report();
    auto inside = limits;
    inside.needed.clear();
    for (auto& location : limits.needed) inside.needed.insert(place_of(location));
    return expire_quarantine(root.get(), top, now, inside);
}

}  // namespace kustodrop::spool
