#include "pipeline/intake/joining.hpp"

#include "pipeline/intake/cutting/cutting.hpp"
#include "pipeline/shipping/shipment.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

// Looked into in one batch, so that the worker is free for others in between.
static constexpr std::uint64_t inspected_bytes = 16u << 20u;
static constexpr std::size_t inspected_files = 256;
static constexpr std::uint64_t inspected_contents_bytes = 1u << 20u;  // Kept in memory.

// Each target has groups of its own.
static grouping groups_of(const watch& from) {
    bool is_routed = from.routes.are_by_path();
    auto most = is_routed ? grouping::most_routed_groups : grouping::most_open_groups;
    return grouping(from.options.coalesce, most);
}

joiner::joiner(watch& from, intake_parts parts, routing& next)
    : watch_(from), with_(parts), next_(next), rules_(from.options), groups_(groups_of(from)) {}

void joiner::set_options() {
    rules_ = joining_rules(watch_.options);
    groups_ = groups_of(watch_);
}

void joiner::admit(spool::source what) {
    what.watch = watch_.options.name;
    what.target = watch_.recorded_target(what);
    what.claimed_at = with_.time.wall_now();
    auto& file = what.slices.front();
    if (watch_.in_place) watch_.kept.begin(file.name, file.identity);
    // What follows it in its file goes with a source of its own.
    bool alone = file.has_rest() || what.target.empty() ||
                 rules_.alone_because(file.name, file.length_bytes).has_value();
    // A source that may have been posted keeps its id, which its notification will have.
    if (alone || what.ambiguous_posts > 0) return ship_alone(std::move(what));
    gather(std::move(what));
}

void joiner::ship_alone(spool::source what) {
    auto& admitted = with_.sources.admit(std::move(what));
    with_.log.debug(
        "claimed",
        {{"watch", admitted.watch}, {"source", admitted.id}, {"file", admitted.slices.front().name}}
    );
    // The journal that knew it is lost: it may have been posted, and a notification may come.
    if (admitted.ambiguous_posts > 0) next_.unanswered(admitted);
    if (is_undecided(admitted.slices.front())) return next_.changed(admitted);
    with_.ready.push(admitted.id, with_.time.now());
}

void joiner::gather(spool::source what) {
    auto& held = with_.sources.gather(std::move(what));
    with_.log.debug(
        "claimed: it waits for others to share its blob",
        {{"watch", held.watch}, {"source", held.id}, {"file", held.slices.front().name}}
    );
    uninspected_.push_back(held.id);
}

std::vector<joiner::inspected> joiner::take_uninspected() {
    std::vector<inspected> out;
    std::uint64_t bytes = 0;
    while (!uninspected_.empty() && bytes < inspected_bytes && out.size() < inspected_files) {
        auto id = std::move(uninspected_.front());
        uninspected_.pop_front();
        auto* what = with_.sources.find(id);
        if (!what) continue;
        bytes += what->size_bytes();
        auto& file = what->slices.front();
        out.push_back({std::move(id), file, with_.contents.look(file)});
    }
    return out;
}

asio::awaitable<void> joiner::inspect() {
    auto folder = watch_.folder;
    spool::inspection_options options;
    options.separator = joining_rules::separator_of(watch_.options.target.format);
    options.json = watch_.options.target.format == kusto::data_format::json;
    options.drops_first_record = watch_.options.target.ignore_first_record;
    options.data = data_rules_of(watch_.options.target.format);
    options.data.drops_first_record = options.drops_first_record;
    while (folder && !uninspected_.empty()) {
        auto files = take_uninspected();
        auto room = std::min(with_.contents.room(with_.time.now()), inspected_contents_bytes);
        auto work = [folder, options, room, files = std::move(files)]() mutable {
            spool::open_folders through(*folder);
            for (auto& one : files) {
                if (one.held) {
                    one.found = spool::inspect(*one.held, options);
                    continue;
                }
                options.keep_bytes = std::min(room, small_contents::longest_file);
                one.found = spool::inspect(one.file, through, options);
                room -= one.found.content.size();
            }
            return std::move(files);
        };
        auto seen = co_await offload(with_.pool, std::move(work));
        for (auto& one : seen) group(std::move(one));
    }
}

void joiner::group(inspected one) {
    auto* what = with_.sources.find(one.id);
    if (!what) return;
    auto& reason = one.found.alone_because;
    if (reason.empty()) {
        companion file{one.id, one.file.length_bytes, one.found.head_bytes};
        // Records of other shapes would have the whole blob refused.
        auto key = std::to_string(one.found.fields) + " " + rules_.key(one.file.name);
        // The route may have changed since it was claimed: its target has not.
        if (is_destination(what->target)) key += " " + what->target;
        groups_.add(key, std::move(file), with_.time.now());
        if (!one.held) {
            with_.contents.put(one.file, std::move(one.found.content), with_.time.now());
        }
        return;
    }
    with_.log.debug(
        "shipped alone",
        {{"watch", what->watch}, {"source", one.id}, {"file", one.file.name}, {"because", reason}}
    );
    with_.sources.note(*what);
    with_.ready.push(one.id, with_.time.now());
}

void joiner::send(const grouping::group& files) {
    std::vector<std::string> ids;
    for (auto& file : files) {
        auto* what = with_.sources.find(file.id);
        if (!what) continue;
        if (!ids.empty()) {
            auto& slice = what->slices.front();
            slice.offset = file.head_bytes;
            slice.head_bytes = file.head_bytes;
            slice.length_bytes -= file.head_bytes;
        }
        ids.push_back(file.id);
    }
    if (ids.empty()) return;
    if (ids.size() == 1) {
        with_.sources.note(*with_.sources.find(ids.front()));
        with_.ready.push(ids.front(), with_.time.now());
        return;
    }
    auto id = spool::make_source_id(with_.random, with_.time.wall_now());
    auto& joined = with_.sources.join(ids, std::move(id));
    with_.log.debug(
        "joined",
        {{"watch", joined.watch},
         {"source", joined.id},
         {"files", std::to_string(joined.slices.size())},
         {"bytes", std::to_string(joined.size_bytes())}}
    );
    with_.ready.push(joined.id, with_.time.now());
}

void joiner::send_closed() {
    for (auto& files : groups_.take_closed(with_.time.now())) send(files);
}

void joiner::send_all() {
    for (auto& files : groups_.take_all()) send(files);
}

void joiner::close() {
    send_all();
    uninspected_.clear();
}

}  // namespace kustodrop::pipeline
