#pragma once

#include "base/result.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/source/sighting.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// Opens `name` relative to `root` without ever leaving it and without following a link, with
/// O_CLOEXEC and O_NOFOLLOW added to `flags`. The name may be longer than the kernel takes at once.
/// Not open: errno says why (ELOOP and EXDEV: a link, or a way out).
descriptor open_beneath(int root, const std::string& name, int flags);

/// "a/b/c" as "a/b" and "c"; the folder is "." for a plain name.
struct split_name {
    std::string folder;
    std::string base;
};
split_name split_folder(std::string_view name);

/// Opens a folder beneath `root` for reading, creating what is missing of it. Not open: errno.
descriptor make_folders(int root, const std::string& name);

/// Whether a relative name has only plain components: no "..", no ".", none empty.
bool is_plain_name(std::string_view name);

file_identity identity_of(const struct ::stat& facts);
file_identity identity_of(const struct ::statx& facts);

/// Whether the kernel may answer from what it remembers of a file, or asks the file server.
enum class freshness { remembered, asked };

/// Looks at `base` in an open folder without following a link; `readable` is left to the caller.
/// Nothing: errno says why.
std::optional<sighting> look_at(
    int folder, const std::string& base, freshness how = freshness::remembered
);

/// access(2) for the rights that this process has now, also where a sandbox refuses the newer call
/// with EPERM. False: errno says why.
bool may_access(int folder, const std::string& base, int mode, int flags = 0);

/// Whether this process may read it.
bool may_read(int folder, const std::string& base);

/// A folder beneath `root` that is only passed through: `root` itself is not opened again.
class passage {
public:
    passage(int root, const std::string& folder);
    bool is_open() const { return number_ >= 0; }  // Else errno says why.
    int get() const { return number_; }

private:
    descriptor own_;
    int number_;
};

/// One name of a folder, and the place in the folder after it (lseek(2) on any descriptor of it).
struct folder_entry {
    const char* name = nullptr;
    unsigned char type = 0;  // d_type
    std::int64_t next = 0;
};

/// Calls `seen` with each entry but . and .., from a place on, until it returns false. Returns 0 or
/// an errno.
int for_each_entry_from(
    int folder, std::int64_t place, const std::function<bool(const folder_entry&)>& seen
);

/// Calls `seen` with each name of the folder but . and .. and its d_type, until it returns false.
/// Returns 0 or an errno.
int for_each_entry(
    int folder, const std::function<bool(const char* name, unsigned char type)>& seen
);

/// A failure that says what was tried with which file, with the system's message for `error`.
failure system_failure(
    errc code, remedy next, std::string_view what, std::string_view name, int error
);

/// Writes all of `text`; false with errno.
bool write_all(int file, std::string_view text);

}  // namespace kustodrop::spool
