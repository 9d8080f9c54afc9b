#include "spool/folder/claiming.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/source/place.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>

namespace kustodrop::spool {

static failure not_a_file(const sighting& seen) {
    auto what = std::string(to_string(seen.kind));
    return {errc::not_a_file, remedy::give_up, printable(seen.name) + " is a " + what};
}

// Of work/, or of the move itself.
static failure claim_failure(const std::string& name, int error) {
    bool refused = error == EACCES || error == EPERM || error == EROFS;
    if (!refused) return move_failure("cannot claim", name, error);
    return system_failure(errc::claim_refused, remedy::reconfigure, "cannot claim", name, error);
}

// Of the folder in which the file was seen.
static failure unseen_failure(const std::string& name, int error) {
    if (is_absence(error)) return vanished_failure("cannot claim", name);
    return claim_failure(name, error);
}

static slice whole_file(const std::string& name, std::string location, const sighting& seen) {
    return {name, std::move(location), 0, seen.identity.size_bytes, seen.identity};
}

// Where it was or, when another has that name by now, beside it: nothing that is not ours stays in
// work/.
static void give_back(const place_at& from, const place_at& to, const std::string& source_id) {
    if (move_without_overwriting(from, to, writers::anyone) != EEXIST) return;
    move_without_overwriting(from, {to.folder, with_id(to.base, source_id)});
}

// A look may fail once and succeed the next time. Nothing: errno says why.
static std::optional<sighting> claimed_file(const open_folders& through, const place_at& place) {
    auto found = through.look(place.folder, place.base);
    return found ? found : through.look(place.folder, place.base);
}

// On a file system without a free inode a file can be renamed, and no folder be made. Keeps errno.
static std::optional<std::string> location_without_folder(
    int error, const std::string& name, const std::string& source_id
) {
    bool is_full = error == ENOSPC || error == EDQUOT;
    auto out = is_full ? flat_work_location(source_id, name) : std::nullopt;
    errno = error;
    return out;
}

result<slice> claim(const drop_folder& folder, const sighting& seen, const std::string& source_id) {
    open_folders through(folder);
    return claim(seen, source_id, through);
}

result<slice> claim(const sighting& seen, const std::string& source_id, open_folders& through) {
    if (!is_guid(source_id)) throw std::logic_error("claim without a GUID");
    if (seen.kind != file_kind::regular || !is_plain_name(seen.name)) return not_a_file(seen);

    auto location = work_location(source_id, seen.name);
    auto [from_folder, from_base] = split_folder(seen.name);
    auto [to_folder, to_base] = split_folder(location);
    place_at old_place{through.reach(from_folder), from_base};
    if (old_place.folder < 0) return unseen_failure(seen.name, errno);
    place_at new_place{through.make(to_folder), to_base};
    auto flat =
        new_place.folder < 0 ? location_without_folder(errno, seen.name, source_id) : std::nullopt;
    if (flat) {
        remove_empty_folders(through.root(), joined(work_folder, source_id), work_folder);
        location = *flat;
        to_folder = work_folder;
        new_place = {through.make(to_folder), split_folder(location).base};
    }
    if (new_place.folder < 0) return claim_failure(seen.name, errno);

    auto error = move_without_overwriting(old_place, new_place, writers::only_this_move);
    if (error == ENOENT && !has_moved(old_place, new_place)) {
        // It was removed, or one of the folders has been replaced.
        old_place.folder = through.reach_again(from_folder);
        if (old_place.folder < 0) return unseen_failure(seen.name, errno);
        new_place.folder = through.make_again(to_folder);
        if (new_place.folder < 0) return claim_failure(seen.name, errno);
        error = move_without_overwriting(old_place, new_place, writers::only_this_move);
    }
    // No one but this claim puts anything under that id.
    if (error != 0 && !has_moved(old_place, new_place)) {
        bool is_absent = !look_at(old_place.folder, from_base) && is_absence(errno);
        remove_empty_folders(through.root(), to_folder, work_folder);
        if (is_absent) return vanished_failure("cannot claim", seen.name);
        return claim_failure(seen.name, error);
    }
    // It may be another file than the one that was seen: then this one is claimed, and nothing is
    // lost either way. But whatever is not a file goes back where it was.
    auto found = claimed_file(through, new_place);
    if (!found && is_absence(errno)) return vanished_failure("cannot claim", seen.name);
    // It is in work/, whatever the look says: what was seen holds until it is read.
    if (!found) return whole_file(seen.name, std::move(location), seen);
    bool linked = found->links > 1;
    if (found->kind != file_kind::regular || linked) {
        give_back(new_place, old_place, source_id);
        remove_empty_folders(through.root(), to_folder, work_folder);
        found->name = seen.name;
        if (found->kind == file_kind::regular) {
            return failure{
                errc::hard_link,
                remedy::give_up,
                printable(seen.name) + ": other names lead to the same file"};
        }
        return not_a_file(*found);
    }
    return whole_file(seen.name, std::move(location), *found);
}

result<slice> claim_in_place(const drop_folder& folder, const sighting& seen) {
    auto now = folder.look(seen.name);
    if (!now) return now.error();
    if (!*now) return vanished_failure("cannot claim", seen.name);
    if ((*now)->kind != file_kind::regular) return not_a_file(**now);
    return whole_file(seen.name, seen.name, **now);
}

}  // namespace kustodrop::spool
