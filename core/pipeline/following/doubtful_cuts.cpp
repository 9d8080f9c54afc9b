#include "pipeline/following/doubtful_cuts.hpp"

#include "pipeline/following/lost_bytes.hpp"
#include "pipeline/superseding.hpp"

#include <utility>
#include <vector>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

// Before bytes that could not be read are asked for again.
static constexpr duration pause_before_reading_again = 1s;

// A file server may report an old size for a moment.
static constexpr duration patience_with_lost_bytes = 3s;

void doubtful_cuts::add(const std::string& source_id) {
    since_.try_emplace(source_id, with_.time.now());
}

boost::asio::awaitable<std::vector<std::string>> doubtful_cuts::judge(bool sees_all) {
    std::vector<std::string> made;
    open_folder files = watch_;
    auto ids = since_;
    for (auto& [id, since] : ids) {
        auto* what = with_.sources.find(id);
        if (!what || !std::holds_alternative<stage::claimed>(what->stage)) {
            since_.erase(id);
            continue;
        }
        auto slices = what->slices;
        auto work = [files, slices] { return find_bytes(slices, files); };
        auto found = co_await offload(with_.pool, work);
        what = with_.sources.find(id);
        if (!what) continue;
        if (left_.contains(id)) leave_lost(found);
        auto now = with_.time.now();
        if (found.lost.empty()) {
            since_.erase(id);
            what->slices = std::move(found.slices);
            with_.sources.note(*what);
            with_.ready.push(id, now + pause_before_reading_again);
        } else if (sees_all && now - since >= patience_with_lost_bytes) {
            since_.erase(id);
            auto rest = give_up(*what, found);
            if (!rest.empty()) made.push_back(std::move(rest));
        }
    }
    co_return made;
}

// Returns the source of what can be read; empty: none of it.
std::string doubtful_cuts::give_up(spool::source& what, const readable_source& found) {
    bool is_all = found.lost_slices.size() == what.slices.size();
    bool ends_whole = what.slices.size() == 1 || (is_all && may_be_reported(what));
    if (ends_whole) {
        end(what, found.lost.front());
        return {};
    }
    auto wall_now = with_.time.wall_now();
    auto parts = parts_of(what, found);
    if (!is_all) {
        // It keeps the id of what was posted, of which it is a part.
        what.slices = std::move(parts.front().slices);
        parts.erase(parts.begin());
    }
    std::vector<std::string> ids;
    for (auto& one : parts) {
        one.id = spool::make_source_id(with_.random, wall_now);
        ids.push_back(one.id);
    }
    auto going_on = is_all ? std::string() : what.id;
    if (is_all) {
        with_.sources.divide(what, outcome_of(found.lost.front(), wall_now), std::move(parts));
    } else {
        with_.sources.note(what, std::move(parts));
        with_.ready.push(going_on, with_.time.now());
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto* lost = with_.sources.find(ids[i]);
        if (lost) end(*lost, found.lost[i]);
    }
    return going_on;
}

// What may have arrived is not lost for certain.
void doubtful_cuts::end(spool::source& what, const spool::lost_range& lost) {
    may_be_reported(what) ? await_report(with_.sources, next_, what) : settle(what, lost);
}

void doubtful_cuts::settle(spool::source& what, const spool::lost_range& lost) {
    with_.sources.advance(what, stage::settled{outcome_of(lost, with_.time.wall_now())});
    next_.settled(what);
}

void doubtful_cuts::settle(const spool::lost_range& lost) {
    auto wall_now = with_.time.wall_now();
    auto id = spool::make_source_id(with_.random, wall_now);
    auto what = source_of(lost, std::move(id), watch_.options.name, wall_now);
    what.target = watch_.options.target.name();
    settle(with_.sources.admit(std::move(what)), lost);
}

}  // namespace kustodrop::pipeline
