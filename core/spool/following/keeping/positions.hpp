#pragma once

#include "base/result.hpp"
#include "spool/following/log_state.hpp"
#include "spool/journal/journal_records.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is kept of the logs of a watch beside the journal, so that its loss costs little.
namespace kustodrop::spool {

/// Up to where the bytes of each log have an outcome, and how each is recognised.
struct kept_positions {
    std::string path;  // The watch's folder: the logs of another one are other ones.
    std::vector<log_record> logs;

    friend bool operator==(const kept_positions&, const kept_positions&) = default;
};

/// The log as it was when it was cut up to `settled` at most: everything behind is read again. Of
/// its anchors only those before are left, and the last of them is its position. Pure.
log_state set_back(log_state log, std::uint64_t settled);

/// All logs of a watch so set back: `unsettled` has the first offset of what is still on its way of
/// a log, by its id. Pure.
std::vector<log_record> settled_records(
    const std::string& watch,
    const std::map<log_number, log_state>& logs,
    const std::map<std::string, std::uint64_t>& unsettled
);

/// As text, and back; nothing if it is not whole or of another format. Pure.
std::string text_of(const kept_positions& positions);
std::optional<kept_positions> positions_of(std::string_view text);

/// The watch's part of the state directory.
std::string follow_folder(const std::string& state_directory, const std::string& watch);

/// Writes FOLDER/positions so that it is whole whenever the power fails. Blocking.
result<void> write_positions(const std::string& folder, const kept_positions& positions);

/// Reads it; nothing if there is none, or none that can be read. Blocking.
std::optional<kept_positions> read_positions(const std::string& folder);

/// Gives the watch the part that belongs to its folder, as the positions in it say, where it had
/// another name in an earlier run. Blocking.
void adopt_follow_folder(
    const std::string& state_directory, const std::string& watch, const std::string& path
);

}  // namespace kustodrop::spool
