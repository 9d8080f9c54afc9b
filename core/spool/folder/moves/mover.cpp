#include "spool/folder/moves/mover.hpp"

#include "base/text.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/source/place.hpp"

#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

failure changed_failure(const slice& file) {
    return {
        errc::file_changed, remedy::retry, printable(file.location) + " holds other bytes by now"};
}

result<bool> mover::find(bool must_be_same) {
    from_ = through_.reach(names_.folder);
    auto seen = look();
    if (!seen && errno == ENOENT) {
        from_ = through_.reach_again(names_.folder);
        seen = look();
    }
    if (!seen) {
        if (is_absence(errno)) return false;
        return move_failure("cannot look at", file_.location, errno);
    }
    bool file = seen->kind == file_kind::regular;
    bool same = file && seen->identity.same_content(file_.identity);
    if (!file || (must_be_same && !same)) return changed_failure(file_);
    return true;
}

std::optional<std::string> mover::moved_to(const std::string& folder, const std::string& base)
    const {
    auto open = open_beneath(through_.root(), folder, O_PATH | O_DIRECTORY);
    if (!open.is_open()) return std::nullopt;
    for (auto& name : {with_id(base, id_), base}) {
        auto seen = through_.look(open.get(), name);
        if (seen && seen->identity.same_content(file_.identity)) return joined(folder, name);
    }
    return std::nullopt;
}

// A name with an id of ours belongs to no one else.
writers mover::writers_of(const std::string& folder, const std::string& base) const {
    bool ours = folder.starts_with(".kustodrop/") || base.find(id_) != std::string::npos;
    return ours ? writers::only_us : writers::anyone;
}

// A file server that has done the move may say that it has failed.
bool mover::is_there(const place_at& to) const {
    if (!has_moved({from_, names_.base}, to)) return false;
    auto seen = through_.look(to.folder, to.base);
    return seen && seen->identity.same_file(file_.identity);
}

move_end mover::move(const std::string& folder, const std::string& base, durability when) {
    move_end how;
    // Retention sweeps empty folders away, possibly right after we opened one.
    for (int round = 0; round < 4; ++round) {
        auto number = round == 0 ? through_.make(folder) : through_.make_again(folder);
        how.error = number < 0 ? errno : 0;
        if (number < 0 && how.error == ENOENT) continue;
        if (number < 0) return how;
        place_at to{number, base};
        how.error = move_without_overwriting({from_, names_.base}, to, writers_of(folder, base));
        if (how.error != 0 && is_there(to)) how.error = 0;
        if (how.error == 0 && when == durability::later) return how;
        if (how.error == 0) return {::fsync(number) == 0 ? 0 : errno};
        how.is_absent = !look() && is_absence(errno);
        if (how.error != ENOENT || how.is_absent) return how;
    }
    return how;
}

failure mover::failed(std::string_view what, const move_end& how) const {
    if (how.is_absent) return vanished_failure(what, file_.location);
    return move_failure(what, file_.location, how.error);
}

located mover::move_to_free_name(
    const std::vector<std::string>& folders, const std::string& base, durability when
) {
    move_end how;
    for (auto& folder : folders) {
        for (auto& name : {base, with_id(base, id_)}) {
            how = move(folder, name, when);
            if (how.error == 0) {
                sweep();
                return located_at(joined(folder, name));
            }
            if (how.error != EEXIST) break;
        }
        if (!how.is_blocked()) break;
    }
    return failed("cannot move", how);
}

void mover::sweep() const {
    for (auto top : {work_folder, quarantine_folder}) {
        remove_empty_folders(through_.root(), names_.folder, top);
    }
}

// Nothing: errno says why.
std::optional<sighting> mover::look() const {
    return from_ < 0 ? std::nullopt : through_.look(from_, names_.base);
}
}  // namespace kustodrop::spool
