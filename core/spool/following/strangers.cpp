#include "spool/following/strangers.hpp"

#include "spool/following/remains.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace kustodrop::spool {

using families = std::map<std::string, std::vector<log_number>>;

static families standing_by_family(look_table& look) {
    families standing;
    for (auto& [number, file] : look.in_sight) {
        // It would have to be inflated, and was made last: others are not copies of it.
        if (look.files[file].compressed) continue;
        standing[look.logs.at(number).family].push_back(number);
    }
    return standing;
}

// Known up to its last whole line: what was written before the watch began is not its business.
static void begin_at_size(look_table& look, std::size_t file) {
    auto& log = look.add(file);
    if (look.files[file].compressed) {
        // Not inflated for that, so that nothing but the file itself proves what it is.
        log.position = look.files[file].size_bytes;
        log.witness = {log.position, 0, 0};
        return look.judge(log_status::from_its_size, log.number, file);
    }
    log.position = look.evidence.line_end(file, look.files[file].size_bytes);
    auto head = look.evidence.head_of(file);
    if (head.length > 0) log.head = head;
    if (log.position > 0) log.anchors.push_back(look.evidence.mark_before(file, log.position));
    look.judge(log_status::from_its_size, log.number, file);
}

// Where files are numbered differently, a log that is not in sight may be this file. Less than what
// proves something is read again rather than left out.
static bool is_renumbered(look_table& look, std::size_t file) {
    if (look.options.lasting_inodes) return false;
    return std::ranges::any_of(look.logs, [&](auto& entry) {
        auto& log = entry.second;
        bool is_missed = log.phase == log_phase::followed && !look.in_sight.contains(log.number);
        bool has_ended = log.phase == log_phase::ended && !log.carried;
        if ((!is_missed && !has_ended) || log.family != look.files[file].family) return false;
        return look.evidence.proven(log, file).whole;
    });
}

static void begin_live(look_table& look, bool first) {
    auto strangers = look.strangers;
    std::map<std::uint64_t, log_number> followed;
    for (auto& [number, log] : look.logs) {
        if (log.phase == log_phase::followed) followed[log.file.inode] = number;
    }
    for (auto file : strangers) {
        auto& seen = look.files[file];
        if (seen.rotated || seen.compressed || look.latest_of(file)) continue;
        if (is_renumbered(look, file)) continue;
        if (!look.options.lasting_inodes && look.evidence.unreadable(file)) {
            look.doubt(file);
            continue;
        }
        look.strangers.erase(file);
        if (look.is_full()) {
            look.judge(log_status::too_many, 0, file);
            continue;
        }
        if (first && look.options.start_at_end) {
            begin_at_size(look, file);
            continue;
        }
        auto& log = look.add(file);
        auto earlier = followed.find(seen.file.inode);
        bool reused = earlier != followed.end();
        auto status = reused ? log_status::another_file : log_status::new_log;
        look.judge(status, log.number, file, reused ? earlier->second : 0);
    }
}

static log_state* original_of(look_table& look, const families& standing, std::size_t file) {
    auto kin = standing.find(look.files[file].family);
    if (kin == standing.end()) return nullptr;
    for (auto number : kin->second) {
        auto other = look.in_sight.at(number);
        if (look.evidence.is_beginning_of(file, other)) return &look.logs.at(number);
        if (look.evidence.unreadable(other)) look.doubt(other);
    }
    return nullptr;
}

static void judge_as_copy(look_table& look, std::size_t file, log_state* known, log_state& whole) {
    auto* log = known ? known : &look.add(file, log_phase::copy);
    log->name = look.files[file].name;
    log->copy_of = whole.number;
    log->doubt.reset();
    log->witness = look.evidence.mark_before(file, look.files[file].size_bytes);
    whole.proven_copy = log->witness;
    look.judge(log_status::copy, log->number, file, whole.number);
}

// Bytes that were seen before it was decided whose they are may be destroyed before it is.
static bool has_lost_bytes(look_table& look, const log_state& log, std::size_t file) {
    if (log.phase != log_phase::undecided || look.files[file].unfinished) return false;
    return !look.evidence.holds(file, log.witness) && !look.evidence.unreadable(file);
}

// What could not be decided at the last look is a stranger again, unless it has vanished.
static void revisit_undecided(look_table& look) {
    std::set<log_number> there;
    for (auto file : look.strangers) {
        auto* log = look.latest_of(file);
        if (!log) continue;
        if (has_lost_bytes(look, *log, file)) {
            bool shorter = look.files[file].size_bytes < log->size_seen();
            look.end(*log, shorter ? loss_cause::truncated : loss_cause::overwritten, 0);
        }
        there.insert(log->number);
    }
    std::erase_if(look.logs, [&](auto& entry) {
        auto& [number, log] = entry;
        return log.phase == log_phase::undecided && there.contains(number);
    });
    for (auto& [number, log] : look.logs) {
        bool copy = log.phase == log_phase::copy && log.doubt && !there.contains(number);
        if ((!copy && log.phase != log_phase::undecided) || look.is_hidden(log)) continue;
        auto proven = copy ? log.size_seen() : 0;  // That much is the original's.
        if (copy) log.witness = log.doubt->witness;
        look.end_vanished(log, proven);
    }
}

static void leave_undecided(look_table& look, std::size_t file, log_state* known) {
    auto now = look.evidence.mark_before(file, look.files[file].size_bytes);
    if (known) {
        known->doubt = content_doubt{{}, now};
    } else if (now.end > 0) {
        known = &look.add(file, log_phase::undecided);
        known->witness = now;
    }
    look.judge(log_status::undecided, known ? known->number : 0, file);
}

// Whether what a broken file begins with is the beginning of a log that has ended, or is about to.
static bool is_of_ended_log(look_table& look, std::size_t file) {
    return std::ranges::any_of(look.logs, [&](auto& entry) {
        auto& log = entry.second;
        bool stands = look.in_sight.contains(log.number) || log.phase == log_phase::copy;
        if (stands || log.family != look.files[file].family || !log.head) return false;
        return look.evidence.holds(file, *log.head);
    });
}

// What was seen of a known log is reported when that ends; of another it is at least what comes
// before the break.
static void give_up(look_table& look, const families& standing, std::size_t file) {
    if (auto* known = look.latest_of(file); known && known->phase == log_phase::copy) {
        known->copy_of = 0;
        return look.judge(log_status::broken, known->number, file);
    }
    bool is_known = original_of(look, standing, file) || is_of_ended_log(look, file);
    auto& log = look.add(file, log_phase::copy);
    log.witness = look.evidence.mark_before(file, look.files[file].size_bytes);
    if (!is_known) look.endings.push_back({log.number, loss_cause::broken, 0});
    look.judge(log_status::broken, log.number, file);
}

// Whether all that is left of the log that was in this file is what shred(1) has written over it.
static bool is_wiped(look_table& look, std::size_t file) {
    auto* earlier = look.latest_of(file);
    if (!earlier || look.files[file].compressed) return false;
    bool was_read = earlier->phase == log_phase::ended || earlier->is_given_up();
    return was_read && look.evidence.is_noise(file);
}

static void leave_wiped(look_table& look, std::size_t file) {
    auto* log = look.latest_of(file);
    if (log->phase == log_phase::ended) log = &look.add(file, log_phase::copy);
    log->name = look.files[file].name;
    log->witness = {look.files[file].size_bytes, 0, 0};
    look.judge(log_status::wiped, log->number, file);
}

// Returns the families of which nothing else is in doubt.
static std::set<std::string> wait_for_unfinished(look_table& look) {
    std::set<std::string> out;
    for (auto file : look.strangers) {
        auto& seen = look.files[file];
        if (seen.unfinished && look.is_settled(seen.family)) out.insert(seen.family);
    }
    for (auto file : look.strangers) {
        if (look.files[file].unfinished) look.doubt(file);
    }
    return out;
}

// As the copy of copytruncate while it is compressed: no other file can hold more of that log.
static bool holds_all_of_an_ended_log(look_table& look, std::size_t file) {
    return std::ranges::any_of(look.logs, [&](auto& entry) {
        auto& log = entry.second;
        bool is_kin = log.phase == log_phase::ended && !log.carried &&
                      log.family == look.files[file].family &&
                      !log.file.same_file(look.files[file].file);
        return is_kin && proof_of_remains(log, file, look.emptied, look.files, look.evidence).whole;
    });
}

unexplained_files judge_strangers(look_table& look, bool first) {
    revisit_undecided(look);
    begin_live(look, first);
    auto standing = standing_by_family(look);
    unexplained_files unexplained;
    auto compressing = wait_for_unfinished(look);
    for (auto file : look.strangers) {
        auto& seen = look.files[file];
        if (seen.unfinished) {
            look.judge(log_status::undecided, 0, file);
            continue;
        }
        if (seen.broken) {
            give_up(look, standing, file);
            continue;
        }
        if (is_wiped(look, file)) {
            leave_wiped(look, file);
            continue;
        }
        auto* known = look.latest_of(file);
        if (known && known->phase != log_phase::copy) known = nullptr;
        bool proven = known && look.in_sight.contains(known->copy_of) &&
                      known->size_seen() == seen.size_bytes;
        if (proven) {
            known->doubt.reset();
            look.judge(log_status::copy, known->number, file, known->copy_of);
            continue;
        }
        bool is_old = first && seen.compressed;
        auto* whole = is_old ? nullptr : original_of(look, standing, file);
        if (look.evidence.unreadable(file)) look.doubt(file);
        bool empty = seen.size_bytes == 0 && !known;
        bool is_sure = compressing.contains(seen.family) && holds_all_of_an_ended_log(look, file);
        if (empty || (!is_sure && !look.is_settled(seen.family))) {
            leave_undecided(look, file, known);
        } else if (whole) {
            judge_as_copy(look, file, known, *whole);
        } else if (first && (look.options.start_at_end || !seen.may_be_live)) {
            begin_at_size(look, file);
        } else {
            unexplained.files.push_back(file);
            if (!known) continue;
            auto original = look.logs.find(known->copy_of);
            auto read = original == look.logs.end() ? 0 : original->second.position;
            unexplained.read_before[file] = std::min(known->size_seen(), read);
            look.erase(known->number);
        }
    }
    return unexplained;
}

static void continue_log(look_table& look, const origin& found) {
    auto& before = look.logs.at(found.log->number);
    auto& log = look.add(found.file);
    log.head = before.head;
    log.position = found.from;
    std::ranges::copy_if(before.anchors, std::back_inserter(log.anchors), [&](auto& anchor) {
        return anchor.end <= found.from;
    });
    bool all = found.from == before.position;
    log.id = all ? before.id : "";
    log.life = before.life + (all ? 0 : 1);
    if (log.position > 0) {
        remember_anchor(log.anchors, look.evidence.mark_before(found.file, log.position));
    }
    before.carried = true;
    look.judge(log_status::remains, log.number, found.file, before.number);
    if (!all) return;
    // What was lost is at most what the file is not proven to hold.
    std::erase_if(look.endings, [&](auto& ending) {
        bool whole = before.size_seen() <= look.files[found.file].size_bytes;
        return ending.log == before.number && whole;
    });
    auto& copy = before.proven_copy;
    if (!copy || !look.evidence.holds(found.file, *copy) || copy->end <= before.position) return;
    for (auto& ending : look.endings) {
        if (ending.log != before.number) continue;
        auto line = look.evidence.line_end(found.file, copy->end);
        ending.lost_from = std::max(ending.lost_from, line);
    }
}

// A file that was a copy holds what was read of its original, although no anchor says so.
static void skip_what_was_read(
    look_table& look, log_state& log, std::size_t file, std::uint64_t to
) {
    auto line = look.evidence.line_end(file, to);
    if (line <= log.position) return;
    log.position = line;
    log.head = look.evidence.head_of(file);
    remember_anchor(log.anchors, look.evidence.mark_before(file, line));
}

void place_remains(look_table& look, const unexplained_files& unexplained) {
    std::vector<const log_state*> ended;
    for (auto& [number, log] : look.logs) {
        if (log.phase == log_phase::ended && !log.carried) ended.push_back(&log);
    }
    auto found = find_remains(unexplained.files, ended, look.emptied, look.files, look.evidence);
    std::stable_partition(found.begin(), found.end(), [](auto& o) { return !o.copy_of; });
    std::map<std::size_t, log_number> made;
    for (auto& one : found) {
        auto& seen = look.files[one.file];
        if (look.evidence.unreadable(one.file) || (!one.log && look.is_full())) {
            bool full = !look.evidence.unreadable(one.file);
            look.judge(full ? log_status::too_many : log_status::undecided, 0, one.file);
            continue;
        }
        if (one.copy_of && made.contains(*one.copy_of)) {
            judge_as_copy(look, one.file, nullptr, look.logs.at(made[*one.copy_of]));
            continue;
        }
        if (one.log) {
            continue_log(look, one);
        } else {
            auto* earlier = look.latest_of(one.file);
            auto life = earlier ? earlier->life + 1 : 0;
            auto& log = look.add(one.file);
            log.life = life;
            look.judge(log_status::unseen, log.number, one.file);
        }
        auto& log = look.logs.rbegin()->second;
        made[one.file] = log.number;
        auto read = unexplained.read_before.find(one.file);
        if (read != unexplained.read_before.end()) {
            skip_what_was_read(look, log, one.file, std::min(read->second, seen.size_bytes));
        }
    }
}

}  // namespace kustodrop::spool
