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
        from_ = through_.reach_anew(names_.folder);
        seen = look();
    }
    if (!seen) {
        if (errno == ENOENT || errno == ENOTDIR) return false;
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
        auto seen = look_at(open.get(), name);
        if (seen && seen->identity.same_content(file_.identity)) return joined(folder, name);
    }
    return std::nullopt;
}

int mover::move(const std::string& folder, const std::string& base, durability when) {
    int error = 0;
    // Retention sweeps empty folders away, possibly right after we opened one.
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

located mover::move_to_free_name(
    const std::string& folder, const std::string& base, durability when
) {
    auto name = base;
    auto error = move(folder, name, when);
    if (error == EEXIST) {
        name = with_id(base, id_);
        error = move(folder, name, when);
    }
    if (error != 0) return move_failure("cannot move", file_.location, error);
    sweep();
    return located_at(joined(folder, name));
}

void mover::sweep() const {
    for (auto top : {work_folder, quarantine_folder}) {
        remove_empty_folders(through_.root(), names_.folder, top);
    }
}

// Nothing: errno says why.
std::optional<sighting> mover::look() const {
    return from_ < 0 ? std::nullopt : look_at(from_, names_.base);
}
}  // namespace kustodrop::spool
