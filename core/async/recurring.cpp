#include "async/recurring.hpp"

#include <algorithm>

namespace kustodrop {

recurring::news recurring::say(const key& which, trouble& known, turn what, time_point until)
    const {
    return {what, which.first, which.second, known.times, until - known.began_at};
}

std::optional<recurring::news> recurring::failed(
    const std::string& place, const std::string& kind, time_point now
) {
    key which{place, kind};
    auto found = known_.find(which);
    bool long_over = found != known_.end() && found->second.end_is_said &&
                     now - found->second.said_at >= options_.interval;
    if (found == known_.end() || long_over) {
        if (found == known_.end()) make_room();
        auto& fresh = known_[which];
        fresh = trouble{now, now};
        return say(which, fresh, turn::begins, now);
    }
    auto& known = found->second;
    known.is_over = known.end_is_said = false;
    ++known.times;
    if (now - known.said_at < options_.interval) return std::nullopt;
    known.said_at = now;
    return say(which, known, turn::goes_on, now);
}

std::optional<recurring::news> recurring::end_of(const key& which, trouble& known, time_point now)
    const {
    if (!known.is_over || known.end_is_said) return std::nullopt;
    if (known.last_end_at && now - *known.last_end_at < options_.interval) return std::nullopt;
    known.end_is_said = true;
    known.last_end_at = now;
    known.said_at = now;
    return say(which, known, turn::ended, known.over_at);
}

std::vector<recurring::news> recurring::worked(const std::string& place, time_point now) {
    std::vector<news> out;
    for (auto at = known_.lower_bound({place, ""}); at != known_.end(); ++at) {
        auto& [which, known] = *at;
        if (which.first != place) break;
        if (!known.is_over) known.over_at = now;
        known.is_over = true;
        auto ending = end_of(which, known, now);
        if (ending) out.push_back(std::move(*ending));
    }
    return out;
}

std::vector<recurring::news> recurring::due(time_point now) {
    std::vector<news> out;
    for (auto& [which, known] : known_) {
        auto ending = end_of(which, known, now);
        if (ending) out.push_back(std::move(*ending));
    }
    std::erase_if(known_, [&](const auto& one) {
        return one.second.end_is_said && now - one.second.said_at >= options_.interval;
    });
    return out;
}

void recurring::make_room() {
    if (known_.size() < options_.most) return;
    auto said_before = [](const auto& one, const auto& other) {
        return one.second.said_at < other.second.said_at;
    };
    known_.erase(std::min_element(known_.begin(), known_.end(), said_before));
}

}  // namespace kustodrop
