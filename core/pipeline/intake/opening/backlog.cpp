#include "pipeline/intake/opening/backlog.hpp"

#include "pipeline/intake/opening/taking_over.hpp"
#include "pipeline/intake/resuming.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace kustodrop::pipeline {

// Some milliseconds, after which others have their turn.
static constexpr std::size_t in_one_go = 1000;

backlog::backlog(watch& from, intake_parts& with, routing& next, found_work& work)
    : watch_(from), with_(with), next_(next), work_(work) {}

// A range is read from the open file of its log, or from the state directory, and its file is not
// moved.
static bool is_of_logs(const spool::source& what) {
    return std::ranges::any_of(what.slices, [](auto& one) {
        bool is_kept = spool::is_spilled(one.location) || spool::is_kept_range(one.location);
        return is_kept || one.log_id;
    });
}

// Only of what an older release claimed: otherwise the folder is known.
bool backlog::any_found(const folder_facts& where) const {
    bool any = false;
    if (where.before) return any;
    auto look = [&](const spool::source& what) { any = any || work_.holds(what); };
    with_.absent.each_of(watch_.options.name, look);
    return any;
}

asio::awaitable<std::size_t> backlog::resume_own(folder_facts where) {
    auto& name = watch_.options.name;
    take_known(work_, with_.sources, name);
    bool any = any_found(where);
    auto keys = with_.absent.keys_of(name);
    std::ranges::sort(keys);  // The oldest first.
    take(with_.absent.take_without_key(name), where, any);
    for (std::size_t at = 0; at < keys.size();) {
        std::vector<spool::source> some;
        for (; at < keys.size() && some.size() < in_one_go; ++at) {
            if (auto one = with_.absent.take(keys[at])) some.push_back(std::move(*one));
        }
        take(std::move(some), where, any);
        if (at == keys.size()) break;
        with_.sources.pack_idle(with_.time.now());
        co_await with_.time.sleep_until(with_.time.now());
    }
    find_places();
    co_return elsewhere_;
}

void backlog::take(std::vector<spool::source> some, const folder_facts& where, bool any_found) {
    std::vector<spool::source> here;
    for (auto& what : some) {
        if (is_of_logs(what)) {
            if (of_logs_.sources++ == 0) of_logs_.first = what.slices.front().name;
            with_.absent.add(std::move(what));
        } else if (lies_elsewhere(what, work_, where, any_found)) {
            ++elsewhere_;
            with_.absent.add(std::move(what));
        } else if (is_missing(what, work_)) {
            missing_.push_back(std::move(what));
        } else {
            here.push_back(std::move(what));
        }
    }
    resume(std::move(here));
}

void backlog::resume(std::vector<spool::source> some) {
    auto found = reconcile(std::move(some), work_);
    journaled_ += found.resumed.size();
    lost_ += found.lost.size();
    resuming_parts with{with_.sources, with_.ready, next_, with_.time, with_.measured};
    for (auto& what : found.resumed) pipeline::resume(with, watch_, std::move(what));
    for (auto& what : found.lost) {
        auto& lost = with_.sources.resume(std::move(what));
        settle_vanished(with, lost);
    }
}

void backlog::find_places() {
    auto missing = std::exchange(missing_, {});
    find_by_ids(missing, work_);
    resume(std::move(missing));
}

asio::awaitable<std::vector<spool::source>> backlog::resume_strangers() {
    auto name = watch_.options.name;
    resume(take_renamed(with_.absent, with_.log, name, work_));
    auto known = co_await take_journaled(with_.journal, work_, name);
    // A notification may have brought one back meanwhile.
    std::erase_if(known, [&](auto& what) { return with_.sources.contains(what.id); });
    resume(std::move(known));
    recovery_facts facts{with_.time.wall_now(), with_.journal.is_new()};
    auto adopted = adopt_strangers(work_, name, facts);
    report(adopted);
    co_return std::move(adopted.sources);
}

void backlog::report(const adopted_files& adopted) const {
    auto& name = watch_.options.name;
    if (adopted.foreign_files > 0) {
        with_.log.warning(
            "files in work/ do not belong to kustodrop; they are left alone",
            {{"watch", name}, {"files", std::to_string(adopted.foreign_files)}}
        );
    }
    if (journaled_ + adopted.sources.size() + lost_ == 0) return;
    with_.log.info(
        "resumed",
        {{"watch", name},
         {"journaled", std::to_string(journaled_)},
         {"adopted", std::to_string(adopted.sources.size())},
         {"lost", std::to_string(lost_)}}
    );
}

}  // namespace kustodrop::pipeline
