// Where files go after their outcome. Every move is a rename that never overwrites, and may be
// asked for again after a crash.
#include "base/text.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/moving.hpp"
#include "spool/source/place.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

using located = result<std::string>;

static located at(std::string location) {
    return {boost::system::in_place_value, std::move(location)};
}

static bool is_own(std::string_view location) { return location.starts_with(".kustodrop/"); }

static failure changed(const slice& file) {
    return {
        errc::file_changed, remedy::retry, printable(file.location) + " holds other bytes by now"};
}

namespace {

// When a move is made durable: before its function returns, or by sync_folder().
enum class durability { now, later };

// One file on its way from where it is to a folder of ours.
class mover {
public:
    mover(open_folders& through, const slice& file, const std::string& source_id)
        : through_(through), file_(file), id_(source_id), names_(split_folder(file.location)) {}

    // Whether the file is still where the slice says; a failure if it has changed and must not.
    result<bool> find(bool must_be_same) {
        from_ = through_.reach(names_.folder);
        auto seen = look();
        if (!seen && errno == ENOENT) {
            from_ = through_.reach_anew(names_.folder);
            seen = look();
        }
        if (!seen) {
            if (errno == ENOENT || errno == ENOTDIR) return false;
            return move_failure("cannot look at", file_.location, errno);
        }
        bool file = seen->kind == file_kind::regular;
        bool same = file && seen->identity.same_content(file_.identity);
        if (!file || (must_be_same && !same)) return changed(file_);
        return true;
    }

    // Where an earlier attempt put it beneath `folder`, if it did.
    std::optional<std::string> moved_to(const std::string& folder, const std::string& base) const {
        auto open = open_beneath(through_.root(), folder, O_PATH | O_DIRECTORY);
        if (!open.is_open()) return std::nullopt;
        for (auto& name : {with_id(base, id_), base}) {
            auto seen = look_at(open.get(), name);
            if (seen && seen->identity.same_content(file_.identity)) return joined(folder, name);
        }
        return std::nullopt;
    }

    // Moves to `base` in `folder`; 0 or an errno.
    int move(const std::string& folder, const std::string& base, durability when) {
        int error = 0;
        // Retention sweeps empty folders away, perhaps right after we opened one.
        for (int round = 0; round < 4; ++round) {
            auto to = round == 0 ? through_.make(folder) : through_.make_anew(folder);
            if (to < 0) return errno;
            error = move_without_overwriting({from_, names_.base}, {to, base});
            if (error == 0 && when == durability::later) return 0;
            if (error == 0) return ::fsync(to) == 0 ? 0 : errno;
            if (error != ENOENT || !look()) return error;
        }
        return error;
    }

    // Moves to the first free one of the plain name and the one with the id.
    located move_to_free_name(
        const std::string& folder, const std::string& base, durability when = durability::now
    ) {
        auto name = base;
        auto error = move(folder, name, when);
        if (error == EEXIST) {
            name = with_id(base, id_);
            error = move(folder, name, when);
        }
        if (error != 0) return move_failure("cannot move", file_.location, error);
        sweep();
        return at(joined(folder, name));
    }

    // The emptied folders of a source with a folder of its own in work/.
    void sweep() const {
        for (auto top : {work_folder, quarantine_folder}) {
            remove_empty_folders(through_.root(), names_.folder, top);
        }
    }

    int from() const { return from_; }
    const std::string& base() const { return names_.base; }

private:
    // Nothing: errno says why.
    std::optional<sighting> look() const {
        return from_ < 0 ? std::nullopt : look_at(from_, names_.base);
    }

    open_folders& through_;
    const slice& file_;
    const std::string& id_;
    split_name names_;
    int from_ = -1;
};

// The error text beside a quarantined file.
class sidecar {
public:
    sidecar(int folder, const std::string& base, const std::string& id)
        : folder_(folder), name_(sidecar_name(base, id)), id_(id) {}

    // 0 or an errno; EEXIST if the name belongs to something else, a file of that name perhaps.
    int write(std::string_view text) const {
        auto temporary = "." + id_ + ".tmp";
        int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
        descriptor file(::openat(folder_, temporary.c_str(), flags, 0640));
        if (!file.is_open()) return errno;
        if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) return drop(temporary);
        if (is_ours()) {
            auto renamed = ::renameat(folder_, temporary.c_str(), folder_, name_.c_str());
            return renamed == 0 ? 0 : drop(temporary);
        }
        auto error = move_without_overwriting({folder_, temporary}, {folder_, name_});
        if (error != 0) ::unlinkat(folder_, temporary.c_str(), 0);
        return error;
    }

    void remove() const {
        if (is_ours()) ::unlinkat(folder_, name_.c_str(), 0);
    }

private:
    // A sidecar of ours says our id; a file that someone dropped under such a name does not.
    bool is_ours() const {
        int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
        descriptor file(::openat(folder_, name_.c_str(), flags));
        if (!file.is_open()) return false;
        std::array<char, 16384> text;
        auto bytes = ::pread(file.get(), text.data(), text.size(), 0);
        std::string_view start(text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
        return start.find(id_) != std::string_view::npos;
    }

    int drop(const std::string& temporary) const {
        auto error = errno;
        ::unlinkat(folder_, temporary.c_str(), 0);
        return error;
    }

    int folder_;
    std::string name_;
    const std::string& id_;
};

}  // namespace

// There is no "act on the name if it is still this file" (docs/traps.md §4.1): a file in place is
// first taken into work/, out of everyone's way, and looked at again there.
static result<slice> taken(
    const drop_folder& folder, const slice& file, const std::string& source_id
) {
    if (is_own(file.location)) return file;
    auto location = work_location(source_id, file.name);
    auto before = folder.look(location);
    if (!before) return before.error();
    if (*before) return slice{file.name, location, 0, file.length_bytes, file.identity};
    sighting expected;
    expected.name = file.location;
    expected.identity = file.identity;
    expected.kind = file_kind::regular;
    auto now = folder.look(file.location);
    if (now && *now && !(*now)->identity.same_content(file.identity)) return changed(file);
    auto claimed = folder.claim(expected, source_id);
    if (!claimed && claimed.error().code == errc::file_vanished) return file;  // Perhaps moved on.
    if (!claimed) return claimed.error();
    if (claimed->identity.same_content(file.identity)) return claimed;
    auto back = folder.put_back(*claimed, source_id);
    if (!back) return back.error();
    return changed(file);
}

// An earlier archive() may have been on another day.
static std::optional<std::string> archived_before(
    int root, const mover& moving, const split_name& name
) {
    auto archive = open_beneath(root, std::string(archive_folder), O_RDONLY | O_DIRECTORY);
    if (!archive.is_open()) return std::nullopt;
    std::optional<std::string> found;
    for_each_entry(archive.get(), [&](const char* day, unsigned char) {
        if (!parse_day_name(day)) return true;
        auto folder = joined(archive_folder, day);
        if (name.folder != ".") folder = joined(folder, name.folder);
        found = moving.moved_to(folder, name.base);
        return !found;
    });
    return found;
}

static located archive_in(
    const drop_folder& folder,
    const slice& file,
    const std::string& source_id,
    wall_time retired_at,
    open_folders& through,
    durability when
) {
    if (!is_plain_name(file.name)) return move_failure("cannot archive", file.name, ELOOP);
    auto held = taken(folder, file, source_id);
    if (!held) return held.error();
    mover moving(through, *held, source_id);
    auto name = split_folder(file.name);
    auto there = moving.find(true);
    if (!there) return there.error();
    if (!*there) {
        auto before = archived_before(through.root(), moving, name);
        if (!before) return move_failure("cannot archive", file.location, ENOENT);
        return at(std::move(*before));
    }
    auto shelf = joined(archive_folder, day_name(retired_at));
    if (name.folder != ".") shelf = joined(shelf, name.folder);
    return moving.move_to_free_name(shelf, name.base, when);
}

located drop_folder::archive(const slice& file, const std::string& source_id, wall_time retired_at)
    const {
    open_folders through(root_.get());
    return archive_in(*this, file, source_id, retired_at, through, durability::now);
}

located drop_folder::archive(
    const slice& file, const std::string& source_id, wall_time retired_at, open_folders& through
) const {
    return archive_in(*this, file, source_id, retired_at, through, durability::later);
}

result<void> drop_folder::sync_folder(const std::string& name) const {
    auto folder = open_beneath(root_.get(), name, O_RDONLY | O_DIRECTORY);
    if (folder.is_open() && ::fsync(folder.get()) == 0) return {};
    return system_failure(errc::sync_failed, remedy::retry, "cannot sync", name, errno);
}

located drop_folder::quarantine(
    const slice& file, const std::string& source_id, std::string_view error_json
) const {
    if (!is_plain_name(file.name)) return move_failure("cannot quarantine", file.name, ELOOP);
    auto held = taken(*this, file, source_id);
    if (!held) return held.error();
    open_folders through(root_.get());
    mover moving(through, *held, source_id);
    auto name = split_folder(file.name);
    std::string folder(quarantine_folder);
    if (name.folder != ".") folder = joined(folder, name.folder);
    auto there = moving.find(false);
    if (!there) return there.error();
    if (!*there) {
        auto before = moving.moved_to(folder, name.base);
        if (!before) return move_failure("cannot quarantine", file.location, ENOENT);
        return at(std::move(*before));
    }
    auto to = make_folders(root_.get(), folder);
    if (!to.is_open()) return move_failure("cannot quarantine", file.location, errno);
    int error = 0;
    for (auto& base : {name.base, with_id(name.base, source_id)}) {
        // The explanation comes first: a file without one would be a riddle.
        error = EEXIST;
        if (look_at(to.get(), base)) continue;
        sidecar explanation(to.get(), base, source_id);
        error = explanation.write(error_json);
        if (error == EEXIST) continue;
        if (error == 0) error = moving.move(folder, base, durability::now);
        if (error == 0) {
            moving.sweep();
            return at(joined(folder, base));
        }
        explanation.remove();
        if (error != EEXIST) break;
    }
    return move_failure("cannot quarantine", file.location, error);
}

result<void> drop_folder::remove(const slice& file, const std::string& source_id) const {
    auto held = taken(*this, file, source_id);
    if (!held) return held.error();
    open_folders through(root_.get());
    mover moving(through, *held, source_id);
    auto there = moving.find(true);
    if (!there) return there.error();
    if (!*there) return {};
    if (::unlinkat(moving.from(), moving.base().c_str(), 0) != 0 && errno != ENOENT) {
        return move_failure("cannot delete", file.location, errno);
    }
    moving.sweep();
    return {};
}

located drop_folder::put_back(const slice& file, const std::string& source_id) const {
    if (!is_plain_name(file.name)) return move_failure("cannot put back", file.name, ELOOP);
    if (!is_own(file.location)) return at(file.name);
    open_folders through(root_.get());
    mover moving(through, file, source_id);
    auto name = split_folder(file.name);
    auto there = moving.find(false);
    if (!there) return there.error();
    if (!*there) {
        auto before = moving.moved_to(name.folder, name.base);
        if (!before) return move_failure("cannot put back", file.location, ENOENT);
        return at(std::move(*before));
    }
    auto back = moving.move_to_free_name(name.folder, name.base);
    if (back && file.location.starts_with(quarantine_folder)) {
        sidecar(moving.from(), moving.base(), source_id).remove();
        moving.sweep();
    }
    return back;
}

}  // namespace kustodrop::spool
