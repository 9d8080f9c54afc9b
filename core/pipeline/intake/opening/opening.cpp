#include "pipeline/intake/opening/opening.hpp"

#include "spool/folder/scanning.hpp"

#include <sys/stat.h>

#include <memory>
#include <utility>

namespace kustodrop::pipeline {

result<void> take_possession(
    opened_folder& of,
    const std::string& state_directory,
    const std::vector<spool::source_key>& waiting
) {
    if (of.how.read_only) return {};
    auto& folder = *of.how.folder;
    auto prepared = folder.prepare();
    if (prepared.has_error()) return prepared.error();
    of.warnings = std::move(*prepared);
    auto locked = folder.lock(state_directory);
    if (locked.has_error()) return locked.error();
    auto work = spool::list_work(folder, waiting);
    if (work.has_error()) return work.error();
    of.work = std::move(*work);
    return {};
}

result<opened_folder> open_watched_folder(const std::string& path, claim_mode how) {
    auto folder = spool::drop_folder::open(path);
    if (folder.has_error()) return folder.error();
    opened_folder out;
    out.how.folder = std::make_shared<spool::drop_folder>(std::move(*folder));
    auto advice = out.how.folder->advice();
    if (advice.has_error()) return advice.error();
    out.how.read_only = how != claim_mode::rename && !advice->rename;
    out.how.in_place = how == claim_mode::in_place || out.how.read_only;
    if (out.how.read_only) {
        out.stays_because = advice->reason;
        out.warnings.push_back(advice->reason + ": files are shipped in place and stay there");
    }
    out.identity = out.how.folder->identity();
    out.medium = out.how.folder->medium().kind;
    return out;
}

bool is_deleted(const spool::drop_folder& folder) {
    struct ::stat facts = {};
    return ::fstat(folder.descriptor_of_root(), &facts) == 0 && facts.st_nlink == 0;
}

bool must_wait_for_former(bool is_other, bool former_is_deleted) {
    return is_other && !former_is_deleted;
}

}  // namespace kustodrop::pipeline
