#include "pipeline/following/log_opening.hpp"

#include "pipeline/watch/record_forms.hpp"

#include <sys/statfs.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

namespace kustodrop::pipeline {

result<followed_folder> open_followed(const std::string& path) {
    auto opened = spool::drop_folder::open(path);
    if (!opened) return opened.error();
    auto lock = spool::follower_lock::take(*opened);
    if (!lock) return lock.error();
    auto folder = std::make_shared<spool::drop_folder>(std::move(*opened));
    return followed_folder{std::move(folder), std::move(*lock)};
}

void report_unlocked_folder(const watch& from, const spool::follower_lock& lock, logger& log) {
    log.warning(
        "the folder cannot be locked: make sure that no other daemon follows it",
        {{"watch", from.options.name}, {"path", from.options.path}, {"reason", lock.refusal()}}
    );
}

bool is_same_folder(const spool::folder_record& before, const spool::folder_record& now) {
    bool is_same_file = before.device == now.device && before.inode == now.inode;
    return before.path == now.path || is_same_file;
}

spool::following_rules rules_of(const watch_options& from, const std::string& state_directory) {
    spool::following_rules rules;
    rules.names = {from.include, from.exclude, ""};
    rules.rotated = from.follow.rotated;
    rules.recursive = from.recursive;
    rules.scratch = state_directory;
    auto& hold = from.follow.hold;
    rules.spills = from.follow.spill.max_bytes > 0 && !state_directory.empty();
    rules.hold = {hold.max_files, hold.max_bytes, hold.max_time, from.min_free_percent};
    rules.ranges.form = {spool::record_syntax::lines};
    auto form = record_form_of(from.target.format);
    if (form && form->syntax == spool::record_syntax::separated) rules.ranges.form = *form;
    rules.ranges.max_record = from.follow.max_record_bytes;
    rules.ranges.max_range = from.follow.cut.max_bytes;
    rules.ranges.records = from.follow.records;
    rules.ranges.records.max_record = from.follow.max_record_bytes;
    // What a column holds may have quotes of its own.
    if (!from.follow.columns.empty()) rules.ranges.form = {spool::record_syntax::lines};
    return rules;
}

static std::string boot_id() {
    std::string id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
    return id;
}

static std::uint64_t file_system_of(const spool::drop_folder& folder) {
    struct ::statfs facts = {};
    if (::fstatfs(folder.descriptor_of_root(), &facts) != 0) return 0;
    auto* half = facts.f_fsid.__val;
    return static_cast<std::uint64_t>(static_cast<unsigned>(half[0])) << 32u |
           static_cast<unsigned>(half[1]);
}

std::shared_ptr<spool::followed_logs> make_followed_logs(
    const watch& from, const std::string& state_directory
) {
    spool::book_options book;
    book.watch = from.options.name;
    book.file_system = file_system_of(*from.folder);
    book.lasting_inodes = from.folder->medium().lasting_inodes;
    book.boot_id = boot_id();
    book.start_at_end = from.options.follow.start == start_place::end;
    book.max_logs = from.options.follow.max_logs;
    return std::make_shared<spool::followed_logs>(
        std::move(book), rules_of(from.options, state_directory)
    );
}

}  // namespace kustodrop::pipeline
