#include "spool/following/log_book.hpp"

#include "spool/following/known_files.hpp"
#include "spool/following/strangers.hpp"

#include <map>
#include <string>
#include <utility>

namespace kustodrop::spool {

void log_book::restore(std::vector<log_state> logs, log_number last_number) {
    for (auto& log : logs) logs_[log.number] = std::move(log);
    written_ = logs_;
    last_number_ = last_number;
    begun_ = true;
}

look_result log_book::look(
    const std::vector<log_sighting>& files,
    log_content& content,
    time_point now,
    const hidden_folders& hidden
) {
    look_table look(logs_, last_number_, options_, files, content, now);
    look.hidden = hidden;
    look.emptied = std::move(emptied_);
    if (!begun_) look.vanished_as = loss_cause::left;
    judge_known_files(look);
    auto unexplained = judge_strangers(look, !std::exchange(begun_, true));
    end_vanished_logs(look);
    place_remains(look, unexplained);
    keep_emptied(look);
    report_losses(look);
    note_sizes(look);
    forget_ended(look);
    return std::move(look.result);
}

// What is left of them may be in what could not be compared.
void log_book::keep_emptied(look_table& look) {
    emptied_ = std::move(look.emptied);
    std::erase_if(emptied_, [&](auto number) {
        auto log = logs_.find(number);
        return log == logs_.end() || look.is_settled(log->second.family);
    });
}

void log_book::report_losses(look_table& look) {
    for (auto& ending : look.endings) {
        auto& log = logs_.at(ending.log);
        auto to = log.size_seen();
        if (to <= ending.lost_from) continue;
        auto id = log.id.empty() ? made_id(log) : log.id;
        look.result.losses.push_back(
            {ending.log, ending.lost_from, to, ending.cause, log.name, std::move(id)}
        );
    }
}

// Copies go with their files.
void log_book::forget_copies(const look_table& look, std::set<log_number>& needed) {
    std::set<std::uint64_t> inodes;
    for (auto& file : look.files) inodes.insert(file.file.inode);
    std::erase_if(logs_, [&](auto& entry) {
        auto& log = entry.second;
        if (log.phase != log_phase::copy) return false;
        bool there = inodes.contains(log.file.inode) || look.is_hidden(log);
        if (there) needed.insert(log.copy_of);
        return !there;
    });
}

// An ended log is known until nothing can be left of it. Where nothing of its family is there, a
// folder may have been moved away, or is not mounted yet: it is known for some time longer.
void log_book::forget_ended(const look_table& look) {
    std::set<log_number> needed;
    forget_copies(look, needed);
    std::set<std::string> families;
    for (auto& file : look.files) families.insert(file.family);
    std::map<std::string, std::size_t> ended;
    std::map<log_number, time_point> alone;
    for (auto entry = logs_.rbegin(); entry != logs_.rend(); ++entry) {
        auto& log = entry->second;
        if (log.phase != log_phase::ended || log.carried || needed.contains(log.number)) continue;
        if (ended[log.family]++ >= options_.max_ended) continue;
        if (!families.contains(log.family)) {
            auto before = alone_since_.find(log.number);
            auto since = before == alone_since_.end() ? look.now : before->second;
            bool is_over = look.now - since >= options_.alone_for;
            if (is_over || alone.size() >= options_.max_alone) continue;
            alone[log.number] = since;
        }
        needed.insert(log.number);
    }
    alone_since_ = std::move(alone);
    std::erase_if(logs_, [&](auto& entry) {
        return entry.second.phase == log_phase::ended && !needed.contains(entry.first);
    });
}

bool log_book::look_at(log_number number, const log_sighting& file, log_content& content) {
    auto found = logs_.find(number);
    if (found == logs_.end() || found->second.phase != log_phase::followed) return false;
    auto& log = found->second;
    if (log.doubt || !log.file.same_file(file.file)) return false;
    std::vector<log_sighting> files{file};
    log_evidence evidence(options_.sizes, files, content);
    if (!evidence.is_unchanged(log, 0)) return false;
    if (file.size_bytes == log.size_seen()) return true;
    auto witness = evidence.mark_before(0, file.size_bytes);
    if (!evidence.unreadable(0)) log.witness = witness;
    return !evidence.unreadable(0);
}

void log_book::cut(
    log_number number,
    const content_mark& anchor,
    std::optional<content_mark> head,
    const std::vector<content_mark>& inside
) {
    auto& log = logs_.at(number);
    if (!log.head) log.head = head;
    if (log.id.empty()) log.id = made_id(log);
    log.position = anchor.end;
    for (auto& one : inside) remember_anchor(log.anchors, one);
    remember_anchor(log.anchors, anchor);
}

std::string log_book::made_id(const log_state& log) const {
    auto first = log.head.value_or(content_mark{});
    return make_log_id({options_.watch, options_.file_system, log.file, first, log.life});
}

std::string log_book::id_with(log_number number, const std::optional<content_mark>& head) const {
    auto log = logs_.at(number);
    if (!log.head) log.head = head;
    return log.id.empty() ? made_id(log) : log.id;
}

void log_book::end(log_number number) { logs_.at(number).phase = log_phase::ended; }

std::vector<log_loss> log_book::unread() const {
    std::vector<log_loss> out;
    for (auto& [number, log] : logs_) {
        bool is_read = log.phase == log_phase::followed || log.phase == log_phase::undecided;
        if (!is_read || log.size_seen() <= log.position) continue;
        auto id = log.id.empty() ? made_id(log) : log.id;
        out.push_back({number, log.position, log.size_seen(), loss_cause::left, log.name, id});
    }
    return out;
}

const log_state* log_book::find(log_number number) const {
    auto found = logs_.find(number);
    return found == logs_.end() ? nullptr : &found->second;
}

book_changes log_book::changes() {
    book_changes made;
    for (auto& [number, log] : logs_) {
        auto kept = log;
        if (kept.doubt) kept.doubt->since.reset();
        auto& there = written_[number];
        if (there == kept) continue;
        there = kept;
        made.written.push_back(std::move(kept));
    }
    std::erase_if(written_, [&](auto& entry) {
        bool forgotten = !logs_.contains(entry.first);
        if (forgotten) made.forgotten.push_back(entry.first);
        return forgotten;
    });
    return made;
}

}  // namespace kustodrop::spool
