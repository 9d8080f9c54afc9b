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
    if (!is_own(file.location)) return located_at(file.location);
    open_folders through(folder);
    mover moving(through, file, source_id);
    auto name = split_folder(file.name);
    auto there = moving.find(false);
    if (!there) return there.error();
    if (!*there) {
        auto before = moving.moved_to(name.folder, name.base);
        if (!before && name.folder != ".") {
            before = moving.moved_to(".", with_id(name.base, source_id));
        }
        if (!before) return vanished_failure("cannot put back", file.location);
        return located_at(std::move(*before));
    }
    auto back = moving.move_to_free_name({name.folder}, name.base);
    // Something else has the name of the file's folder by now.
    bool blocked = !back && back.error().code == errc::target_blocked;
    if (blocked && name.folder != ".") {
        back = moving.move_to_free_name({"."}, with_id(name.base, source_id));
    }
    if (back && file.location.starts_with(quarantine_folder)) {
        sidecar(moving.from(), moving.base(), source_id).remove();
        moving.sweep();
    }
    return back;
}

// What had been shipped of the file before the slice stays shipped.
static slice range_of(const slice& before, const slice& now) {
    if (now.identity.same_content(before.identity)) {
        auto same = before;
        same.location = now.location;
        same.identity = now.identity;
        return same;
    }
    auto out = now;
    if (now.identity.size_bytes >= before.offset) out.offset = before.offset;
    out.length_bytes = now.identity.size_bytes - out.offset;
    return out;
}

static result<slice> out_of_quarantine(
    const drop_folder& folder, const slice& file, const second_claim& how
) {
    open_folders through(folder);
    mover moving(through, file, how.former_id);
    auto there = moving.find(false);
    if (!there) return there.error();
    if (!*there) return vanished_failure("cannot claim", file.location);
    auto location = work_location(how.new_id, file.name);
    auto to = split_folder(location);
    auto moved = moving.move(to.folder, to.base, durability::now);
    if (moved.error != 0) return moving.failed("cannot claim", moved);
    sidecar(moving.from(), moving.base(), how.former_id).remove();
    moving.sweep();
    auto now = folder.look(location);
    if (!now) return now.error();
    if (!*now) return vanished_failure("cannot claim", location);
    auto& identity = (*now)->identity;
    return slice{file.name, std::move(location), 0, identity.size_bytes, identity};
}

static result<slice> out_of_folder(
    const drop_folder& folder, const slice& file, const second_claim& how
) {
    auto seen = folder.look(file.location);
    if (!seen) return seen.error();
    if (!*seen) return vanished_failure("cannot claim", file.location);
    return how.in_place ? claim_in_place(folder, **seen) : claim(folder, **seen, how.new_id);
}

result<slice> claim_again(const drop_folder& folder, const slice& file, const second_claim& how) {
    if (!is_plain_name(file.name)) return move_failure("cannot claim", file.name, ELOOP);
    auto claimed = is_own(file.location) ? out_of_quarantine(folder, file, how)
                                         : out_of_folder(folder, file, how);
    if (!claimed) return claimed.error();
    return range_of(file, *claimed);
}

// There is no "act on the name if it is still this file" (docs/traps.md §4.1): a file in place is
// first taken into work/, out of everyone's way, and looked at again there.
result<slice> moved_to_work(
    const drop_folder& folder, const slice& file, const std::string& source_id
) {
    if (is_own(file.location)) return file;
    auto location = work_location(source_id, file.location);
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
