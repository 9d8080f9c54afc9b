#include "pipeline/following/spilling/spilling.hpp"

#include "async/offload.hpp"
#include "pipeline/following/spilling/spilled_strays.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace kustodrop::pipeline {

static constexpr std::size_t most_at_once = 100;
static constexpr int most_rounds = 16;  // Each finds one range of a log.
static constexpr duration between_clearings = 5s;

std::vector<spool::range_wish> next_spill(
    const std::vector<spool::departing_log>& departing, std::uint64_t most_bytes
) {
    std::vector<spool::range_wish> out;
    std::uint64_t bytes = 0;
    for (auto& one : departing) {
        if (one.position >= one.size) continue;
        auto wanted = std::min(one.size - one.position, most_bytes);
        out.push_back({one.number, one.position + wanted});
        bytes += wanted;
        if (bytes >= most_bytes || out.size() == most_at_once) break;
    }
    return out;
}

// What is written at a time, and what became of it; of both the worker has the only reference.
struct spilling::batch {
    std::shared_ptr<spool::followed_logs> logs;
    std::shared_ptr<const spool::open_logs> files;
    std::shared_ptr<const spool::spilled_ranges> to;
    spool::spill_limits limits;
    std::set<spool::log_number> named = {};
    std::vector<spool::range_wish> wishes = {};
    std::string id = {};  // Of this batch, for the names of files.

    struct attempt {
        std::uint64_t bytes = 0;  // That are left of the log.
        std::optional<spool::followed_logs::found_range> found = {};
        std::string refusal = {};  // Why it was not written.
        bool has_changed = false;  // That is why: the log, and not the state directory.
    };
    std::map<spool::log_number, attempt> done = {};
    std::uint64_t too_many = std::numeric_limits<std::uint64_t>::max();  // Found no room.
    std::string full = {};                                               // By this limit.

    void write();
    attempt write(const spool::range_wish& wish);
};

static bool has_name(int file) {
    struct ::stat facts = {};
    return ::fstat(file, &facts) == 0 && facts.st_nlink > 0;
}

void spilling::batch::write() {
    done.clear();
    for (auto& wish : wishes) done[wish.log] = write(wish);
}

spilling::batch::attempt spilling::batch::write(const spool::range_wish& wish) {
    attempt out{wish.limit - logs->position_of(wish.log)};
    if (out.bytes >= too_many) {
        out.refusal = full;
        return out;
    }
    auto found = logs->find({wish}).ranges;
    bool is_rest = found.empty();
    if (is_rest) {
        // Nothing will be added to its last record.
        auto rest = wish;
        rest.takes_unfinished = true;
        found = logs->find({rest}).ranges;
    }
    auto file = found.empty() ? nullptr : files->find(found.front().range.bytes);
    bool may_go_on = is_rest && file && named.contains(wish.log) && has_name(file->get());
    if (!file || may_go_on) {
        out.refusal = "its file does not have these bytes any more";
        out.has_changed = true;
        return out;
    }
    auto& range = found.front().range.bytes;
    auto written = to->write(file->get(), range, id + "-" + std::to_string(done.size()), limits);
    out.refusal = std::move(written.refusal);
    if (written.is_full) {
        full = out.refusal += " is reached";
        too_many = out.bytes;
    }
    if (written.location.empty()) return out;
    range.location = std::move(written.location);
    out.found = std::move(found.front());
    return out;
}

static spool::spill_limits limits_of(const watch& from) {
    return {from.options.follow.spill.max_bytes, from.options.min_free_percent};
}

static std::vector<spool::departing_log> without(
    std::vector<spool::departing_log> departing,
    const std::map<spool::log_number, std::string>& refused
) {
    std::erase_if(departing, [&](auto& one) { return refused.contains(one.number); });
    return departing;
}

asio::awaitable<void> spilling::spill(
    std::shared_ptr<spool::followed_logs> logs, std::vector<spool::departing_log> departing
) {
    co_await make_sure();
    if (departing.empty() || !watch_.spilled) co_return;
    auto limits = limits_of(watch_);
    auto one = std::make_shared<batch>(batch{logs, watch_.logs, watch_.spilled, limits, named_});
    std::map<spool::log_number, std::string> refused;
    auto left = watch_.options.follow.cut.max_bytes;
    for (int round = 0; round < most_rounds && left > 0; ++round) {
        one->wishes = next_spill(without(departing, refused), left);
        if (one->wishes.empty()) break;
        one->id = spool::make_source_id(with_.random, with_.time.wall_now());
        auto work = [one] { one->write(); };
        co_await offload(with_.pool, work);
        left -= std::min(left, take(*one, *logs, departing, refused));
    }
    for (auto& log : departing) {
        bool is_done = log.position >= log.size || refused.contains(log.number);
        if (is_done) pinned_.emplace(log.inode, letting_go{logs, log.number, refused[log.number]});
    }
    co_await make_sure();
}

// What the journal has on disk is let go of.
asio::awaitable<void> spilling::make_sure() {
    if (pinned_.empty()) co_return;
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) co_return;
    for (auto& [inode, one] : std::exchange(pinned_, {})) {
        one.logs->release(one.log, one.refusal);
    }
}

// Makes sources of what was written. Returns its bytes.
std::uint64_t spilling::take(
    batch& from,
    spool::followed_logs& logs,
    std::vector<spool::departing_log>& departing,
    std::map<spool::log_number, std::string>& refused
) {
    cut_admission::ranges written;
    std::uint64_t bytes = 0;
    for (auto& log : departing) {
        auto done = from.done.find(log.number);
        if (done == from.done.end()) continue;
        auto& how = done->second;
        if (how.found) {
            log.position = how.found->range.bytes.end();
            bytes += how.found->range.bytes.length_bytes;
            written.push_back(std::move(*how.found));
        } else {
            refused[log.number] = how.refusal;
            if (!how.has_changed) note_refusal(how.refusal, log.size - log.position);
        }
    }
    if (written.empty()) return 0;
    note_written(written.size(), bytes);
    admission_.admit(logs, std::move(written), "spill");
    return bytes;
}

void spilling::note_refusal(const std::string& why, std::uint64_t bytes) {
    if (std::exchange(refusal_, why) == why) return;
    with_.log.warning(
        "what exceeds hold cannot be spilled: it is lost",
        {{"watch", watch_.options.name}, {"bytes", std::to_string(bytes)}, {"reason", why}}
    );
}

void spilling::note_written(std::size_t logs, std::uint64_t bytes) {
    refusal_.clear();
    bool is_first = use_.files == 0;
    use_.files += logs;
    with_.log.write(
        is_first ? log_level::info : log_level::debug,
        "spilled what was not read of logs that exceed hold",
        {{"watch", watch_.options.name},
         {"logs", std::to_string(logs)},
         {"bytes", std::to_string(bytes)}}
    );
    cleared_at_.reset();  // How much room they take is to be seen.
}

// Of those that are absent as well: they are on their way again after the first look.
std::set<std::string> spilling::needed_files() const {
    std::set<std::string> needed;
    auto add = [&](const spool::source& what) {
        for (auto& one : what.slices) {
            if (spool::is_spilled(one.location)) needed.insert(one.location);
        }
    };
    with_.sources.each_of(watch_.options.name, add);
    with_.absent.each_of(watch_.options.name, add);
    return needed;
}

asio::awaitable<std::vector<spool::lost_range>> spilling::adopt(
    std::shared_ptr<spool::followed_logs> logs
) {
    bool is_done = std::exchange(has_adopted_, true);
    if (!watch_.spilled || is_done) co_return std::vector<spool::lost_range>();
    stray_parts parts{watch_, with_, admission_};
    auto found = co_await adopt_strays(parts, logs, needed_files());
    delivered_ = std::move(found.delivered);
    co_return std::move(found.lost);
}

asio::awaitable<void> spilling::keep(
    std::shared_ptr<spool::followed_logs> logs, std::vector<spool::followed_log> closing
) {
    bool may_keep = watch_.spilled && watch_.options.follow.spill.max_bytes > 0;
    if (!may_keep || closing.empty()) co_return;
    std::set<std::uint64_t> inodes;
    for (auto& log : closing) {
        inodes.insert(log.inode);
        if (!log.is_nameless) named_.insert(log.number);
    }
    co_await keep_cuts(std::move(inodes));
    auto before = std::numeric_limits<std::uint64_t>::max();
    for (;;) {
        auto unread = unread_of(closing, *logs);
        std::uint64_t bytes = 0;
        for (auto& one : unread) bytes += one.size - one.position;
        if (bytes == 0 || bytes >= before) co_return;
        before = bytes;
        co_await spill(logs, std::move(unread));
    }
}

// Of a source that is not uploaded nothing may be left otherwise.
asio::awaitable<void> spilling::keep_cuts(std::set<std::uint64_t> inodes) {
    struct cut_source {
        std::string id;
        std::vector<spool::slice> slices;
    };
    std::vector<std::shared_ptr<cut_source>> found;
    with_.sources.each_of(watch_.options.name, [&](const spool::source& what) {
        if (!std::holds_alternative<spool::stage::claimed>(what.stage)) return;
        found.push_back(std::make_shared<cut_source>(cut_source{what.id, what.slices}));
    });
    auto files = watch_.logs;
    auto to = watch_.spilled;
    auto limits = limits_of(watch_);
    for (auto& one : found) {
        auto id = spool::make_source_id(with_.random, with_.time.wall_now());
        auto work = [=] { return spill_slices(one->slices, {*files, *to, limits, inodes, id}); };
        auto kept = co_await offload(with_.pool, work);
        auto* what = with_.sources.find(one->id);
        bool is_same = kept > 0 && what && what->slices.size() == one->slices.size() &&
                       std::holds_alternative<spool::stage::claimed>(what->stage);
        if (!is_same) continue;
        what->slices = std::move(one->slices);
        with_.sources.note(*what);
        note_written(kept, what->size_bytes());
    }
}

asio::awaitable<void> spilling::clear() {
    auto in = watch_.spilled;
    if (!in) co_return;
    auto now = with_.time.now();
    bool is_due = !cleared_at_ || (use_.files > 0 && now - *cleared_at_ >= between_clearings);
    if (!is_due) co_return;
    cleared_at_ = now;
    bool is_first = !std::exchange(is_begun_, true);
    auto count = [in] { return in->use(); };
    use_ = co_await offload(with_.pool, count);
    if (use_.files == 0) co_return;
    auto needed = std::make_shared<std::set<std::string>>(needed_files());
    // What is retired is so on disk.
    auto safe = co_await with_.journal.durable();
    bool finds_unknown = is_first && with_.journal.is_new();
    bool removes = safe.has_value() && !finds_unknown;
    needed->insert(unknown_.begin(), unknown_.end());
    auto delivered = delivered_;
    auto work = [=] {
        cleared out;
        if (finds_unknown) out.unknown = in->others(*needed);
        std::erase_if(out.unknown, [&](auto& one) { return delivered.contains(one); });
        if (removes) out.removed = in->remove_others(*needed);
        out.left = in->use();
        return out;
    };
    auto done = co_await offload(with_.pool, work);
    use_ = done.left;
    unknown_.insert(done.unknown.begin(), done.unknown.end());
    report(done, is_first);
}

void spilling::report(const cleared& done, bool is_first) {
    auto say = [&](log_level level, std::string_view what, std::size_t files) {
        if (files == 0) return;
        auto folder = watch_.spilled->folder() + std::string(spool::spilled_place);
        with_.log.write(
            level,
            what,
            {{"watch", watch_.options.name}, {"folder", folder}, {"files", std::to_string(files)}}
        );
    };
    say(log_level::warning,
        "files in the folder of what is spilled do not say of which log they are: they stay there "
        "until the next start, to be shipped by `kustodrop send`",
        done.unknown.size());
    if (!is_first) return;
    say(log_level::info, "deleted what a crash has left of spilled logs", done.removed.files);
}

std::optional<notice> spilling::trouble() const {
    if (refusal_.empty()) return std::nullopt;
    return notice{
        "spill_refused", 0, "", "what exceeds hold is lost: it is not spilled: " + refusal_};
}

std::set<std::uint64_t> spilling::pinned() const {
    std::set<std::uint64_t> out;
    for (auto& [inode, one] : pinned_) out.insert(inode);
    return out;
}

}  // namespace kustodrop::pipeline
