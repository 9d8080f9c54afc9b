#include "spool/folder/retention.hpp"

#include "spool/folder/moves/moving.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

static constexpr std::size_t most_deletions = 10'000;  // A call.
static constexpr std::size_t deepest_level = 20;
static constexpr std::size_t most_written_files = 256;  // That one call reports.

namespace {

// What files take of a file system. Its blocks count, not the lengths of its files.
struct usage {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;

    usage& operator+=(const usage& other) {
        bytes += other.bytes;
        files += other.files;
        return *this;
    }
    bool covers(const usage& wanted) const {
        return bytes >= wanted.bytes && files >= wanted.files;
    }
};

usage over(const usage& total, const archive_limits& limits) {
    return {
        total.bytes - std::min(total.bytes, limits.bytes),
        total.files - std::min(total.files, limits.files)};
}

struct archived_file {
    std::string name;  // Relative to the watch's folder.
    std::uint64_t allocated_bytes = 0;
    std::int64_t changed_ns = 0;
    std::int64_t modified_ns = 0;
    std::uint64_t size_bytes = 0;

    bool is_written_there() const { return modified_ns >= changed_ns; }
    written_file as_written() const { return {name, size_bytes, modified_ns}; }
};

bool went_earlier(const archived_file& a, const archived_file& b) {
    return a.changed_ns < b.changed_ns;
}

std::int64_t nanoseconds_of(wall_time at) {
    if (at == wall_time::max()) return INT64_MAX;
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

class sweeper {
public:
    sweeper(int root, std::int64_t limit_ns, const needed_files* needed)
        : root_(root),
          limit_ns_(limit_ns),
          needed_(needed),
          needed_since_ns_(needed ? nanoseconds_of(needed->since) : INT64_MAX) {}

    // Deletes the expired files of one day and weighs the rest.
    usage expire(const std::string& day, bool old_enough) {
        usage left;
        walk(day, 0, [&](const descriptor& folder, archived_file file) {
            // The rename into the archive moved the file's ctime, so it is not before retirement.
            bool expired = old_enough && file.changed_ns < limit_ns_ && !is_needed(file);
            if (expired && erase(folder, file)) return;
            if (must_be_looked_into(file) && report.written.size() < most_written_files) {
                report.written.push_back(file.as_written());
            }
            left += {file.allocated_bytes, 1};
        });
        return left;
    }

    // Deletes the oldest of one day until that much is freed; returns how much was.
    usage shrink(const std::string& day, const usage& excess) {
        std::vector<archived_file> oldest;
        walk(day, 0, [&](const descriptor&, archived_file file) {
            if (is_needed(file)) return;
            if (oldest.size() >= most_deletions) {
                if (!went_earlier(file, oldest.front())) return;
                std::pop_heap(oldest.begin(), oldest.end(), went_earlier);
                oldest.pop_back();
            }
            oldest.push_back(std::move(file));
            std::push_heap(oldest.begin(), oldest.end(), went_earlier);
        });
        std::sort(oldest.begin(), oldest.end(), went_earlier);
        usage freed;
        for (auto& file : oldest) {
            if (freed.covers(excess)) break;
            auto place = split_folder(file.name);
            auto folder = open_beneath(root_, place.folder, O_PATH | O_DIRECTORY);
            if (erase(folder, file)) freed += {file.allocated_bytes, 1};
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
            struct ::stat facts = {};
            if (::fstatat(open.get(), base.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return true;
            auto name = joined(folder, base);
            if (S_ISDIR(facts.st_mode)) {
                below.push_back(std::move(name));
                return true;
            }
            archived_file file{std::move(name)};
            file.allocated_bytes = static_cast<std::uint64_t>(facts.st_blocks) * 512;  // stat(2)
            auto seen = identity_of(facts);
            file.changed_ns = seen.changed_ns;
            file.modified_ns = seen.modified_ns;
            file.size_bytes = seen.size_bytes;
            visit(open, std::move(file));
            return true;
        });
        for (auto& name : below) walk(name, level + 1, visit);
    }

    bool is_needed(const archived_file& file) const {
        if (!needed_) return false;
        bool is_listed = needed_->locations.contains(file.name);
        return is_listed || file.changed_ns >= needed_since_ns_ || must_be_looked_into(file);
    }

    bool must_be_looked_into(const archived_file& file) const {
        bool may_be = needed_ && needed_->asks_for_written && file.is_written_there();
        if (!may_be || needed_->locations.contains(file.name)) return false;
        auto known = needed_->looked_into.find(file.name);
        return known == needed_->looked_into.end() || known->second != file.as_written();
    }

    bool erase(const descriptor& folder, const archived_file& file) {
        if (report.files_deleted >= most_deletions) {
            report.more = true;
            return false;
        }
        auto base = split_folder(file.name).base;
        if (!folder.is_open() || ::unlinkat(folder.get(), base.c_str(), 0) != 0) return false;
        ++report.files_deleted;
        report.bytes_deleted += file.allocated_bytes;
        return true;
    }

    int root_;
    std::int64_t limit_ns_;
    const needed_files* needed_;
    std::int64_t needed_since_ns_;
};

}  // namespace

result<retention_report> expire_archive(
    const drop_folder& folder, wall_time now, const archive_limits& limits
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

    auto limit = now - std::chrono::duration_cast<wall_time::duration>(limits.age);
    sweeper sweeping(root, nanoseconds_of(limit), limits.needed.get());
    usage total;
    for (auto& day : days) {
        auto place = joined(archive_folder, day);
        bool old_enough = parse_day_name(day) < limit;
        total += sweeping.expire(place, old_enough);
        if (old_enough) sweeping.sweep(place, 0);
    }
    for (std::size_t i = 0; i < days.size(); ++i) {
        auto excess = over(total, limits);
        if (excess.bytes == 0 && excess.files == 0) break;
        auto freed = sweeping.shrink(joined(archive_folder, days[i]), excess);
        total.bytes -= freed.bytes;
        total.files -= freed.files;
        // One call's bound, or files that cannot be deleted: the next call sees.
        if (sweeping.report.more) break;
    }
    sweeping.report.bytes_left = total.bytes;
    sweeping.report.files_left = total.files;
    return sweeping.report;
}

// How much of a resource is missing until that share of it is free.
static std::uint64_t missing(double percent, std::uint64_t total, std::uint64_t free) {
    auto wanted = static_cast<std::uint64_t>(percent / 100 * static_cast<double>(total));
    return wanted - std::min(wanted, free);
}

result<retention_report> clear_archive(
    const drop_folder& folder, wall_time now, const archive_limits& limits
) {
    auto space = folder.space();
    if (!space) return expire_archive(folder, now, limits);
    auto at_most = limits;
    at_most.bytes = std::min(limits.bytes, space->total_bytes / 10);
    // Some file systems have no number of inodes.
    bool counts_files = space->total_files > 0;
    if (counts_files) at_most.files = std::min(limits.files, space->total_files / 10);
    auto report = expire_archive(folder, now, at_most);
    if (!report) return report;
    space = folder.space();  // What has just been deleted is free.
    if (!space) return report;
    auto percent = limits.min_free_percent;
    auto bytes = missing(percent, space->total_bytes, space->free_bytes);
    auto files = counts_files ? missing(percent, space->total_files, space->free_files) : 0;
    if (bytes == 0 && files == 0) return report;
    at_most.bytes = report->bytes_left - std::min(report->bytes_left, bytes);
    at_most.files = report->files_left - std::min(report->files_left, files);
    auto more = expire_archive(folder, now, at_most);
    if (!more) return more;
    more->files_deleted += report->files_deleted;
    more->bytes_deleted += report->bytes_deleted;
    return more;
}

}  // namespace kustodrop::spool
