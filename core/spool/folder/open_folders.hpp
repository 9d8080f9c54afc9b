#pragma once

#include "spool/folder/descriptor.hpp"
#include "spool/source/sighting.hpp"

#include <optional>
#include <string>

namespace kustodrop::spool {

class drop_folder;

/// The folders beneath a root through which a batch of files goes, so that each is opened once for
/// the files that follow each other there. For one batch, not for good: what is renamed away
/// meanwhile is still reached, under its new name. Not shared between threads.
class open_folders {
public:
    explicit open_folders(int root) : root_(root) {}
    explicit open_folders(const drop_folder& watched);
    int root() const { return root_; }

    /// A look at a name in an open folder, as drop_folder::look_in(). Nothing: errno says why.
    std::optional<sighting> look(int folder, const std::string& base) const;

    /// A folder that is only passed through; "." is the root itself. -1: errno says why.
    int reach(const std::string& name);

    /// A folder to put things into, open for reading, with what was missing of it created. -1:
    /// errno says why.
    int make(const std::string& name);

    /// Opened again: where the folder was found without what should be there, it may have been
    /// removed and made again.
    int reach_again(const std::string& name);
    int make_again(const std::string& name);

    /// open_beneath() the root.
    descriptor open(const std::string& name, int flags);

private:
    struct kept {
        std::string name;
        descriptor folder;
        bool is(const std::string& wanted) const { return folder.is_open() && name == wanted; }
    };
    int root_;
    const drop_folder* watched_ = nullptr;
    kept reached_;
    kept made_;
};

}  // namespace kustodrop::spool
