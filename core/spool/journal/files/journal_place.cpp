#include "spool/journal/files/journal_place.hpp"

#include "spool/folder/beneath.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace kustodrop::spool {

static result<void> copy_whole(journal_store& from, const std::string& path) {
    for (bool begins = true;; begins = false) {
        auto more = from.copy_part(path, begins);
        if (more.has_error()) return more.error();
        if (!*more) return {};
    }
}

result<void> keep_in_place(
    std::unique_ptr<journal_store>& store,
    const std::string& path,
    store_access how,
    journal_notes& notes
) {
    if (!store->is_displaced()) return {};
    struct ::stat other = {};
    if (::lstat(path.c_str(), &other) == 0) {
        return failure{
            errc::journal_io,
            remedy::reconfigure,
            "journal: another file took the place of " + path +
                " while it was open; restart kustodrop to work with that one"};
    }
    auto fresh = path + ".back";
    if (auto copied = copy_whole(*store, fresh); !copied) return copied;
    // What is left of the former one would be taken for the log of the copy.
    ::unlink((path + "-wal").c_str());
    if (std::rename(fresh.c_str(), path.c_str()) != 0) {
        return system_failure(errc::journal_io, remedy::retry, "cannot rename", fresh, errno);
    }
    store.reset();
    auto opened = journal_store::open(path, how);
    if (opened.has_error()) return opened.error();
    store = std::move(*opened);
    ++notes.put_back;
    return {};
}

}  // namespace kustodrop::spool
