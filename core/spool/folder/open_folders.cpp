#include "spool/folder/open_folders.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/folder/drop_folder.hpp"

#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

open_folders::open_folders(const drop_folder& watched)
    : root_(watched.descriptor_of_root()), watched_(&watched) {}

std::optional<sighting> open_folders::look(int folder, const std::string& base) const {
    return watched_ ? watched_->look_in(folder, base) : look_at(folder, base);
}

int open_folders::reach(const std::string& name) {
    if (name == ".") return root_;
    if (made_.is(name)) return made_.folder.get();
    return reached_.is(name) ? reached_.folder.get() : reach_again(name);
}

int open_folders::make(const std::string& name) {
    return made_.is(name) ? made_.folder.get() : make_again(name);
}

int open_folders::reach_again(const std::string& name) {
    if (name == ".") return root_;
    reached_ = {name, open_beneath(root_, name, O_PATH | O_DIRECTORY)};
    return reached_.folder.get();
}

int open_folders::make_again(const std::string& name) {
    made_ = {name, make_folders(root_, name)};
    return made_.folder.get();
}

descriptor open_folders::open(const std::string& name, int flags) {
    auto [folder, base] = split_folder(name);
    auto at = reach(folder);
    if (at >= 0) {
        auto file = open_beneath(at, base, flags);
        if (file.is_open() || errno != ENOENT) return file;
    }
    return open_beneath(root_, name, flags);
}

}  // namespace kustodrop::spool
