#pragma once

#include "base/log.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/following/looking/followed_logs.hpp"
#include "spool/following/looking/follower_lock.hpp"

#include <memory>
#include <string>

namespace kustodrop::pipeline {

/// A folder whose logs no other daemon follows.
struct followed_folder {
    std::shared_ptr<spool::drop_folder> folder;
    spool::follower_lock lock;
};

/// Opens and locks the folder. Failures are those of drop_folder::open and follower_lock::take.
/// Blocking.
result<followed_folder> open_followed(const std::string& path);

/// Says that nothing keeps a second daemon out.
void report_unlocked_folder(const watch& from, const spool::follower_lock& lock, logger& log);

/// Whether a watch has its folder still: at its path, or at another one, to which it was moved or
/// where it is mounted now. Pure.
bool is_same_folder(const spool::folder_record& before, const spool::folder_record& now);

/// How the logs of a watch are found and cut.
spool::following_rules rules_of(const watch_options& from, const std::string& state_directory);

/// The logs of a watch whose folder is open, of which nothing is known yet.
std::shared_ptr<spool::followed_logs> make_followed_logs(
    const watch& from, const std::string& state_directory
);

}  // namespace kustodrop::pipeline
