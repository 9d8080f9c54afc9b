#pragma once

#include "base/result.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/folder/lock_file.hpp"
#include "spool/folder/medium.hpp"
#include "spool/source/place.hpp"
#include "spool/source/sighting.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// Whether files of this folder can be claimed by rename, or must stay in place, and why.
struct claim_advice {
    bool rename = true;
    std::string reason;
};

/// One watch's folder on disk, open. Everything is reached from one open directory, step by step
/// and never through a symbolic link, so that no one who may write there can lead the process
/// elsewhere. What is done with the files in it stands in scanning.hpp, claiming.hpp,
/// archiving.hpp, quarantine.hpp and retention.hpp.
///
/// Every function blocks. The const ones keep no state and may run at the same time.
class drop_folder {
public:
    drop_folder() = default;

    /// Opens the folder. Failures: "folder_absent" (retry), "folder_unreadable" (reconfigure).
    static result<drop_folder> open(const std::string& path);

    /// Takes the folder for one on this medium, whatever its file system says of itself.
    void treat_as(spool::medium medium) { medium_ = std::move(medium); }

    int descriptor_of_root() const { return root_.get(); }
    const std::string& path() const { return path_; }

    /// What distinguishes it from other folders, and from one that is mounted there at other times.
    file_identity identity() const;

    /// Fails with "folder_absent" if the path no longer leads to the folder that was opened
    /// (renamed away, removed, or mounted over): open it again.
    result<void> verify() const;

    /// What `claim: auto` should do here. Needs no prepare().
    result<claim_advice> advice() const;

    /// Creates .kustodrop/{work,archive,quarantine}; returns warnings for the operator. Failures:
    /// "folder_read_only", "folder_hostile" (links or world-writable folders where ours should
    /// be), both reconfigure.
    result<std::vector<std::string>> prepare();

    /// Keeps every other daemon out until this object goes. Failure "folder_locked" says who
    /// holds it.
    result<void> lock(std::string_view state_directory);

    /// A fresh look at one name or location; nothing if it does not exist. Where other machines
    /// may write too, the file server is asked.
    result<std::optional<sighting>> look(const std::string& name) const;

    /// A look at a name in an open folder of this one. Nothing: errno says why.
    std::optional<sighting> look_in(
        int folder, const std::string& base, freshness how = freshness::asked
    ) const;

    /// Opens a subfolder by its relative name, or the folder itself by "", for a watch on it.
    result<descriptor> open_folder(const std::string& name) const;

    /// Makes the moves so far durable.
    result<void> sync() const;

    /// Makes the moves into one of our folders durable.
    result<void> sync_folder(const std::string& name) const;

    result<disk_space> space() const;
    const spool::medium& medium() const { return medium_; }

private:
    std::string path_;
    descriptor root_;
    spool::medium medium_;
    lock_file lock_;
};

}  // namespace kustodrop::spool
