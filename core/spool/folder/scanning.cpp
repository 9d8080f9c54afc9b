#include "spool/folder/scanning.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>

namespace kustodrop::spool {

static constexpr std::size_t deepest_level = 16;
static constexpr std::size_t most_folders = 50'000;

static bool is_older(const sighting& a, const sighting& b) {
    if (a.identity.modified_ns != b.identity.modified_ns) {
        return a.identity.modified_ns < b.identity.modified_ns;
    }
    return a.name < b.name;
}

namespace {

class scanner {
public:
    scanner(int root, const scan_options& options, const std::optional<scan_position>& from)
        : root_(root), options_(options) {
        if (!from) return;
        position_ = *from;
        found_.truncated = true;
    }

    // 0 or the errno of the root folder.
    int run() {
        for (; position_.at <= position_.folders.size(); ++position_.at) {
            auto error = enter(position_.at == 0 ? "." : position_.folders[position_.at - 1]);
            if (error != 0 && position_.at == 0) return error;
            if (error != 0) ++found_.unreadable_folders;
            if (stopped_) return 0;
            position_.place = 0;
        }
        return 0;
    }

    scan take() {
        std::sort(found_.sightings.begin(), found_.sightings.end(), is_older);
        for (auto& seen : found_.sightings) {
            seen.readable = seen.readable || may_read(root_, seen.name);
        }
        found_.folders = position_.folders;
        if (stopped_) found_.next = std::move(position_);
        found_.truncated = found_.truncated || stopped_;
        return std::move(found_);
    }

private:
    int enter(std::string folder) {
        auto open = open_beneath(root_, folder, O_RDONLY | O_DIRECTORY);
        if (!open.is_open()) return errno;
        return for_each_entry_from(open.get(), position_.place, [&](const folder_entry& entry) {
            stopped_ = !meet(open.get(), folder, entry.name, entry.type);
            if (!stopped_) position_.place = entry.next;
            return !stopped_;
        });
    }

    // False: it is wanted, and there is enough already.
    bool meet(int at, const std::string& folder, const std::string& base, unsigned char type) {
        if (base == ".kustodrop") return true;
        auto name = joined(folder, base);
        if (type == DT_DIR) return meet_folder(std::move(name), base);
        if (options_.wanted && !options_.wanted(name)) {
            ++found_.unwanted;
            return true;
        }
        if (found_.sightings.size() >= options_.limit) return false;
        auto seen = look_at(at, base);
        if (!seen) return true;
        if (seen->kind == file_kind::folder) return meet_folder(std::move(name), base);
        seen->name = std::move(name);
        ++found_.found;
        found_.sightings.push_back(std::move(*seen));
        return true;
    }

    // Always true: folders are entered later.
    bool meet_folder(std::string name, const std::string& base) {
        if (!options_.recursive || base.front() == '.') return true;
        auto level = std::count(name.begin(), name.end(), '/') + 1;
        bool deep = static_cast<std::size_t>(level) > deepest_level;
        if (deep || position_.folders.size() >= most_folders) {
            found_.truncated = true;
            return true;
        }
        position_.folders.push_back(std::move(name));
        return true;
    }

    int root_;
    const scan_options& options_;
    scan_position position_;
    bool stopped_ = false;
    scan found_;
};

// All files under work/, with the empty folders of former sources swept away.
class work_lister {
public:
    explicit work_lister(int root) : root_(root) {}

    int enter(const std::string& folder, std::size_t level) {
        auto open = open_beneath(root_, folder, O_RDONLY | O_DIRECTORY);
        if (!open.is_open()) return errno;
        std::vector<std::string> subfolders;
        auto error = for_each_entry(open.get(), [&](const std::string& base, unsigned char) {
            auto seen = look_at(open.get(), base);
            if (seen && seen->kind == file_kind::folder) {
                subfolders.push_back(base);
            } else if (seen) {
                add(joined(folder, base), *seen);
            }
            return true;
        });
        for (auto& base : subfolders) {
            if (level > deepest_level) break;
            enter(joined(folder, base), level + 1);
            ::unlinkat(open.get(), base.c_str(), AT_REMOVEDIR);  // Only succeeds if it is empty.
        }
        return error;
    }

    std::vector<work_entry> take() {
        std::sort(entries_.begin(), entries_.end(), [](auto& a, auto& b) {
            return a.location < b.location;
        });
        return std::move(entries_);
    }

private:
    void add(std::string location, const sighting& seen) {
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
        entries_.push_back(std::move(entry));
    }

    int root_;
    std::vector<work_entry> entries_;
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
    scanner scanning(folder.descriptor_of_root(), options, from);
    if (auto error = scanning.run(); error != 0) return scan_failure(folder.path(), error);
    return scanning.take();
}

result<std::vector<work_entry>> list_work(const drop_folder& folder) {
    work_lister listing(folder.descriptor_of_root());
    auto error = listing.enter(std::string(work_folder), 0);
    if (error != 0 && error != ENOENT) return scan_failure(work_folder, error);
    return listing.take();
}

}  // namespace kustodrop::spool
