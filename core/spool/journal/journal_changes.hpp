#pragma once

#include "spool/journal/journal_records.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace kustodrop::spool {

/// What a transaction writes.
struct source_change {
    spool::source source;
    wall_time changed_at{};
};
/// Whether a crash should not lose the record although no one waits for it: with a claim goes its
/// target, and without the answer to its post the post would be an ambiguous one.
inline bool is_urgent(const source& what) {
    bool is_claim = std::holds_alternative<stage::claimed>(what.stage);
    bool is_new = is_claim && what.attempts == 0 && what.begun == 0;
    return is_new || std::holds_alternative<stage::posted>(what.stage);
}

struct kept_change {
    kept_file file;
};
struct forgotten_change {
    std::string watch;
    std::string name;
};
/// Sources whose files have passed from one to another: all of it, or none.
struct regrouped_change {
    std::vector<source_change> sources;
};
/// A watch has another name: its sources that are not done with, its kept files, its logs and its
/// folder.
struct renamed_change {
    std::string from;
    std::string to;
};
struct folder_change {
    folder_record folder;
};
/// A source that was cut from logs, and the logs at their new positions: all of it, or none.
struct cut_change {
    source_change source;
    std::vector<log_record> logs;
};
/// Logs that a look has changed, and numbers of logs that are not needed any more.
struct logs_change {
    std::string watch;
    std::vector<log_record> written;
    std::vector<std::uint64_t> forgotten;
};
using journal_change = std::variant<
    source_change,
    kept_change,
    forgotten_change,
    regrouped_change,
    renamed_change,
    folder_change,
    cut_change,
    logs_change>;

/// What a change is about, for the log.
std::string subject_of(const journal_change& change);

/// What one transaction writes. Shared, for who asks may have to write it once more.
using journal_group = std::vector<std::shared_ptr<const journal_change>>;

}  // namespace kustodrop::spool
