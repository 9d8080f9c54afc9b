#include "spool/following/looking/followed_logs.hpp"

#include "spool/folder/scanning.hpp"
#include "spool/following/keeping/positions.hpp"
#include "spool/following/log_records.hpp"
#include "spool/following/looking/log_listing.hpp"
#include "spool/following/looking/nameless_logs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kustodrop::spool {

static constexpr std::size_t scan_limit = 1'000'000;

namespace {
// Which files are held open first.
enum class rank { only_here, unread, read };
}  // namespace

followed_logs::followed_logs(book_options book, following_rules rules)
    : options_(book), rules_(std::move(rules)), book_(std::move(book)) {}

void followed_logs::restore(const std::vector<log_record>& logs, bool begun) {
    std::vector<log_state> known;
    log_number last = 0;
    for (auto& record : logs) {
        last = std::max(last, record.number);
        if (auto log = state_of(record)) known.push_back(std::move(*log));
    }
    if (begun || !known.empty()) book_.restore(std::move(known), last);
}

std::vector<seen_file> followed_logs::list(
    const drop_folder& folder, const log_names& names, const std::vector<sighting>& found
) const {
    std::vector<seen_file> out;
    std::map<std::uint64_t, const log_state*> followed;
    std::set<std::string> families;
    for (auto& [number, log] : book_.logs()) {
        if (log.phase == log_phase::followed) followed[log.file.inode] = &log;
        families.insert(log.family);
    }
    for (auto& listed : list_files(folder, names, found, families)) {
        auto& one = *listed.seen;
        auto inode = listed.number;
        auto held = open_.find(inode);
        // A log that is known is followed whatever its name: after a restart, where it is not open,
        // if the time of its birth says that it is this file.
        auto known = followed.find(inode);
        bool is_known = known != followed.end() && one.identity.born_ns != 0 &&
                        known->second->file.born_ns == one.identity.born_ns;
        if (!listed.is_named && held == open_.end() && !is_known) continue;
        auto& seen = out.emplace_back();
        seen.facts.name = one.name;
        seen.disk_inode = one.inode;
        if (listed.is_named) {
            seen.facts.family = listed.name.family;
            seen.facts.compressed = listed.name.compressed;
        } else if (held != open_.end()) {
            seen.facts.family = held->second.family;
            seen.facts.compressed = held->second.compressed;
        } else {
            seen.facts.family = known->second->family;
            seen.facts.compressed = known->second->compressed;
        }
        seen.facts.rotated = !listed.is_named || listed.name.rotated;
        seen.facts.may_be_live = listed.name.may_be_live;
        seen.facts.file = {inode, one.identity.born_ns, ""};
        seen.facts.size_bytes = one.identity.size_bytes;
        seen.full_size = one.identity.size_bytes;
        seen.changed_ns = one.identity.changed_ns;
        // Such a number may have passed to another file: what changed is opened by its name again.
        bool rests = rested_.contains(inode) && rested_.at(inode).full_size == seen.full_size &&
                     rested_.at(inode).changed_ns == seen.changed_ns;
        bool is_same = held != open_.end() && held->second.file.same_file(seen.facts.file);
        if (is_same && (options_.lasting_inodes || rests)) seen.opened = held->second.opened;
    }
    return out;
}

result<folder_look> followed_logs::look(
    const drop_folder& folder, const std::set<std::uint64_t>& pinned, time_point now
) {
    log_names names(rules_.names, rules_.rotated);
    scan_options asked;
    asked.recursive = rules_.recursive;
    asked.limit = scan_limit;
    // A mount that only remembers which file a name is shows the bytes of another one.
    if (!options_.lasting_inodes) asked.how = freshness::asked;
    bool all = !open_.empty() || !book_.logs().empty();
    asked.wanted = [&](std::string_view name) { return all || names.may_be_log(name); };
    auto found = scan_folder(folder, asked);
    if (found.has_error()) return found.error();
    auto hidden = found->unreadable;
    bool is_part = found->truncated || found->unreadable_folders > hidden.size();
    if (is_part) hidden.emplace_back();
    auto files = list(folder, names, found->sightings);
    std::set<std::string> followed;
    for (auto& one : files) followed.insert(one.facts.name);
    auto nameless = nameless_files(open_, book_, files, hidden);
    std::ranges::move(nameless, std::back_inserter(files));
    look_content reading(folder.descriptor_of_root(), files, rested_, rules_.scratch, now);
    reading.measure(book_);
    std::vector<log_sighting> sightings;
    for (auto& one : files) sightings.push_back(one.facts);
    auto seen = book_.look(sightings, reading, now, hidden);
    auto scarce = scarce_bytes(folder.descriptor_of_root(), rules_.hold.min_free_percent);
    auto limits = std::exchange(released_, {});
    auto released = released_of(files, pinned, scarce, now);
    hold(files, reading, pinned, released);
    auto shown = report(files, std::move(seen), limits);
    shown.abandoned = std::exchange(abandoned_, {});
    shown.departing = departing_;
    shown.vanished = reading.vanished();
    shown.links = links_elsewhere(folder, names, found->sightings, followed);
    shown.hidden = std::move(hidden);
    shown.hides_logs = std::ranges::any_of(book_.logs(), [&](auto& entry) {
        auto& log = entry.second;
        return log.phase != log_phase::ended && is_beneath_any(log.name, shown.hidden);
    });
    return shown;
}

// What is let go of is not met at the next look, which reports what was not read of it.
std::set<std::uint64_t> followed_logs::released_of(
    const std::vector<seen_file>& files,
    const std::set<std::uint64_t>& pinned,
    std::uint64_t scarce_bytes,
    time_point now
) {
    std::map<std::uint64_t, const log_state*> followed;
    for (auto& [number, log] : book_.logs()) {
        if (log.phase == log_phase::followed) followed[log.file.inode] = &log;
    }
    std::map<std::uint64_t, time_point> since;
    std::vector<held_file> held;
    for (auto& one : files) {
        auto inode = one.facts.file.inode;
        if (!one.is_nameless) continue;
        auto before = nameless_since_.find(inode);
        if (one.is_deleted) since[inode] = before != nameless_since_.end() ? before->second : now;
        // What was cut is posted first.
        if (pinned.contains(inode)) continue;
        auto log = followed.find(inode);
        bool unread = log == followed.end() || log->second->position < one.facts.size_bytes;
        held.push_back({inode, one.held_bytes, unread, one.is_deleted ? since[inode] : now});
    }
    nameless_since_ = std::move(since);
    departing_.clear();
    auto may_go = std::exchange(may_go_, {});
    std::set<std::uint64_t> out;
    for (auto& one : beyond_limits(std::move(held), rules_.hold, scarce_bytes, now)) {
        auto log = followed.find(one.inode);
        if (log == followed.end()) {
            out.insert(one.inode);
            continue;
        }
        auto& known = *log->second;
        auto allowed = may_go.find(known.number);
        bool is_asked = allowed == may_go.end() && rules_.spills && may_be_spilled(one);
        if (is_asked && !known.doubt) {
            departing_.push_back({known.number, one.inode, known.position, known.size_seen()});
            continue;
        }
        out.insert(one.inode);
        auto refusal = allowed == may_go.end() ? std::string() : allowed->second;
        released_[known.number] = {one.because, std::move(refusal)};
        auto file = open_.find(one.inode);
        bool is_open = file != open_.end();
        if (!is_open || writers_of(file->second) != writer_state::some) continue;
        abandoned_.push_back({known.name, one.because});
    }
    return out;
}

void followed_logs::hold(
    std::vector<seen_file>& files,
    look_content& reading,
    const std::set<std::uint64_t>& pinned,
    const std::set<std::uint64_t>& released
) {
    std::set<std::uint64_t> there;
    for (auto& one : files) there.insert(one.facts.file.inode);
    // The bytes that a source needs may have been compressed since they were cut.
    bool is_missed = !std::ranges::includes(there, pinned);
    std::map<std::uint64_t, const log_state*> followed;
    std::set<std::uint64_t> undecided;
    for (auto& [number, log] : book_.logs()) {
        if (log.phase == log_phase::followed) followed[log.file.inode] = &log;
        if (log.phase == log_phase::undecided) undecided.insert(log.file.inode);
    }
    // What has no name cannot be opened again.
    auto rank_of = [&](const seen_file& one) {
        auto inode = one.facts.file.inode;
        auto log = followed.find(inode);
        bool unread = log != followed.end() && log->second->position < one.facts.size_bytes;
        if (pinned.contains(inode) || one.is_nameless) return rank::only_here;
        return unread || undecided.contains(inode) ? rank::unread : rank::read;
    };
    std::map<std::uint64_t, open_log> kept;
    for (auto now : {rank::only_here, rank::unread, rank::read}) {
        for (std::size_t i = 0; i < files.size(); ++i) {
            auto& one = files[i];
            auto inode = one.facts.file.inode;
            bool known =
                followed.contains(inode) || undecided.contains(inode) || pinned.contains(inode);
            if (!known || rank_of(one) != now || released.contains(inode)) continue;
            // What was inflated takes room for as long as it is open.
            if (now == rank::read && one.facts.compressed && !is_missed) continue;
            if (one.facts.broken) continue;
            // What departs is open, and must be until it is written elsewhere.
            if (kept.size() >= rules_.hold.max_files && !departs(inode)) continue;
            auto opened = reading.open(i);
            if (!opened) continue;
            auto before = open_.find(inode);
            auto name = one.facts.name;
            if (name.empty() && before != open_.end()) name = before->second.name;
            auto& file = one.facts;
            kept[inode] = {name, file.family, file.file, std::move(opened), file.compressed};
        }
    }
    // What sources have still to be read from, although the log has ended.
    for (auto& [inode, log] : open_) {
        if (pinned.contains(inode)) kept.try_emplace(inode, std::move(log));
    }
    open_ = std::move(kept);
}

folder_look followed_logs::report(
    const std::vector<seen_file>& files,
    look_result found,
    const std::map<log_number, letting_go>& limits
) const {
    folder_look out;
    std::map<std::uint64_t, const seen_file*> by_inode;
    std::vector<open_log> open;
    for (auto& one : files) {
        by_inode[one.facts.file.inode] = &one;
        if (one.is_refused) out.unreadable.push_back(one.facts.name);
        auto& known = rested_.at(one.facts.file.inode);
        bool is_waiting = one.facts.unfinished || !known.waits_for.empty();
        if (is_waiting) out.waiting.push_back({one.facts.name, known.waits_for});
        if (!one.is_deleted || !open_.contains(one.facts.file.inode)) continue;
        ++out.held_files;
        out.held_bytes += one.held_bytes;
    }
    for (auto& [inode, log] : open_) open.push_back(log);
    out.files = std::make_shared<const open_logs>(std::move(open), options_.lasting_inodes);
    for (auto& [number, log] : book_.logs()) {
        auto seen = by_inode.find(log.file.inode);
        if (log.phase != log_phase::followed || log.doubt || seen == by_inode.end()) continue;
        auto& facts = seen->second->facts;
        auto file = open_.find(log.file.inode);
        if (file == open_.end()) continue;
        auto& shown = out.logs.emplace_back();
        shown.number = number;
        shown.name = log.name;
        shown.position = log.position;
        shown.size = log.size_seen();
        shown.is_rotated = facts.rotated;
        shown.is_nameless = facts.name.empty();
        shown.inode = log.file.inode;
        bool may_end = shown.is_nameless && shown.position >= shown.size;
        if (may_end) shown.writers = writers_of(file->second);
    }
    for (auto& loss : found.losses) {
        auto limit = limits.find(loss.log);
        auto why = limit != limits.end() ? limit->second : letting_go();
        out.lost.push_back(
            {loss.name, loss.from, loss.to, loss.cause, why.limit, loss.id, why.refusal}
        );
    }
    for (auto& one : found.judgements) {
        if (one.status == log_status::same_log) continue;
        auto* log = book_.find(one.log);
        auto name = one.file ? files[*one.file].facts.name : std::string();
        out.news.push_back({one.status, one.log, log && name.empty() ? log->name : name});
    }
    return out;
}

followed_logs::found_ranges followed_logs::find(const std::vector<range_wish>& wishes) {
    found_ranges out;
    for (auto& wish : wishes) {
        auto* log = book_.find(wish.log);
        auto file = log ? open_.find(log->file.inode) : open_.end();
        if (!log || log->doubt || file == open_.end()) continue;
        auto found = find_range(file->second.opened->get(), *log, wish, rules_.ranges);
        if (auto& one = found.range) {
            one->bytes.log_id = book_.id_with(wish.log, one->head);
            out.ranges.push_back({wish.log, std::move(*one)});
        }
        if (!found.has_changed) continue;
        out.changed.insert(wish.log);
        // Read again, even where its size and time are as they were.
        if (!log->compressed) rested_.erase(log->file.inode);
    }
    return out;
}

log_record followed_logs::cut(const found_range& one) {
    book_.cut(one.log, one.range.anchor, one.range.head, one.range.inside);
    return record_of(options_.watch, *book_.find(one.log));
}

void followed_logs::release(log_number log, std::string refusal) {
    may_go_[log] = std::move(refusal);
}

bool followed_logs::departs(std::uint64_t inode) const {
    return std::ranges::any_of(departing_, [&](auto& one) { return one.inode == inode; });
}

std::uint64_t followed_logs::position_of(log_number log) const {
    auto* known = book_.find(log);
    return known ? known->position : 0;
}

void followed_logs::end(const std::vector<log_number>& logs) {
    for (auto number : logs) {
        auto* log = book_.find(number);
        if (!log) continue;
        open_.erase(log->file.inode);
        book_.end(number);
    }
}

std::vector<log_number> followed_logs::numbers() const {
    std::vector<log_number> out;
    for (auto& [number, log] : book_.logs()) out.push_back(number);
    return out;
}

std::vector<log_record> followed_logs::settled_logs(
    const std::map<std::string, std::uint64_t>& unsettled
) const {
    return settled_records(options_.watch, book_.logs(), unsettled);
}

followed_logs::changes followed_logs::take_changes() {
    changes out;
    auto made = book_.changes();
    for (auto& log : made.written) out.written.push_back(record_of(options_.watch, log));
    out.forgotten = std::move(made.forgotten);
    return out;
}

}  // namespace kustodrop::spool
