#include "spool/following/log_records.hpp"

#include <array>
#include <sstream>
#include <string_view>
#include <utility>

namespace kustodrop::spool {

static constexpr std::array phases{
    std::pair(log_phase::followed, std::string_view("followed")),
    std::pair(log_phase::copy, std::string_view("copy")),
    std::pair(log_phase::undecided, std::string_view("undecided")),
    std::pair(log_phase::ended, std::string_view("ended"))};

// A letter for what the mark is of, and its three numbers.
static void add_mark(std::string& text, char what, const content_mark& mark) {
    if (!text.empty()) text += ' ';
    text += what;
    for (auto number : {mark.end, mark.length, mark.hash}) text += ' ' + std::to_string(number);
}

static std::string evidence_of(const log_state& log) {
    std::string text;
    add_mark(text, 'w', log.witness);
    if (log.head) add_mark(text, 'h', *log.head);
    for (auto& anchor : log.anchors) add_mark(text, 'a', anchor);
    if (log.proven_copy) add_mark(text, 'c', *log.proven_copy);
    if (log.doubt) add_mark(text, 'd', log.doubt->witness);
    return text;
}

static bool read_evidence(const std::string& text, log_state& log) {
    std::istringstream fields(text);
    char what = 0;
    while (fields >> what) {
        content_mark mark;
        if (!(fields >> mark.end >> mark.length >> mark.hash) || mark.length > mark.end)
            return false;
        switch (what) {
        case 'w':
            log.witness = mark;
            break;
        case 'h':
            log.head = mark;
            break;
        case 'a':
            log.anchors.push_back(mark);
            break;
        case 'c':
            log.proven_copy = mark;
            break;
        case 'd':
            log.doubt = content_doubt{{}, mark};
            break;
        default:
            return false;
        }
    }
    return true;
}

log_record record_of(const std::string& watch, const log_state& log) {
    log_record record;
    record.watch = watch;
    record.number = log.number;
    record.id = log.id;
    record.name = log.name;
    record.family = log.family;
    record.inode = log.file.inode;
    record.born_ns = log.file.born_ns;
    record.handle = log.file.handle;
    record.compressed = log.compressed;
    record.life = log.life;
    for (auto& [phase, name] : phases) {
        if (phase == log.phase) record.phase = name;
    }
    record.copy_of = log.copy_of;
    record.carried = log.carried;
    record.position = log.position;
    record.size_seen = log.size_seen();
    record.evidence = evidence_of(log);
    record.boot_id = log.boot_id;
    return record;
}

std::optional<log_state> state_of(const log_record& record) {
    log_state log;
    log.number = record.number;
    log.id = record.id;
    log.name = record.name;
    log.family = record.family;
    log.file = {record.inode, record.born_ns, record.handle};
    log.compressed = record.compressed;
    log.life = record.life;
    log.copy_of = record.copy_of;
    log.carried = record.carried;
    log.position = record.position;
    log.boot_id = record.boot_id;
    bool known_phase = false;
    for (auto& [phase, name] : phases) {
        if (name != record.phase) continue;
        log.phase = phase;
        known_phase = true;
    }
    if (!known_phase || !read_evidence(record.evidence, log)) return std::nullopt;
    return log;
}

}  // namespace kustodrop::spool
