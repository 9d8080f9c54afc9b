#include "spool/folder/drop_folder.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/source/place.hpp"

#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

static constexpr const char* own_folder = ".kustodrop";

static failure open_failure(const std::string& path, int error) {
    bool absent = error == ENOENT || error == ENOTDIR || error == ESTALE || error == ENODEV;
    if (absent) {
        auto out = system_failure(errc::folder_absent, remedy::retry, "cannot open", path, error);
        out.hint = "make the folder, or mount what it lies on";
        return out;
    }
    bool refused = error == EACCES || error == EPERM;
    auto next = refused ? remedy::reconfigure : remedy::retry;
    return system_failure(errc::folder_unreadable, next, "cannot open", path, error);
}

result<drop_folder> drop_folder::open(const std::string& path) {
    drop_folder folder;
    folder.path_ = path;
    folder.root_ = descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.root_.is_open()) return open_failure(path, errno);
    if (auto medium = medium_of_folder(folder.root_.get())) folder.medium_ = std::move(*medium);
    return folder;
}

file_identity drop_folder::identity() const {
    auto seen = look_in(root_.get(), ".");
    return seen ? seen->identity : file_identity();
}

result<void> drop_folder::verify() const {
    struct ::stat named = {};
    struct ::stat opened = {};
    if (::stat(path_.c_str(), &named) != 0) return open_failure(path_, errno);
    if (::fstat(root_.get(), &opened) != 0) return open_failure(path_, errno);
    if (named.st_dev == opened.st_dev && named.st_ino == opened.st_ino) return {};
    auto detail = printable(path_) + " is another folder now than the one that was opened";
    return failure{errc::folder_absent, remedy::retry, detail};
}

result<claim_advice> drop_folder::advice() const {
    struct ::stat facts = {};
    if (::fstat(root_.get(), &facts) != 0) return open_failure(path_, errno);
    if (!may_access(root_.get(), ".", W_OK | X_OK)) {
        // What is shipped in place stays for good: a passing trouble does not justify that.
        bool lasting = errno == EACCES || errno == EPERM || errno == EROFS;
        if (!lasting) return open_failure(path_, errno);
        return claim_advice{false, "the folder is not writable for this process"};
    }
    auto user = ::geteuid();
    if ((facts.st_mode & S_ISVTX) != 0 && user != 0 && facts.st_uid != user) {
        return claim_advice{false, "the folder is sticky and belongs to another user"};
    }
    auto own = look_at(root_.get(), own_folder);
    if (own && own->identity.device != facts.st_dev) {
        return claim_advice{false, ".kustodrop lies on another file system"};
    }
    return claim_advice{true, "the folder is writable and on one file system"};
}

// Opens one of our own folders and makes sure that it is what we think.
static result<descriptor> open_own(int at, const std::string& name, std::uint64_t device) {
    if (::mkdirat(at, name.c_str(), 0750) != 0 && errno != EEXIST) {
        bool full = errno == ENOSPC || errno == EDQUOT;
        auto code = full ? errc::disk_full : errc::folder_read_only;
        auto next = full ? remedy::retry : remedy::reconfigure;
        return system_failure(code, next, "cannot create", name, errno);
    }
    auto own = open_beneath(at, name, O_RDONLY | O_DIRECTORY);
    struct ::stat facts = {};
    if (!own.is_open() || ::fstat(own.get(), &facts) != 0) {
        return system_failure(
            errc::folder_hostile, remedy::reconfigure, "cannot enter", name, errno
        );
    }
    if (facts.st_dev != device) {
        auto detail = name + " lies on another file system, so files cannot be moved there";
        return failure{errc::other_file_system, remedy::reconfigure, detail};
    }
    if ((facts.st_mode & S_IWOTH) != 0) {
        auto detail = name + " is writable for everyone: anyone could take or plant files";
        return failure{errc::folder_hostile, remedy::reconfigure, detail};
    }
    if (!may_access(own.get(), ".", W_OK | X_OK)) {
        return system_failure(
            errc::folder_read_only, remedy::reconfigure, "no access to", name, errno
        );
    }
    return own;
}

result<std::vector<std::string>> drop_folder::prepare() {
    struct ::stat root = {};
    if (::fstat(root_.get(), &root) != 0) return open_failure(path_, errno);
    auto own = open_own(root_.get(), own_folder, root.st_dev);
    if (!own) return own.error();
    for (auto whole : {work_folder, archive_folder, quarantine_folder}) {
        auto part = open_own(own->get(), split_folder(whole).base, root.st_dev);
        if (!part) return part.error();
    }
    std::vector<std::string> warnings;
    bool sticky = (root.st_mode & S_ISVTX) != 0;
    if ((root.st_mode & S_IWOTH) != 0 && !sticky) {
        warnings.emplace_back("everyone may replace and remove files in it: set the sticky bit");
    }
    struct ::stat facts = {};
    bool known = ::fstat(own->get(), &facts) == 0;
    if (known && facts.st_uid != ::geteuid() && facts.st_uid != 0) {
        auto who = std::to_string(facts.st_uid);
        warnings.push_back(".kustodrop belongs to another user (uid " + who + ")");
    }
    if (medium_.kind == medium_kind::remote) {
        warnings.push_back("it is on a network file system (" + medium_.name + ")");
    }
    return warnings;
}

result<void> drop_folder::lock(std::string_view state_directory) {
    auto own = open_beneath(root_.get(), own_folder, O_RDONLY | O_DIRECTORY);
    if (!own.is_open()) return open_failure(own_folder, errno);
    auto taken =
        lock_file::take(own.get(), "lock", holder_line(state_directory), errc::folder_locked);
    if (!taken) return taken.error();
    lock_ = std::move(*taken);
    return {};
}

result<std::optional<sighting>> drop_folder::look(const std::string& name) const {
    if (!is_plain_name(name)) return std::optional<sighting>();
    auto [folder, base] = split_folder(name);
    passage parent(root_.get(), folder);
    auto seen = parent.is_open() ? look_in(parent.get(), base) : std::nullopt;
    if (!seen) {
        bool none = errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG;
        if (none) return std::optional<sighting>();
        return open_failure(name, errno);
    }
    seen->readable = seen->readable || may_read(parent.get(), base);
    seen->name = name;
    return seen;
}

std::optional<sighting> drop_folder::look_in(int folder, const std::string& base, freshness how)
    const {
    if (medium_.is_local()) how = freshness::remembered;
    auto seen = look_at(folder, base, how);
    if (seen && !medium_.lasting_inodes) seen->identity.inode = 0;
    return seen;
}

result<descriptor> drop_folder::open_folder(const std::string& name) const {
    auto folder = open_beneath(root_.get(), name.empty() ? "." : name, O_RDONLY | O_DIRECTORY);
    if (!folder.is_open()) return open_failure(name, errno);
    return folder;
}

result<void> drop_folder::sync() const {
    for (std::string name : {std::string("."), std::string(work_folder)}) {
        auto folder = open_beneath(root_.get(), name, O_RDONLY | O_DIRECTORY);
        if (!folder.is_open()) return open_failure(name, errno);
        if (::fsync(folder.get()) != 0) {
            return system_failure(errc::sync_failed, remedy::retry, "cannot sync", name, errno);
        }
    }
    return {};
}

result<void> drop_folder::sync_folder(const std::string& name) const {
    auto folder = open_beneath(root_.get(), name, O_RDONLY | O_DIRECTORY);
    if (folder.is_open() && ::fsync(folder.get()) == 0) return {};
    return system_failure(errc::sync_failed, remedy::retry, "cannot sync", name, errno);
}

result<disk_space> drop_folder::space() const { return space_of_folder(root_.get()); }

}  // namespace kustodrop::spool
