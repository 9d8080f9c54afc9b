#include "spool/following/known_files.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <vector>

namespace kustodrop::spool {

// Whether a smaller size is not a mistake of the file system, which may report an old one.
static bool shrank_for_certain(look_table& look, log_state& log, std::size_t file) {
    auto size = look.files[file].size_bytes;
    bool has_head = log.head && size >= log.head->end;
    if (has_head && !look.evidence.holds(file, *log.head)) return true;
    auto since = log.doubt ? log.doubt->since.value_or(look.now) : look.now;
    if (look.now - since >= look.options.doubt_for) return true;
    if (log.doubt && !look.evidence.holds(file, log.doubt->witness)) return true;
    log.doubt = content_doubt{since, look.evidence.mark_before(file, size)};
    return false;
}

// A new life from the last of these anchors on.
static void continue_from(
    look_table& look,
    log_state& log,
    std::size_t file,
    std::vector<content_mark>::const_iterator anchors_end,
    std::uint64_t lost_from
) {
    auto& next = look.add(file);
    next.life = log.life + 1;
    next.head = log.head;
    next.anchors.assign(log.anchors.cbegin(), anchors_end);
    next.position = next.anchors.back().end;
    look.judge(log_status::cut_short, next.number, file, log.number);
    look.end(log, loss_cause::truncated, lost_from);
}

// What was not synced before a power failure has vanished, or NULs; what an anchor proves is there.
static bool cut_short(look_table& look, log_state& log, std::size_t file) {
    if (!log.head || !look.evidence.holds(file, *log.head)) return false;
    auto holding = std::find_if(log.anchors.rbegin(), log.anchors.rend(), [&](auto& anchor) {
        return look.evidence.holds(file, anchor);
    });
    if (holding == log.anchors.rend()) return false;
    auto size = look.files[file].size_bytes;
    bool nothing_cut_is_lost = holding->end == log.position && size < log.size_seen();
    auto lost_from = nothing_cut_is_lost ? size : log.position;
    continue_from(look, log, file, holding.base(), lost_from);
    return true;
}

// So may what was cut already, by truncate(1) or an editor. What was there when the size was found
// smaller first, up to the last anchor, is proven; a file that was written again has other bytes
// before one of them.
static bool cut_back(look_table& look, log_state& log, std::size_t file) {
    auto& seen = look.files[file];
    auto& evidence = look.evidence;
    if (seen.rotated && !seen.name.empty()) return false;
    if (!log.head || !evidence.holds(file, *log.head)) return false;
    if (log.doubt && !evidence.holds(file, log.doubt->witness)) return false;
    auto left = log.doubt ? log.doubt->witness.end : seen.size_bytes;
    auto beyond = std::ranges::upper_bound(log.anchors, left, {}, &content_mark::end);
    if (beyond == log.anchors.begin() || std::prev(beyond)->end < evidence.sizes().least) {
        return false;
    }
    bool all_hold = std::all_of(log.anchors.begin(), beyond, [&](auto& one) {
        return evidence.holds(file, one);
    });
    if (all_hold) continue_from(look, log, file, beyond, log.position);
    return all_hold;
}

// The end of a log may be taken back, as by a writer that rewrites its last line. Logs often begin
// alike, so that less than what proves something is read again rather than left out.
static bool keeps_what_was_cut(look_table& look, const log_state& log, std::size_t file) {
    auto& evidence = look.evidence;
    if (log.anchors.empty() || log.position < evidence.sizes().least) return false;
    if (log.head && !evidence.holds(file, *log.head)) return false;
    return std::ranges::all_of(log.anchors, [&](auto& one) { return evidence.holds(file, one); });
}

static void take_back_end(look_table& look, log_state& log, std::size_t file) {
    look.endings.push_back({log.number, loss_cause::truncated, look.files[file].size_bytes});
    log.doubt.reset();
    log.boot_id = look.options.boot_id;
    look.judge(log_status::same_log, log.number, file);
}

// What a rotator copied over a file under a rotated name may be another log: it is judged as a file
// that was not met before.
static bool may_hold_another(look_table& look, const log_state& log, std::size_t file) {
    auto& seen = look.files[file];
    if (!seen.rotated || seen.name.empty() || seen.size_bytes == 0) return false;
    return !log.doubt || look.evidence.holds(file, log.doubt->witness);
}

static void begin_new_life(look_table& look, log_state& log, std::size_t file, loss_cause cause) {
    if (may_hold_another(look, log, file) || look.evidence.is_noise(file)) {
        look.end(log, cause);
        look.strangers.insert(file);
        return;
    }
    auto doubt = log.doubt;
    look.end(log, cause);
    auto* next = &look.add(file);
    next->life = log.life + 1;
    if (doubt && !look.evidence.holds(file, doubt->witness)) {
        // What was there while the size was in doubt has been truncated as well.
        next->witness = doubt->witness;
        look.end(*next, loss_cause::truncated);
        auto life = next->life + 1;
        next = &look.add(file);
        next->life = life;
    }
    look.judge(log_status::truncated, next->number, file, log.number);
}

static void judge_known(look_table& look, log_state& log, std::size_t file) {
    auto& seen = look.files[file];
    if (!seen.name.empty()) {
        log.name = seen.name;
        log.family = seen.family;
    }
    look.strangers.erase(file);
    if (seen.broken) {
        look.end(log, loss_cause::broken);
        log.phase = log_phase::copy;
        log.copy_of = 0;
        return look.judge(log_status::broken, log.number, file);
    }
    look.in_sight[log.number] = file;
    bool shorter = seen.size_bytes < log.size_seen();
    bool unchanged = !shorter && look.evidence.is_unchanged(log, file);
    if (look.evidence.unreadable(file)) {
        look.doubt(file);
        return look.judge(log_status::undecided, log.number, file);
    }
    if (unchanged) {
        log.doubt.reset();
        log.boot_id = look.options.boot_id;
        return look.judge(log_status::same_log, log.number, file);
    }
    if (log.boot_id != look.options.boot_id && cut_short(look, log, file)) return;
    if (shorter && !shrank_for_certain(look, log, file)) {
        look.doubt(file);
        return look.judge(log_status::shrink_doubted, log.number, file);
    }
    bool kept = shorter && seen.size_bytes >= log.position && keeps_what_was_cut(look, log, file);
    if (kept) return take_back_end(look, log, file);
    if ((shorter || log.doubt) && cut_back(look, log, file)) return;
    auto cause = shorter ? loss_cause::truncated : loss_cause::overwritten;
    begin_new_life(look, log, file, cause);
}

// An ended log may be renamed out of the folder and back. One that another file continues is not
// needed any more.
static void let_return(look_table& look) {
    auto strangers = look.strangers;
    for (auto file : strangers) {
        auto* log = look.latest_of(file);
        if (!log || log->phase != log_phase::ended || log->carried) continue;
        auto has_just_ended = [&](auto& ending) { return ending.log == log->number; };
        if (std::ranges::any_of(look.endings, has_just_ended)) continue;
        if (look.files[file].name.empty() || look.files[file].broken) continue;
        log->phase = log_phase::followed;
        look.judge(log_status::returned, log->number, file);
        judge_known(look, *log, file);
    }
}

void judge_known_files(look_table& look) {
    std::multimap<std::uint64_t, std::size_t> by_inode;
    for (std::size_t file = 0; file < look.files.size(); ++file) {
        by_inode.emplace(look.files[file].file.inode, file);
        look.strangers.insert(file);
    }
    std::vector<log_number> followed;
    for (auto& [number, log] : look.logs) {
        if (log.phase == log_phase::followed) followed.push_back(number);
    }
    for (auto number : followed) {
        auto& log = look.logs.at(number);
        std::optional<std::size_t> mine;
        auto [from, to] = by_inode.equal_range(log.file.inode);
        for (auto one = from; one != to; ++one) {
            auto& seen = look.files[one->second];
            if (!seen.file.same_file(log.file)) continue;
            look.strangers.erase(one->second);  // Another name of it is not a stranger either.
            if (!mine || look.files[*mine].name.empty()) mine = one->second;
        }
        if (mine) judge_known(look, log, *mine);
    }
    let_return(look);
    std::erase_if(look.strangers, [&](auto file) { return look.files[file].name.empty(); });
}

void end_vanished_logs(look_table& look) {
    for (auto& [number, log] : look.logs) {
        if (log.phase != log_phase::followed || look.in_sight.contains(number)) continue;
        if (!look.is_settled(log.family) || look.is_hidden(log)) continue;
        look.end_vanished(log, log.position);
    }
}

void note_sizes(look_table& look) {
    for (auto [number, file] : look.in_sight) {
        auto& log = look.logs.at(number);
        bool known = log.doubt || look.files[file].size_bytes == log.size_seen();
        if (known || look.evidence.unreadable(file)) continue;
        auto witness = look.evidence.mark_before(file, look.files[file].size_bytes);
        if (!look.evidence.unreadable(file)) log.witness = witness;
    }
}

}  // namespace kustodrop::spool
