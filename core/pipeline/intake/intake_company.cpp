// How small files find company: claimed, looked into, and sent in one blob.
#include "pipeline/intake/intake.hpp"

namespace kustodrop::pipeline {

// Looked into at one go, so that the worker is free for others in between.
static constexpr std::uint64_t inspected_bytes = 16u << 20u;
static constexpr std::size_t inspected_files = 256;
static constexpr std::uint64_t kept_bytes = 1u << 20u;  // Of these files.

bool intake::is_gathering() const { return !uninspected_.empty() || groups_.next_due(); }

void intake::gather(spool::source what) {
    auto& held = with_.sources.gather(std::move(what));
    with_.log.debug(
        "claimed, waits for company",
        {{"watch", held.watch}, {"source", held.id}, {"file", held.slices.front().name}}
    );
    uninspected_.push_back(held.id);
}

std::vector<intake::gathered> intake::take_uninspected() {
    std::vector<gathered> out;
    std::uint64_t bytes = 0;
    while (!uninspected_.empty() && bytes < inspected_bytes && out.size() < inspected_files) {
        auto id = std::move(uninspected_.front());
        uninspected_.pop_front();
        auto* what = with_.sources.find(id);
        if (!what) continue;
        bytes += what->size_bytes();
        out.push_back({std::move(id), what->slices.front()});
    }
    return out;
}

asio::awaitable<void> intake::inspect_gathered() {
    auto folder = watch_.folder;
    spool::inspection_options options;
    options.separator = company::separator_of(watch_.options.target.format);
    options.drops_first_record = watch_.options.target.ignore_first_record;
    while (folder && !uninspected_.empty() && !closed_) {
        auto files = take_uninspected();
        auto room = std::min(with_.contents.room(with_.time.now()), kept_bytes);
        auto work = [folder, options, room, files = std::move(files)]() mutable {
            spool::open_folders through(folder->descriptor_of_root());
            for (auto& one : files) {
                options.keep_bytes = std::min(room, small_contents::longest_file);
                one.said = spool::inspect(one.file, through, options);
                room -= one.said.content.size();
            }
            return std::move(files);
        };
        auto seen = co_await offload(with_.pool, std::move(work));
        for (auto& one : seen) find_company(std::move(one));
    }
}

void intake::find_company(gathered one) {
    auto* what = with_.sources.find(one.id);
    if (!what) return;
    auto& why = one.said.alone_because;
    if (why.empty()) {
        companion file{one.id, one.file.length_bytes, one.said.head_bytes};
        groups_.add(company_.key(one.file.name), std::move(file), with_.time.now());
        with_.contents.put(one.file, std::move(one.said.content), with_.time.now());
        return;
    }
    with_.log.debug(
        "shipped alone",
        {{"watch", what->watch}, {"source", one.id}, {"file", one.file.name}, {"because", why}}
    );
    with_.sources.note(*what);
    with_.ready.push(one.id, with_.time.now());
}

void intake::send_group(const grouping::group& files) {
    std::vector<std::string> ids;
    for (auto& file : files) {
        auto* what = with_.sources.find(file.id);
        if (!what) continue;
        if (!ids.empty()) {
            auto& slice = what->slices.front();
            slice.offset = file.head_bytes;
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
    auto& joined =
        with_.sources.join(ids, spool::make_source_id(with_.random, with_.time.wall_now()));
    with_.log.debug(
        "joined",
        {{"watch", joined.watch},
         {"source", joined.id},
         {"files", std::to_string(joined.slices.size())},
         {"bytes", std::to_string(joined.size_bytes())}}
    );
    with_.ready.push(joined.id, with_.time.now());
}

void intake::send_groups(bool all) {
    auto now = with_.time.now();
    auto closed = all ? groups_.take_all() : groups_.take_closed(now);
    for (auto& files : closed) send_group(files);
}

}  // namespace kustodrop::pipeline
