#include "spool/folder/archiving.hpp"

#include "spool/folder/moves/mover.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/source/place.hpp"

#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

// An earlier archive() may have been on another day.
static std::optional<std::string> archived_before(
    int root, const mover& moving, const split_name& name, const std::string& id
) {
    auto archive = open_beneath(root, std::string(archive_folder), O_RDONLY | O_DIRECTORY);
    if (!archive.is_open()) return std::nullopt;
    std::optional<std::string> found;
    for_each_entry(archive.get(), [&](const char* day, unsigned char) {
        if (!parse_day_name(day)) return true;
        for (auto& folder : folders_below(joined(archive_folder, day), name.folder, id)) {
            if (!found) found = moving.moved_to(folder, name.base);
        }
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
    auto held = moved_to_work(folder, file, source_id);
    if (!held) return held.error();
    mover moving(through, *held, source_id);
    auto name = split_folder(file.name);
    auto there = moving.find(true);
    if (!there) return there.error();
    if (!*there) {
        auto before = archived_before(through.root(), moving, name, source_id);
        if (!before) return vanished_failure("cannot archive", file.location);
        return located_at(std::move(*before));
    }
    auto day = joined(archive_folder, day_name(retired_at));
    return moving.move_to_free_name(folders_below(day, name.folder, source_id), name.base, when);
}

located archive(
    const drop_folder& folder, const slice& file, const std::string& source_id, wall_time retired_at
) {
    open_folders through(folder);
    return archive_in(folder, file, source_id, retired_at, through, durability::now);
}

located archive(
    const drop_folder& folder,
    const slice& file,
    const std::string& source_id,
    wall_time retired_at,
    open_folders& through
) {
    return archive_in(folder, file, source_id, retired_at, through, durability::later);
}

result<void> remove(const drop_folder& folder, const slice& file, const std::string& source_id) {
    auto held = moved_to_work(folder, file, source_id);
    if (!held) return held.error();
    open_folders through(folder);
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

}  // namespace kustodrop::spool
