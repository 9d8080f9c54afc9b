#include "spool/following/look_wheel.hpp"

#include <algorithm>

namespace kustodrop::spool {

wheel_options wheel_for(duration max_age) {
    wheel_options made;
    made.busy = std::clamp<duration>(max_age / 4, 250ms, made.quiet);
    return made;
}

void look_wheel::set(log_number log, turn& one, std::optional<time_point> at) {
    if (one.at) turns_.erase({*one.at, log});
    one.at = at;
    if (at) turns_.emplace(*at, log);
}

void look_wheel::add(log_number log, time_point now) {
    auto [place, is_new] = logs_.try_emplace(log, turn{options_.busy, {}});
    if (is_new) set(log, place->second, now);
}

void look_wheel::remove(log_number log) {
    auto found = logs_.find(log);
    if (found == logs_.end()) return;
    set(log, found->second, std::nullopt);
    logs_.erase(found);
}

void look_wheel::looked(log_number log, bool moved, bool awaited, time_point now) {
    auto found = logs_.find(log);
    if (found == logs_.end()) return;
    auto& one = found->second;
    auto longer = std::min(one.interval * 2, options_.quiet);
    one.interval = moved ? options_.busy : longer;
    bool sleeps = awaited && !moved;
    set(log, one, sleeps ? std::nullopt : std::optional(now + one.interval));
}

void look_wheel::hurry(log_number log, time_point now) {
    auto found = logs_.find(log);
    if (found == logs_.end()) return;
    auto& one = found->second;
    one.interval = options_.busy;
    if (!one.at || *one.at > now) set(log, one, now);
}

std::vector<log_number> look_wheel::due(time_point now, std::size_t limit) const {
    std::vector<log_number> logs;
    for (auto& [at, log] : turns_) {
        if (at > now || logs.size() >= limit) break;
        logs.push_back(log);
    }
    return logs;
}

std::optional<time_point> look_wheel::next_due() const {
    if (turns_.empty()) return std::nullopt;
    return turns_.begin()->first;
}

bool look_wheel::is_quiet(log_number log) const {
    auto found = logs_.find(log);
    return found != logs_.end() && found->second.interval >= options_.quiet;
}

}  // namespace kustodrop::spool
