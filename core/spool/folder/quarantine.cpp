#include "spool/folder/quarantine.hpp"

#include "spool/folder/moves/mover.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/sidecar.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/source/place.hpp"

#include <cerrno>

namespace kustodrop::spool {

located quarantine(
    const drop_folder& folder,
    const slice& file,
    const std::string& source_id,
    std::string_view error_json
) {
    if (!is_plain_name(file.name)) return move_failure("cannot quarantine", file.name, ELOOP);
    auto held = moved_to_work(folder, file, source_id);
    if (!held) return held.error();
    auto root = folder.descriptor_of_root();
    open_folders through(root);
    mover moving(through, *held, source_id);
    auto name = split_folder(file.name);
    std::string target(quarantine_folder);
    if (name.folder != ".") target = joined(target, name.folder);
    auto there = moving.find(false);
    if (!there) return there.error();
    if (!*there) {
        auto before = moving.moved_to(target, name.base);
        if (!before) return move_failure("cannot quarantine", file.location, ENOENT);
        return located_at(std::move(*before));
    }
    auto to = make_folders(root, target);
    if (!to.is_open()) return move_failure("cannot quarantine", file.location, errno);
    int error = 0;
    for (auto& base : {name.base, with_id(name.base, source_id)}) {
        // The sidecar comes first: a file without one would lie there unexplained.
        error = EEXIST;
        if (look_at(to.get(), base)) continue;
        sidecar explanation(to.get(), base, source_id);
        error = explanation.write(error_json);
        if (error == EEXIST) continue;
        if (error == 0) error = moving.move(target, base, durability::now);
        if (error == 0) {
            moving.sweep();
            return located_at(joined(target, base));
        }
        explanation.remove();
        if (error != EEXIST) break;
    }
    return move_failure("cannot quarantine", file.location, error);
}

}  // namespace kustodrop::spool
