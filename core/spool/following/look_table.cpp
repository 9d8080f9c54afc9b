#include "spool/following/look_table.hpp"

#include <algorithm>

namespace kustodrop::spool {

bool is_beneath_any(std::string_view name, const hidden_folders& folders) {
    return std::ranges::any_of(folders, [&](auto& folder) {
        bool is_in = name.starts_with(folder) && name.substr(folder.size()).starts_with('/');
        return folder.empty() || is_in;
    });
}

look_table::look_table(
    known_logs& known,
    log_number& last_number,
    const book_options& how,
    const std::vector<log_sighting>& seen,
    log_content& content,
    time_point time
)
    : logs(known),
      options(how),
      files(seen),
      evidence(how.sizes, seen, content),
      now(time),
      last_number_(last_number) {
    for (auto& [number, log] : logs) by_inode_.emplace(log.file.inode, number);
}

log_state* look_table::latest_of(std::size_t file) {
    log_state* latest = nullptr;
    auto [from, to] = by_inode_.equal_range(files[file].file.inode);
    for (auto one = from; one != to; ++one) {
        auto found = logs.find(one->second);
        if (found == logs.end() || !found->second.file.same_file(files[file].file)) continue;
        if (!latest || latest->number < found->first) latest = &found->second;
    }
    return latest;
}

log_state& look_table::add(std::size_t file, log_phase phase) {
    auto& seen = files[file];
    auto& log = logs[++last_number_];
    log.number = last_number_;
    log.name = seen.name;
    log.family = seen.family;
    log.file = seen.file;
    log.compressed = seen.compressed;
    log.phase = phase;
    log.boot_id = options.boot_id;
    by_inode_.emplace(log.file.inode, log.number);
    if (phase == log_phase::followed) in_sight[log.number] = file;
    return log;
}

void look_table::erase(log_number number) { logs.erase(number); }

void look_table::end(log_state& log, loss_cause cause, std::uint64_t lost_from) {
    log.phase = log_phase::ended;
    log.doubt.reset();
    in_sight.erase(log.number);
    endings.push_back({log.number, cause, lost_from});
    bool is_emptied = cause == loss_cause::truncated || cause == loss_cause::overwritten;
    if (is_emptied) emptied.insert(log.number);
}

void look_table::end_vanished(log_state& log, std::uint64_t lost_from) {
    end(log, vanished_as, lost_from);
    result.judgements.push_back({log_status::vanished, log.number, 0, std::nullopt});
}

void look_table::judge(log_status status, log_number log, std::size_t file, log_number other) {
    result.judgements.push_back({status, log, other, file});
}

}  // namespace kustodrop::spool
