#include "spool/following/log_evidence.hpp"

#include <algorithm>
#include <string>

namespace kustodrop::spool {

std::optional<std::uint64_t> log_evidence::hash(
    std::size_t file, std::uint64_t from, std::uint64_t to
) {
    auto found = content_.hash(file, from, to);
    if (!found) unreadable_.insert(file);
    return found;
}

bool log_evidence::holds(std::size_t file, const content_mark& mark) {
    if (mark.end > size_of(file)) return false;
    return mark.length == 0 || hash(file, mark.end - mark.length, mark.end) == mark.hash;
}

content_mark log_evidence::mark_before(std::size_t file, std::uint64_t end) {
    auto length = std::min(end, sizes_.anchor);
    if (length == 0) return {};
    return {end, length, hash(file, end - length, end).value_or(0)};
}

content_mark log_evidence::head_of(std::size_t file) {
    auto length = std::min(size_of(file), sizes_.head);
    if (length == 0) return {};
    return {length, length, hash(file, 0, length).value_or(0)};
}

bool log_evidence::is_beginning_of(std::size_t file, std::size_t other) {
    auto end = size_of(file);
    if (end > size_of(other)) return false;
    if (end == 0) return true;
    auto head = std::min(end, sizes_.head);
    auto here = hash(file, 0, head);
    auto there = hash(other, 0, head);
    if (!here || here != there) return false;
    auto tail = mark_before(file, end);
    return !unreadable(file) && holds(other, tail);
}

// What follows must prove by itself that it is the same log.
bool log_evidence::is_freed(const log_state& log, std::size_t file) {
    if (!log.head || log.anchors.empty() || log.position < sizes_.least) return false;
    std::string nuls(log.head->length, '\0');
    return holds(file, {log.head->end, log.head->length, content_hash(nuls)});
}

bool log_evidence::is_unchanged(const log_state& log, std::size_t file) {
    if (log.head && !holds(file, *log.head) && !is_freed(log, file)) return false;
    if (!log.anchors.empty() && !holds(file, log.anchors.back())) return false;
    return holds(file, log.witness);
}

log_evidence::proof log_evidence::proven(const log_state& log, std::size_t file) {
    if (log.head && !holds(file, *log.head)) return {};
    bool all_seen = size_of(file) >= log.size_seen();
    if (all_seen && !holds(file, log.witness)) return {};
    auto marks = log.anchors;
    if (log.proven_copy && log.proven_copy->end <= log.position) marks.push_back(*log.proven_copy);
    std::ranges::sort(marks, {}, &content_mark::end);
    proof made;
    for (auto& mark : marks) {
        if (!holds(file, mark)) break;
        made.end = mark.end;
    }
    made.all = made.end == log.position && all_seen && log.size_seen() > 0;
    made.whole = made.all && log.size_seen() >= sizes_.least;
    return made;
}

}  // namespace kustodrop::spool
