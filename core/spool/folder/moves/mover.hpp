#pragma once

#include "base/result.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/folder/open_folders.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

using located = result<std::string>;

inline located located_at(std::string location) {
    return {boost::system::in_place_value, std::move(location)};
}

/// "file_changed": the file holds bytes that were never shipped.
failure changed_failure(const slice& file);

/// When a move is made durable: before its function returns, or by sync_folder().
enum class durability { now, later };

/// How a move ended.
struct move_end {
    int error = 0;           // An errno; 0: it is done.
    bool is_absent = false;  // The file is not there any more: it says nothing of the target.
    bool is_blocked() const { return !is_absent && is_blocked_target(error); }
};

/// One file on its way from where it is to a folder of ours. Blocking.
class mover {
public:
    mover(open_folders& through, const slice& file, const std::string& source_id)
        : through_(through), file_(file), id_(source_id), names_(split_folder(file.location)) {}

    /// Whether the file is still where the slice says; a failure if it has changed and must not.
    result<bool> find(bool must_be_same);

    /// Where an earlier attempt put it beneath `folder`, if it did.
    std::optional<std::string> moved_to(const std::string& folder, const std::string& base) const;

    /// Moves to `base` in `folder`.
    move_end move(const std::string& folder, const std::string& base, durability when);

    /// Moves to the first of the folders that can be used, and there to the first free one of the
    /// plain name and the one with the id. "file_vanished" only if the file itself is not there.
    located move_to_free_name(
        const std::vector<std::string>& folders,
        const std::string& base,
        durability when = durability::now
    );

    /// The failure of a move to one of our folders.
    failure failed(std::string_view what, const move_end& how) const;

    /// Removes the emptied folders of a source with a folder of its own in work/.
    void sweep() const;

    int from() const { return from_; }
    const std::string& base() const { return names_.base; }

private:
    std::optional<sighting> look() const;
    bool is_there(const place_at& to) const;
    writers writers_of(const std::string& folder, const std::string& base) const;

    open_folders& through_;
    const slice& file_;
    const std::string& id_;
    split_name names_;
    int from_ = -1;
};

}  // namespace kustodrop::spool
