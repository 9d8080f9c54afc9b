#include "spool/folder/moves/transfer.hpp"

#include "spool/folder/claiming.hpp"
#include "spool/folder/moves/mover.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/sidecar.hpp"
#include "spool/source/place.hpp"

#include <cerrno>

namespace kustodrop::spool {

static bool is_own(std::string_view location) { return location.starts_with(".kustodrop/"); }

located put_back(const drop_folder& folder, const slice& file, const std::string& source_id) {
    if (!is_plain_name(file.name)) return move_failure("cannot put back", file.name, ELOOP);
    if (!is_own(file.location)) return located_at(file.name);
    open_folders through(folder.descriptor_of_root());
    mover moving(through, file, source_id);
    auto name = split_folder(file.name);
    auto there = moving.find(false);
    if (!there) return there.error();
    if (!*there) {
        auto before = moving.moved_to(name.folder, name.base);
        if (!before) return move_failure("cannot put back", file.location, ENOENT);
        return located_at(std::move(*before));
    }
    auto back = moving.move_to_free_name(name.folder, name.base);
    if (back && file.location.starts_with(quarantine_folder)) {
        sidecar(moving.from(), moving.base(), source_id).remove();
        moving.sweep();
    }
    return back;
}

// There is no "act on the name if it is still this file" (docs/traps.md §4.1): a file in place is
// first taken into work/, out of everyone's way, and looked at again there.
result<slice> moved_to_work(
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
    if (now && *now && !(*now)->identity.same_content(file.identity)) return changed_failure(file);
    auto claimed = claim(folder, expected, source_id);
    if (!claimed && claimed.error().code == errc::file_vanished) return file;  // Moved on already?
    if (!claimed) return claimed.error();
    if (claimed->identity.same_content(file.identity)) return claimed;
    auto back = put_back(folder, *claimed, source_id);
    if (!back) return back.error();
    return changed_failure(file);
}

}  // namespace kustodrop::spool
