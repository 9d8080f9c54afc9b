#include "spool/following/looking/nameless_logs.hpp"

#include "spool/folder/beneath.hpp"

#include <sys/stat.h>

#include <set>
#include <string>

namespace kustodrop::spool {

std::vector<seen_file> nameless_files(
    const std::map<std::uint64_t, open_log>& open,
    const log_book& book,
    const std::vector<seen_file>& met,
    const hidden_folders& hidden
) {
    std::set<std::uint64_t> inodes;
    for (auto& one : met) inodes.insert(one.facts.file.inode);
    std::map<std::uint64_t, log_phase> phases;
    for (auto& [number, log] : book.logs()) phases[log.file.inode] = log.phase;
    std::vector<seen_file> out;
    for (auto& [inode, log] : open) {
        struct ::stat facts = {};
        auto phase = phases.find(inode);
        bool is_known = phase != phases.end() && phase->second != log_phase::ended;
        if (!is_known || inodes.contains(inode)) continue;
        if (::fstat(log.opened->get(), &facts) != 0) continue;
        auto& seen = out.emplace_back();
        bool followed = phase->second == log_phase::followed;
        bool is_hidden = facts.st_nlink > 0 && is_beneath_any(log.name, hidden);
        seen.facts.name = followed && !is_hidden ? std::string() : log.name;
        seen.facts.family = log.family;
        seen.facts.rotated = !is_hidden || log.name != log.family;
        seen.facts.compressed = log.compressed;
        seen.facts.file = log.file;
        auto identity = identity_of(facts);
        seen.facts.size_bytes = identity.size_bytes;
        seen.full_size = identity.size_bytes;
        seen.changed_ns = identity.changed_ns;
        seen.opened = log.opened;
        seen.is_nameless = true;
        seen.is_deleted = facts.st_nlink == 0;
        if (seen.is_deleted) seen.held_bytes = static_cast<std::uint64_t>(facts.st_blocks) * 512;
    }
    return out;
}

writer_state writers_of(const open_log& log) {
    // Inflated bytes are in a file of our own.
    return log.compressed ? writer_state::none : probe_writers(log.opened->get());
}

}  // namespace kustodrop::spool
