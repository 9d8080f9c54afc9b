#include "pipeline/retiring/open_files.hpp"

#include "pipeline/retiring/late_looks.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

namespace kustodrop::pipeline {

static constexpr duration longest_between_looks = 1min;
static constexpr std::size_t most_looked_into = 10'000;
static constexpr std::size_t written_at_once = 16;  // The journal is searched for each.

std::optional<spool::source> shipped_as(
    const std::string& location, const std::vector<spool::journal_row>& rows
) {
    for (auto& row : rows) {
        auto& slices = row.source.slices;
        auto file = std::ranges::find(slices, location, &spool::slice::location);
        if (file == slices.end()) continue;
        if (!std::holds_alternative<spool::stage::retired>(row.source.stage)) return std::nullopt;
        auto out = row.source;
        out.slices = {*file};
        return out;
    }
    return std::nullopt;
}

void open_files::add(spool::source what, const spool::slice& file) {
    if (waiting_.size() >= most_open_files) return;
    what.slices = {file};
    open_file one{std::move(what)};
    waiting_.add(std::move(one), with_.time.now() + watch_.options.stable_for);
}

void open_files::look_into(std::vector<spool::written_file> files) { written_ = std::move(files); }

std::optional<time_point> open_files::next_due() const {
    if (!written_.empty()) return time_point::min();
    return waiting_.next_due();
}

asio::awaitable<std::vector<added_file>> open_files::look() {
    std::vector<added_file> none;
    auto now = with_.time.now();
    auto due = waiting_.take_due(now);
    if (!watch_.folder) {
        for (auto& one : due) waiting_.add(std::move(one), now + longest_between_looks);
        written_.clear();
        co_return none;
    }
    co_await find_written();
    for (auto& one : std::exchange(found_, {})) due.push_back(std::move(one));
    if (due.empty()) co_return none;
    auto added = co_await look_at(std::move(due));
    co_return added;
}

// Those that nothing else looks at: neither a source that is on its way, nor another look.
std::vector<open_files::written> open_files::without_known(std::vector<written> files) const {
    std::unordered_set<std::string> unknown;
    for (auto& one : files) unknown.insert(one.file.location);
    with_.sources.each_of(watch_.options.name, [&](const spool::source& what) {
        for (auto& file : what.slices) unknown.erase(file.location);
    });
    std::erase_if(files, [&](const written& one) {
        auto& location = one.file.location;
        auto is_here = [&](const open_file& other) {
            return other.of.slices.front().location == location;
        };
        return !unknown.contains(location) || waiting_.any_of(is_here);
    });
    return files;
}

asio::awaitable<void> open_files::find_written() {
    auto files = std::exchange(written_, {});
    if (files.size() > written_at_once) files.resize(written_at_once);
    if (files.empty()) co_return;
    auto safe = co_await with_.journal.durable();
    if (safe.has_error()) co_return;
    std::vector<written> asked;
    for (auto& file : files) {
        spool::journal_query query;
        query.watch = watch_.options.name;
        query.file.emplace();
        query.file->location = file.location;
        auto rows = co_await with_.journal.find(std::move(query));
        if (rows) asked.push_back({file, std::move(*rows)});
    }
    // Asked last: whatever is admitted meanwhile is known.
    for (auto& [file, rows] : without_known(std::move(asked))) {
        auto of = shipped_as(file.location, rows);
        if (of) {
            found_.push_back({std::move(*of), {}, 0, file});
            continue;
        }
        note_looked_into(file);
        with_.log.warning(
            "an archived file was written after its move, and the journal does not know what was "
            "shipped of it; nothing of it is shipped",
            {{"watch", watch_.options.name}, {"file", file.location}}
        );
    }
}

asio::awaitable<std::vector<added_file>> open_files::look_at(std::vector<open_file> due) {
    auto folder = watch_.folder;
    for (auto& one : due) {
        if (!one.next_id.empty()) continue;
        one.next_id = spool::make_source_id(with_.random, with_.time.wall_now());
    }
    auto all = std::make_shared<std::vector<open_file>>(std::move(due));
    auto work = [folder, all] {
        spool::open_folders through(*folder);
        std::vector<seen_file> out;
        for (auto& one : *all) {
            auto& file = one.of.slices.front();
            seen_file seen{look_for_growth(file, through)};
            bool in_quarantine = file.location.starts_with(spool::quarantine_folder);
            // What was left over there was left over when it failed.
            auto& grown = seen.look.grown;
            if (in_quarantine && grown && grown->now.same_content(file.identity)) grown.reset();
            if (in_quarantine && grown) {
                auto claimed = spool::claim_again(*folder, file, {one.of.id, one.next_id, false});
                if (claimed) seen.claimed = std::move(*claimed);
            }
            out.push_back(std::move(seen));
        }
        return out;
    };
    auto seen = co_await offload(with_.pool, work);
    std::vector<added_file> added;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        auto& one = (*all)[i];
        auto& file = one.of.slices.front();
        bool in_quarantine = file.location.starts_with(spool::quarantine_folder);
        // A file that someone has taken out of the quarantine is theirs.
        if (!seen[i].look.grown) {
            keep(std::move(one), seen[i].look);
        } else if (!in_quarantine || seen[i].claimed) {
            added.push_back(
                {std::move(one.of),
                 *seen[i].look.grown,
                 std::move(one.next_id),
                 std::move(seen[i].claimed)}
            );
        }
    }
    co_return added;
}

void open_files::keep(open_file one, const late_look& seen) {
    if (one.written) note_looked_into(*one.written);
    auto wait = next_late_look(seen.writers, one.looks, watch_.options.stable_for, waiting_.size());
    if (!wait) return;
    ++one.looks;
    one.written.reset();
    waiting_.add(std::move(one), with_.time.now() + *wait);
}

void open_files::note_looked_into(const spool::written_file& file) {
    if (looked_into_.size() >= most_looked_into) looked_into_.clear();
    looked_into_.insert_or_assign(file.location, file);
}

}  // namespace kustodrop::pipeline
