#include "spool/following/looking/open_logs.hpp"

#include "spool/reading/records/tail_check.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace kustodrop::spool {

open_logs::open_logs(std::vector<open_log> logs, bool lasting_inodes)
    : lasting_inodes_(lasting_inodes) {
    for (auto& log : logs) {
        auto inode = log.file.inode;
        by_inode_.emplace(inode, std::move(log));
    }
}

shared_descriptor open_logs::find(const slice& of) const {
    auto found = by_inode_.find(of.identity.inode);
    return found == by_inode_.end() ? nullptr : found->second.opened;
}

bool holds_slice(int file, const slice& of) {
    struct ::stat facts = {};
    if (::fstat(file, &facts) != 0 || std::uint64_t(facts.st_size) < of.end()) return false;
    bool starts = may_be_same(of.start_check, start_check(file, of.offset, of.end()));
    return starts && may_be_same(of.end_check, tail_check(file, of.end()));
}

const open_log* open_logs::holder_of(const slice& of) const {
    auto own = by_inode_.find(of.identity.inode);
    if (own != by_inode_.end() && holds_slice(own->second.opened->get(), of)) return &own->second;
    const open_log* living = nullptr;
    for (auto& [inode, log] : by_inode_) {
        bool is_kin = of.name == log.family || of.name.starts_with(log.family);
        if (!is_kin || !holds_slice(log.opened->get(), of)) continue;
        if (log.name != log.family) return &log;
        living = &log;
    }
    return lasting_inodes_ ? nullptr : living;
}

}  // namespace kustodrop::spool
