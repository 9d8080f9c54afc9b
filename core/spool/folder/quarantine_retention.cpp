#include "spool/folder/quarantine_retention.hpp"

#include "spool/folder/moves/moving.hpp"
#include "spool/folder/moves/sidecar.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <unistd.h>
#include <vector>

namespace kustodrop::spool {

static constexpr std::size_t most_removals = 10'000;  // A call.
static constexpr std::size_t deepest_quarantine = 20;
static constexpr std::string_view note = ".error.json";
static constexpr auto recording = std::chrono::minutes(1);

namespace {

// A file with its explanation, or one of those that has lost the other.
struct quarantined_file {
    std::string name;  // Relative to the watch's folder.
    std::uint64_t allocated_bytes = 0;
    std::int64_t changed_ns = 0;
    bool is_explanation = false;
};

class quarantine_sweeper {
public:
    quarantine_sweeper(int root, const std::string& top, const quarantine_limits& limits)
        : root_(root), top_(top), limits_(limits) {}

    // Deletes what is older than that, and while there is too much; nothing from `recent_ns` on.
    quarantine_report expire(std::int64_t oldest_ns, std::int64_t recent_ns) {
        walk(top_, 0, recent_ns);
        std::sort(oldest_.begin(), oldest_.end(), went_earlier);
        for (auto& file : oldest_) {
            if (file.changed_ns >= oldest_ns && total_bytes_ <= limits_.bytes) break;
            erase(file);
        }
        return report_;
    }

private:
    static bool went_earlier(const quarantined_file& a, const quarantined_file& b) {
        return a.changed_ns < b.changed_ns;
    }

    static std::optional<quarantined_file> seen_as(
        int folder, const std::string& base, std::string name
    ) {
        struct ::stat facts = {};
        if (::fstatat(folder, base.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
        if (S_ISDIR(facts.st_mode)) return std::nullopt;
        quarantined_file out{std::move(name)};
        out.allocated_bytes = static_cast<std::uint64_t>(facts.st_blocks) * 512;  // stat(2)
        out.changed_ns = identity_of(facts).changed_ns;
        return out;
    }

    void walk(const std::string& folder, std::size_t level, std::int64_t recent_ns) {
        auto open = open_beneath(root_, folder, O_RDONLY | O_DIRECTORY);
        if (!open.is_open() || level > deepest_quarantine) return;
        std::vector<std::string> below;
        for_each_entry(open.get(), [&](const std::string& base, unsigned char) {
            auto seen = look_at(open.get(), base);
            if (seen && seen->kind == file_kind::folder) below.push_back(joined(folder, base));
            if (seen && seen->kind != file_kind::folder) visit(open.get(), folder, base, recent_ns);
            return true;
        });
        for (auto& name : below) walk(name, level + 1, recent_ns);
    }

    void visit(
        int open, const std::string& folder, const std::string& base, std::int64_t recent_ns
    ) {
        bool ends_so = base.ends_with(note);
        auto explained = base.substr(0, base.size() - (ends_so ? note.size() : 0));
        if (ends_so && look_at(open, explained)) return;  // It goes with that file.
        auto file = seen_as(open, base, joined(folder, base));
        if (!file) return;
        auto beside = seen_as(open, base + std::string(note), "");
        file->is_explanation = ends_so && !beside;
        if (beside) file->allocated_bytes += beside->allocated_bytes;
        total_bytes_ += file->allocated_bytes;
        if (file->changed_ns >= recent_ns || limits_.needed.contains(file->name)) return;
        consider(std::move(*file));
    }

    void consider(quarantined_file file) {
        if (oldest_.size() >= most_removals) {
            if (!went_earlier(file, oldest_.front())) return;
            std::pop_heap(oldest_.begin(), oldest_.end(), went_earlier);
            oldest_.pop_back();
        }
        oldest_.push_back(std::move(file));
        std::push_heap(oldest_.begin(), oldest_.end(), went_earlier);
    }

    void erase(const quarantined_file& file) {
        auto place = split_folder(file.name);
        auto folder = open_beneath(root_, place.folder, O_RDONLY | O_DIRECTORY);
        if (!folder.is_open()) return;
        // `retry` may have taken it, and another file may have its name by now.
        auto seen = seen_as(folder.get(), place.base, "");
        if (!seen || seen->changed_ns != file.changed_ns) return;
        if (::unlinkat(folder.get(), place.base.c_str(), 0) != 0) return;
        ::unlinkat(folder.get(), (place.base + std::string(note)).c_str(), 0);
        remove_empty_folders(root_, place.folder, top_);
        total_bytes_ -= file.allocated_bytes;
        report_.bytes_deleted += file.allocated_bytes;
        if (!file.is_explanation) ++report_.files_deleted;
    }

    int root_;
    const std::string& top_;
    const quarantine_limits& limits_;
    std::vector<quarantined_file> oldest_;  // A heap, the latest of them first.
    std::uint64_t total_bytes_ = 0;
    quarantine_report report_;
};

std::int64_t since_epoch_ns(wall_time at) {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

}  // namespace

result<quarantine_report> expire_quarantine(
    const drop_folder& folder, wall_time now, const quarantine_limits& limits
) {
    std::string top(quarantine_folder);
    return expire_quarantine(folder.descriptor_of_root(), top, now, limits);
}

result<quarantine_report> expire_quarantine(
    int root, const std::string& top, wall_time now, const quarantine_limits& limits
) {
    auto opened = open_beneath(root, top, O_RDONLY | O_DIRECTORY);
    if (!opened.is_open()) {
        if (errno == ENOENT) return quarantine_report();
        return move_failure("cannot open", top, errno);
    }
    auto limit = now - std::chrono::duration_cast<wall_time::duration>(limits.age);
    quarantine_sweeper sweeping(root, top, limits);
    return sweeping.expire(since_epoch_ns(limit), since_epoch_ns(now - recording));
}

static std::size_t count_files(int root, const std::string& folder, std::size_t level) {
    auto open = open_beneath(root, folder, O_RDONLY | O_DIRECTORY);
    if (!open.is_open() || level > deepest_quarantine) return 0;
    std::size_t count = 0;
    std::vector<std::string> below;
    for_each_entry(open.get(), [&](const std::string& base, unsigned char) {
        auto seen = look_at(open.get(), base);
        if (!seen) return true;
        if (seen->kind == file_kind::folder) below.push_back(joined(folder, base));
        bool counts = !base.ends_with(note) && !is_unfinished_name(base);
        if (seen->kind == file_kind::regular && counts) ++count;
        return true;
    });
    for (auto& name : below) count += count_files(root, name, level + 1);
    return count;
}

std::size_t count_quarantined(const drop_folder& folder) {
    return count_quarantined(folder.descriptor_of_root(), std::string(quarantine_folder));
}

std::size_t count_quarantined(int root, const std::string& top) {
    return count_files(root, top, 0);
}

}  // namespace kustodrop::spool
