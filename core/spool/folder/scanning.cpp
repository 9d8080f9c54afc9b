#include "spool/folder/scanning.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>

namespace kustodrop::spool {

static constexpr std::size_t subfolders_at_once = 4'096;

static bool is_older(const sighting& a, const sighting& b) {
    if (a.identity.modified_ns != b.identity.modified_ns) {
        return a.identity.modified_ns < b.identity.modified_ns;
    }
    return a.name < b.name;
}

namespace {

class scanner {
public:
    scanner(
        const drop_folder& folder,
        const scan_options& options,
        const std::optional<scan_position>& from
    )
        : watched_(folder), root_(folder.descriptor_of_root()), options_(options) {
        if (from) position_ = *from;
        found_.truncated = from.has_value();
        if (!from) position_.levels.push_back({"."});
    }

    // 0 or the errno of the root folder.
    int run() {
        auto& levels = position_.levels;
        while (!levels.empty()) {
            auto& top = levels.back();
            if (top.entered < top.below.size()) {
                levels.push_back({joined(top.folder, top.below[top.entered++])});
            } else if (top.is_read) {
                levels.pop_back();
            } else if (auto error = read(top); error != 0) {
                if (levels.size() == 1) return error;
                if (found_.unreadable_folders++ < 1'000) found_.unreadable.push_back(top.folder);
                top.is_read = true;
            }
            if (stopped_) return 0;
        }
        return 0;
    }

    scan take() {
        std::sort(found_.sightings.begin(), found_.sightings.end(), is_older);
        for (auto& seen : found_.sightings) {
            seen.readable = seen.readable || may_read_at(seen.name);
        }
        if (stopped_) found_.next = std::move(position_);
        found_.truncated = found_.truncated || stopped_;
        return std::move(found_);
    }

private:
    // Reads on in a folder whose subfolders have been entered.
    int read(scan_position::level& in) {
        auto open = open_beneath(root_, in.folder, O_RDONLY | O_DIRECTORY);
        if (!open.is_open()) return errno;
        in.below.clear();
        in.entered = 0;
        bool has_enough = false;
        auto error = for_each_entry_from(open.get(), in.place, [&](const folder_entry& entry) {
            stopped_ = !meet(open.get(), in, entry.name, entry.type);
            if (stopped_) return false;
            in.place = entry.next;
            has_enough = in.below.size() >= subfolders_at_once;
            return !has_enough;
        });
        in.is_read = !stopped_ && !has_enough;
        return error;
    }

    bool may_read_at(const std::string& name) const {
        auto [folder, base] = split_folder(name);
        passage parent(root_, folder);
        return parent.is_open() && may_read(parent.get(), base);
    }

    // False: it is wanted, and there is enough already.
    bool meet(int at, scan_position::level& in, const std::string& base, unsigned char type) {
        if (base == ".kustodrop") return true;
        auto name = joined(in.folder, base);
        if (type == DT_DIR) return meet_folder(in, std::move(name), base);
        if (options_.wanted && !options_.wanted(name)) {
            ++found_.unwanted;
            return true;
        }
        if (found_.sightings.size() >= options_.limit) return false;
        auto seen = watched_.look_in(at, base, options_.how);
        if (!seen) return true;
        if (seen->kind == file_kind::folder) return meet_folder(in, std::move(name), base);
        seen->name = std::move(name);
        ++found_.found;
        found_.sightings.push_back(std::move(*seen));
        return true;
    }

    // Folders are entered later.
    bool meet_folder(scan_position::level& in, std::string name, const std::string& base) {
        if (base.front() == '.') return true;
        if (!options_.recursive) {
            if (found_.skipped_folders++ == 0) found_.skipped_folder = std::move(name);
            return true;
        }
        if (found_.folders.size() >= options_.folders) return false;
        in.below.push_back(base);
        found_.folders.push_back(std::move(name));
        return true;
    }

    const drop_folder& watched_;
    int root_;
    const scan_options& options_;
    scan_position position_;
    bool stopped_ = false;
    scan found_;
};

// Visits every file under work/. Folders may be nested deeper than descriptors or the stack last.
class work_walk {
public:
    explicit work_walk(int root) : root_(root) {}

    // 0 or the errno of work/ itself. Afterwards folders() are those below it, parents first.
    template <class Visit>
    int run(const Visit& visit) {
        auto error = read(std::string(work_folder), visit);
        for (std::size_t i = 0; i < folders_.size(); ++i) read(std::string(folders_[i]), visit);
        return error;
    }

    const std::vector<std::string>& folders() const { return folders_; }

private:
    template <class Visit>
    int read(const std::string& folder, const Visit& visit) {
        auto open = open_beneath(root_, folder, O_RDONLY | O_DIRECTORY);
        if (!open.is_open()) return errno;
        return for_each_entry(open.get(), [&](const std::string& base, unsigned char type) {
            auto seen = type == DT_UNKNOWN ? look_at(open.get(), base) : std::nullopt;
            if (type == DT_DIR || (seen && seen->kind == file_kind::folder)) {
                folders_.push_back(joined(folder, base));
            } else {
                visit(open.get(), folder, base);
            }
            return true;
        });
    }

    int root_;
    std::vector<std::string> folders_;
};

}  // namespace

static failure scan_failure(std::string_view name, int error) {
    bool refused = error == EACCES || error == EPERM;
    auto next = refused ? remedy::reconfigure : remedy::retry;
    return system_failure(errc::folder_unreadable, next, "cannot list", name, error);
}

result<scan> scan_folder(
    const drop_folder& folder, const scan_options& options, const std::optional<scan_position>& from
) {
    scanner scanning(folder, options, from);
    if (auto error = scanning.run(); error != 0) return scan_failure(folder.path(), error);
    return scanning.take();
}

static work_entry entry_for(std::string location, const sighting& seen) {
    work_entry entry;
    auto relative = std::string_view(location).substr(work_folder.size() + 1);
    if (auto place = parse_work_place(relative)) {
        entry.source_id = std::move(place->source_id);
        entry.name = std::move(place->name);
    } else {
        entry.name = relative;
    }
    entry.location = std::move(location);
    entry.identity = seen.identity;
    entry.kind = seen.kind;
    entry.links = seen.links;
    return entry;
}

// Where renames are made of a link and an unlink, a crash between them leaves the file its first
// name too.
static void finish_claim(const drop_folder& folder, work_entry& claimed, const sighting& in_work) {
    if (claimed.foreign() || claimed.links != 2 || !is_plain_name(claimed.name)) return;
    auto [parent, base] = split_folder(claimed.name);
    passage at(folder.descriptor_of_root(), parent);
    auto first = at.is_open() ? folder.look_in(at.get(), base) : std::nullopt;
    if (!first || !is_one_file(*first, in_work)) return;
    if (::unlinkat(at.get(), base.c_str(), 0) == 0) claimed.links = 1;
}

static std::optional<source_key> key_in_work(std::string_view location) {
    auto id = id_in_work(location);
    return id ? key_of(*id) : std::nullopt;
}

result<work_listing> list_work(const drop_folder& folder, const std::vector<source_key>& waiting) {
    auto root = folder.descriptor_of_root();
    work_walk walk(root);
    work_listing out;
    auto error = walk.run([&](int at, const std::string& in, const std::string& base) {
        auto location = joined(in, base);
        auto key = waiting.empty() ? std::nullopt : key_in_work(location);
        if (key && std::ranges::binary_search(waiting, *key)) {
            out.waiting.push_back(*key);
            return;
        }
        auto seen = folder.look_in(at, base);
        if (!seen) return;
        out.files.push_back(entry_for(std::move(location), *seen));
        finish_claim(folder, out.files.back(), *seen);
    });
    if (error != 0 && error != ENOENT) return scan_failure(work_folder, error);
    for (auto at = walk.folders().rbegin(); at != walk.folders().rend(); ++at) {
        auto [parent, base] = split_folder(*at);
        auto open = open_beneath(root, parent, O_PATH | O_DIRECTORY);
        // Only succeeds if it is empty.
        if (open.is_open()) ::unlinkat(open.get(), base.c_str(), AT_REMOVEDIR);
    }
    std::ranges::sort(out.files, {}, &work_entry::location);
    std::ranges::sort(out.waiting);
    return out;
}

template <class Visit>
static result<void> walk_keys(const drop_folder& folder, Visit visit) {
    work_walk walk(folder.descriptor_of_root());
    auto error = walk.run([&](int, const std::string& in, const std::string& base) {
        auto location = joined(in, base);
        auto key = key_in_work(location);
        if (key) visit(*key, std::move(location));
    });
    if (error != 0 && error != ENOENT) return scan_failure(work_folder, error);
    return {};
}

result<std::vector<source_key>> list_work_keys(const drop_folder& folder) {
    std::vector<source_key> out;
    auto walked =
        walk_keys(folder, [&](const source_key& key, std::string) { out.push_back(key); });
    if (walked.has_error()) return walked.error();
    return out;
}

result<std::vector<std::string>> list_work_locations(
    const drop_folder& folder, const std::unordered_set<source_key, source_key_hash>& of
) {
    std::vector<std::string> out;
    auto walked = walk_keys(folder, [&](const source_key& key, std::string location) {
        if (of.contains(key)) out.push_back(std::move(location));
    });
    if (walked.has_error()) return walked.error();
    return out;
}

std::vector<work_entry> look_in_work(
    const drop_folder& folder, const std::vector<std::string>& locations
) {
    std::vector<work_entry> out;
    for (auto& location : locations) {
        auto seen = folder.look(location);
        if (!seen || !*seen || (*seen)->kind == file_kind::folder) continue;
        out.push_back(entry_for(location, **seen));
        finish_claim(folder, out.back(), **seen);
    }
    return out;
}

}  // namespace kustodrop::spool
