#include "spool/folder/retention.hpp"

#include "spool/folder/moves/moving.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

static constexpr std::size_t most_deletions = 10'000;  // A call.
static constexpr std::size_t deepest_level = 20;

namespace {

struct archived_file {
    std::string name;  // Relative to the watch's folder.
    std::uint64_t size_bytes = 0;
    std::int64_t changed_ns = 0;
};

bool went_earlier(const archived_file& a, const archived_file& b) {
    return a.changed_ns < b.changed_ns;
}

class sweeper {
public:
    sweeper(int root, std::int64_t limit_ns) : root_(root), limit_ns_(limit_ns) {}

    // Deletes the expired files of one day and weighs the rest.
    std::uint64_t expire(const std::string& day, bool old_enough) {
        std::uint64_t left = 0;
        walk(day, 0, [&](const descriptor& folder, archived_file file) {
            // The rename into the archive moved the file's ctime, so it is not before retirement.
            if (old_enough && file.changed_ns < limit_ns_ && erase(folder, file)) return;
            left += file.size_bytes;
        });
        return left;
    }

    // Deletes the oldest of one day until `excess` bytes are freed; returns how many were.
    std::uint64_t shrink(const std::string& day, std::uint64_t excess) {
        std::vector<archived_file> oldest;
        walk(day, 0, [&](const descriptor&, archived_file file) {
            if (oldest.size() >= most_deletions) {
                if (!went_earlier(file, oldest.front())) return;
                std::pop_heap(oldest.begin(), oldest.end(), went_earlier);
                oldest.pop_back();
            }
            oldest.push_back(std::move(file));
            std::push_heap(oldest.begin(), oldest.end(), went_earlier);
        });
        std::sort(oldest.begin(), oldest.end(), went_earlier);
        std::uint64_t freed = 0;
        for (auto& file : oldest) {
            if (freed >= excess) break;
            auto place = split_folder(file.name);
            auto folder = open_beneath(root_, place.folder, O_PATH | O_DIRECTORY);
            if (erase(folder, file)) freed += file.size_bytes;
        }
        sweep(day, 0);
        return freed;
    }

    // Removes empty folders.
    void sweep(const std::string& folder, std::size_t level) {
        auto open = open_beneath(root_, folder, O_RDONLY | O_DIRECTORY);
        if (!open.is_open() || level > deepest_level) return;
        for (auto& base : subfolders(open.get())) sweep(joined(folder, base), level + 1);
        auto [parent, base] = split_folder(folder);
        auto above = open_beneath(root_, parent, O_PATH | O_DIRECTORY);
        if (above.is_open()) ::unlinkat(above.get(), base.c_str(), AT_REMOVEDIR);
    }

    retention_report report;

private:
    static std::vector<std::string> subfolders(int folder) {
        std::vector<std::string> names;
        for_each_entry(folder, [&](const std::string& base, unsigned char) {
            auto seen = look_at(folder, base);
            if (seen && seen->kind == file_kind::folder) names.push_back(base);
            return true;
        });
        return names;
    }

    template <class Visit>
    void walk(const std::string& folder, std::size_t level, const Visit& visit) {
        auto open = open_beneath(root_, folder, O_RDONLY | O_DIRECTORY);
        if (!open.is_open() || level > deepest_level) return;
        std::vector<std::string> below;
        for_each_entry(open.get(), [&](const std::string& base, unsigned char) {
            auto seen = look_at(open.get(), base);
            if (!seen) return true;
            auto name = joined(folder, base);
            if (seen->kind == file_kind::folder) {
                below.push_back(std::move(name));
            } else {
                visit(
                    open, {std::move(name), seen->identity.size_bytes, seen->identity.changed_ns}
                );
            }
            return true;
        });
        for (auto& name : below) walk(name, level + 1, visit);
    }

    bool erase(const descriptor& folder, const archived_file& file) {
        if (report.files_deleted >= most_deletions) {
            report.more = true;
            return false;
        }
        auto base = split_folder(file.name).base;
        if (!folder.is_open() || ::unlinkat(folder.get(), base.c_str(), 0) != 0) return false;
        ++report.files_deleted;
        report.bytes_deleted += file.size_bytes;
        return true;
    }

    int root_;
    std::int64_t limit_ns_;
};

}  // namespace

result<retention_report> expire_archive(
    const drop_folder& folder, wall_time now, duration max_age, std::uint64_t max_bytes
) {
    auto root = folder.descriptor_of_root();
    auto archive = open_beneath(root, std::string(archive_folder), O_RDONLY | O_DIRECTORY);
    if (!archive.is_open()) {
        if (errno == ENOENT) return retention_report();
        return move_failure("cannot open", archive_folder, errno);
    }
    std::vector<std::string> days;
    for_each_entry(archive.get(), [&](const char* name, unsigned char) {
        if (parse_day_name(name)) days.emplace_back(name);
        return true;
    });
    std::sort(days.begin(), days.end());

    using std::chrono::duration_cast;
    auto limit = now - duration_cast<wall_time::duration>(max_age);
    auto since_epoch = duration_cast<std::chrono::nanoseconds>(limit.time_since_epoch());
    sweeper sweeping(root, since_epoch.count());
    std::vector<std::uint64_t> left;
    std::uint64_t total = 0;
    for (auto& day : days) {
        auto place = joined(archive_folder, day);
        left.push_back(sweeping.expire(place, parse_day_name(day) < limit));
        if (parse_day_name(day) < limit) sweeping.sweep(place, 0);
        total += left.back();
    }
    for (std::size_t i = 0; i < days.size() && total > max_bytes; ++i) {
        total -= sweeping.shrink(joined(archive_folder, days[i]), total - max_bytes);
        // One call's bound, or files that cannot be deleted: the next call sees.
        if (sweeping.report.more) break;
    }
    sweeping.report.bytes_left = total;
    return sweeping.report;
}

result<retention_report> clear_archive(
    const drop_folder& folder, wall_time now, const archive_limits& limits
) {
    auto space = folder.space();
    if (!space) return expire_archive(folder, now, limits.age, limits.bytes);
    auto bytes = std::min(limits.bytes, space->total_bytes / 10);
    auto report = expire_archive(folder, now, limits.age, bytes);
    auto wanted = limits.min_free_percent / 100 * static_cast<double>(space->total_bytes);
    auto missing = wanted - static_cast<double>(space->free_bytes);
    if (!report || missing <= 0) return report;
    auto left = std::max(0.0, static_cast<double>(report->bytes_left) - missing);
    auto more = expire_archive(folder, now, limits.age, static_cast<std::uint64_t>(left));
    if (!more) return more;
    more->files_deleted += report->files_deleted;
    more->bytes_deleted += report->bytes_deleted;
    return more;
}

}  // namespace kustodrop::spool
