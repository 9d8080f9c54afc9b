#pragma once

#include "async/awaitable.hpp"
#include "pipeline/following/log_opening.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/intake/life.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/journal/journal_records.hpp"

#include <optional>
#include <vector>

/// The folder that a watch followed before a restart gave it another one.
namespace kustodrop::pipeline {

/// Whether logs of a watch are to be read where they were followed, or ranges of them that are cut
/// and not uploaded. Pure but for the sources that are looked at.
bool may_need_folder(
    const std::vector<spool::log_record>& logs,
    const absent_sources& absent,
    const std::string& watch
);

/// Whether another folder is at the path of the one that was followed before. Pure.
bool is_replaced(
    const spool::folder_record& before, const spool::folder_record& now, const spool::medium& on
);

/// Says so of the folder that a watch has open.
void report_if_replaced(
    const watch& from, const std::optional<spool::folder_record>& before, logger& log
);

/// What is known of the folder with the logs of a watch.
struct known_folder {
    std::optional<spool::folder_record> before;
    spool::folder_record now;
    bool is_recovered = false;  // The logs are of the positions beside a journal that was lost.
};

/// Takes over what the journal has of the logs. Where they are of another folder than the one that
/// is open, that one is new, and they were left behind: true.
bool restore_logs(
    spool::followed_logs& logs, std::vector<spool::log_record> journaled, const known_folder& of
);

/// Opens the folder of a watch. Where that is another one than before, and the former one, of which
/// something is `needed`, is still there, that one is opened: the watch goes to its own when all of
/// it is shipped, as it does when a reload changes its path.
asio::awaitable<result<followed_folder>> open_own_or_former(
    watch& from,
    intake_parts& with,
    life& state,
    std::optional<spool::folder_record> before,
    bool needed
);

}  // namespace kustodrop::pipeline
