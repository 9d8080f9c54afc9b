#include "spool/folder/quarantine.hpp"

#include "spool/folder/moves/mover.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/sidecar.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/source/place.hpp"

#include <cerrno>

namespace kustodrop::spool {

namespace {

struct explained_move {
    move_end how;
    std::string location;
};

// One file on its way to a folder of the quarantine, with its explanation.
struct explained_file {
    int root;
    mover& moving;
    const std::string& base;
    const std::string& source_id;
    std::string_view error_json;

    explained_move move_to(const std::string& target) const;
};

}  // namespace

explained_move explained_file::move_to(const std::string& target) const {
    auto to = make_folders(root, target);
    if (!to.is_open()) return {{errno}, ""};
    explained_move out{{EEXIST}, ""};
    for (auto& name : {base, with_id(base, source_id)}) {
        // The sidecar comes first: a file without one would lie there unexplained.
        if (look_at(to.get(), name)) continue;
        sidecar explanation(to.get(), name, source_id);
        out.how = {explanation.write(error_json)};
        if (out.how.error == EEXIST) continue;
        if (out.how.error == 0) out.how = moving.move(target, name, durability::now);
        if (out.how.error == 0) return {out.how, joined(target, name)};
        explanation.remove();
        if (out.how.error != EEXIST) break;
    }
    return out;
}

located quarantine(
    const drop_folder& folder,
    const slice& file,
    const std::string& source_id,
    std::string_view error_json
) {
    if (!is_plain_name(file.name)) return move_failure("cannot quarantine", file.name, ELOOP);
    auto held = moved_to_work(folder, file, source_id);
    if (!held) return held.error();
    open_folders through(folder);
    mover moving(through, *held, source_id);
    auto name = split_folder(file.name);
    auto folders = folders_below(quarantine_folder, name.folder, source_id);
    auto there = moving.find(false);
    if (!there) return there.error();
    if (!*there) {
        for (auto& target : folders) {
            if (auto before = moving.moved_to(target, name.base)) return located_at(*before);
        }
        return vanished_failure("cannot quarantine", file.location);
    }
    explained_file one{folder.descriptor_of_root(), moving, name.base, source_id, error_json};
    explained_move last;
    for (auto& target : folders) {
        last = one.move_to(target);
        if (last.how.error == 0) {
            moving.sweep();
            return located_at(std::move(last.location));
        }
        if (!last.how.is_blocked()) break;
    }
    return moving.failed("cannot quarantine", last.how);
}

}  // namespace kustodrop::spool
