#include "daemon/run/retention.hpp"

#include "daemon/run/translate.hpp"
#include "spool/folder/quarantine_retention.hpp"
#include "spool/folder/retention.hpp"
#include "spool/source/place.hpp"

#include <memory>
#include <unordered_set>
#include <utility>

namespace kustodrop::daemon {

// Far more than clocks differ by, and little against what archives and journals are kept for.
static constexpr duration tolerated_difference = 1h;

bool is_calendar_trusted(wall_time ours, std::optional<wall_time> of_service) {
    return of_service && std::chrono::abs(ours - *of_service) <= tolerated_difference;
}

retention::retention(surroundings around, retention_parts with)
    : around_(around), with_(std::move(with)), clearing_(around.executor) {}

static constexpr duration pause_between_counts = 5s;

bool retention::may_expire() const {
    return is_calendar_trusted(around_.time.wall_now(), with_.service_time());
}

asio::awaitable<void> retention::run() {
    for (;;) {
        clear_archives();
        bool more = false;
        if (may_expire()) {
            auto keep_for = with_.settings.retention.journal_for;
            auto limit = around_.time.wall_now() -
                         std::chrono::duration_cast<std::chrono::microseconds>(keep_for);
            auto forgotten = co_await with_.journal.forget_retired(limit);
            more = forgotten && *forgotten > 0;
        }
        auto pause = more ? duration(1s) : duration(1min);
        co_await rest_until(around_.time.now() + pause);
    }
}

namespace {
struct presence {
    presence(std::shared_ptr<std::set<std::string>> in, std::string name)
        : in(std::move(in)), name(std::move(name)) {}
    ~presence() { in->erase(name); }
    presence(const presence&) = delete;
    std::shared_ptr<std::set<std::string>> in;
    std::string name;
};
}  // namespace

asio::awaitable<void> retention::recount(std::string watch) {
    presence here(at_work_, watch);
    co_await count_quarantined(watch);
}

// Meanwhile quarantine is counted where files failed or were sent again.
asio::awaitable<void> retention::rest_until(time_point end) {
    while (around_.time.now() < end) {
        auto next = std::min(end, around_.time.now() + pause_between_counts);
        co_await around_.time.sleep_until(next);
        clear_full_disks();
        auto names = with_.watches.names();
        for (auto& name : names) {
            if (counted_at_[name] == moved_files(name)) continue;
            if (at_work_->insert(name).second) clearing_.start(recount(name));
        }
    }
}

// What changes when files go into quarantine or come out of it by `retry`.
double retention::moved_files(const std::string& watch) const {
    auto& measured = around_.measured;
    metric_labels whose{{"watch", watch}};
    auto all = measured.count("kustodrop_files_seen_total", whose).value() +
               measured.count("kustodrop_files_resumed_total", whose).value();
    if (measured.value("kustodrop_quarantined_files", whose).value() == 0) all = 0;
    for (auto outcome : {"failed", "rejected"}) {
        all += measured.count(
                           "kustodrop_sources_total", {{"watch", watch}, {"outcome", outcome}}
        ).value();
    }
    return all;
}

asio::awaitable<void> retention::count_quarantined(std::string watch) {
    auto* from = with_.watches.find(watch);
    if (!from || !from->folder) co_return;
    auto folder = from->folder;
    auto ranges = from->ranges;
    auto count = [folder, ranges] {
        return ranges ? ranges->count() : spool::count_quarantined(*folder);
    };
    auto quarantined = co_await offload(with_.pool, count);
    auto& counted = around_.measured.value("kustodrop_quarantined_files", {{"watch", watch}});
    counted.set(static_cast<double>(quarantined));
    counted_at_[watch] = moved_files(watch);
}

// Each apart from the others, and from the journal: a folder may not answer.
void retention::clear_archives() {
    for (auto& name : with_.watches.names()) {
        if (at_work_->insert(name).second) clearing_.start(clear_archive(name));
    }
}

void retention::clear_full_disks() {
    if (!with_.meets_full_disk) return;
    for (auto& name : with_.watches.names()) {
        if (!with_.meets_full_disk(name)) continue;
        if (at_work_->insert(name).second) clearing_.start(clear_archive(name));
    }
}

// With act_after: posted files are in the archive before their outcome is known. A worker may put
// one there after this list is made, and before the roster says so.
static std::shared_ptr<spool::needed_files> needed_of(
    pipeline::roster& sources, const pipeline::watch& from, wall_time now
) {
    static constexpr auto recording = std::chrono::minutes(1);
    auto out = std::make_shared<spool::needed_files>();
    if (from.options.act_after == pipeline::act_time::posted) out->since = now - recording;
    sources.each_of(from.options.name, [&](const spool::source& what) {
        for (auto& file : what.slices) {
            if (file.location.starts_with(spool::archive_folder)) {
                out->locations.insert(file.location);
            }
        }
    });
    return out;
}

asio::awaitable<void> retention::clear_archive(std::string watch) {
    presence here(at_work_, watch);
    auto* from = with_.watches.find(watch);
    if (!from || !from->folder) co_return;
    auto folder = from->folder;
    auto now = around_.time.wall_now();
    auto limits = archive_limits_of(with_.settings.retention);
    if (!may_expire()) limits.age = spool::archive_limits().age;
    auto needed = needed_of(with_.sources, *from, now);
    // Where inode numbers last, a rename moves the ctime as well.
    auto* retirer = with_.retirer_of ? with_.retirer_of(watch) : nullptr;
    needed->asks_for_written = retirer && folder->medium().lasting_inodes && from->follows_growth;
    if (needed->asks_for_written) needed->looked_into = retirer->looked_into();
    limits.needed = std::move(needed);
    auto work = [=] { return spool::clear_archive(*folder, now, limits); };
    auto cleared = co_await offload(with_.pool, work);
    report(watch, cleared);
    co_await clear_quarantine(watch);
    co_await count_quarantined(watch);
    if (cleared.has_error() || cleared->written.empty() || !with_.retirer_of) co_return;
    // A reload may have taken the watch away meanwhile.
    if (auto* now_there = with_.retirer_of(watch)) now_there->look_into(cleared->written);
}

// A file may be in quarantine before the journal says so; then its source is not retired.
static std::unordered_set<std::string> unretired_in_quarantine(
    pipeline::roster& sources, const std::string& watch
) {
    std::unordered_set<std::string> out;
    sources.each_of(watch, [&](const spool::source& what) {
        for (auto& file : what.slices) {
            bool is_there = file.location.starts_with(spool::quarantine_folder) ||
                            spool::is_kept_range(file.location);
            if (is_there) out.insert(file.location);
        }
    });
    return out;
}

asio::awaitable<void> retention::clear_quarantine(std::string watch) {
    auto limits = quarantine_limits_of(with_.settings.retention);
    auto* from = with_.watches.find(watch);
    if (!limits || !from || !from->folder) co_return;
    auto folder = from->folder;
    auto now = around_.time.wall_now();
    if (!may_expire()) limits->age = spool::quarantine_limits().age;
    limits->needed = unretired_in_quarantine(with_.sources, watch);
    auto ranges = from->ranges;
    auto work = [folder, ranges, now, most = *limits] {
        if (ranges) return ranges->expire(now, most);
        return spool::expire_quarantine(*folder, now, most);
    };
    auto cleared = co_await offload(with_.pool, work);
    report_deleted(watch, cleared);
}

void retention::report_deleted(
    const std::string& watch, const result<spool::quarantine_report>& cleared
) {
    if (cleared.has_error()) {
        const auto& problem = cleared.error();
        bool is_news =
            quarantine_failures_.failed(watch, problem.code.text(), around_.time.now()).has_value();
        if (!is_news) return;
        around_.log.warning(
            "cannot clear the quarantine; retrying",
            {{"watch", watch}, {"code", problem.code.text()}, {"detail", problem.message()}}
        );
        return;
    }
    for (auto& ended : quarantine_failures_.worked(watch, around_.time.now())) {
        around_.log.info(
            "the quarantine can be cleared again", {{"watch", watch}, {"code", ended.kind}}
        );
    }
    if (cleared->files_deleted == 0) return;
    around_.log.warning(
        "deleted files from quarantine, as retention says; their rows were never delivered",
        {{"watch", watch},
         {"files", std::to_string(cleared->files_deleted)},
         {"bytes", std::to_string(cleared->bytes_deleted)}}
    );
}

void retention::report(const std::string& watch, const result<spool::retention_report>& cleared) {
    if (cleared.has_error()) {
        const auto& problem = cleared.error();
        if (!failures_.failed(watch, problem.code.text(), around_.time.now())) return;
        around_.log.warning(
            "cannot clear the archive; retrying",
            {{"watch", watch}, {"code", problem.code.text()}, {"detail", problem.message()}}
        );
        return;
    }
    for (auto& ended : failures_.worked(watch, around_.time.now())) {
        around_.log.info(
            "the archive can be cleared again", {{"watch", watch}, {"code", ended.kind}}
        );
    }
    if (cleared->files_deleted == 0) return;
    around_.log.info(
        "cleared the archive",
        {{"watch", watch},
         {"files", std::to_string(cleared->files_deleted)},
         {"bytes", std::to_string(cleared->bytes_deleted)}}
    );
}

}  // namespace kustodrop::daemon
