#include "pipeline/watch/target_gate.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kustodrop::pipeline {

bool target_gate::refused(const refusal& what, time_point now) {
    details_ = what.details;
    if (paused_) {
        code_ = what.code;
        if (what.source_id != probe_) return true;
        at_post_ = what.at_post;
        probe_.clear();
        return true;
    }
    at_post_ = what.at_post;
    bool same_cause = what.code == code_ && now - first_failure_ <= options_.within;
    if (!same_cause) {
        failures_ = 0;
        first_failure_ = now;
    }
    code_ = what.code;
    failures_ += static_cast<unsigned>(std::min<std::size_t>(what.files, options_.failures));
    if (failures_ < options_.failures && !what.at_post) return false;
    paused_ = true;
    pause_ = options_.first_probe;
    next_probe_ = now + pause_;
    return true;
}

void target_gate::accepted(std::string_view source_id) {
    // Sources that were sent before the mistake was made may still be ingested.
    if (paused_ && source_id != probe_) return;
    reopen();
}

void target_gate::reopen() {
    paused_ = false;
    at_post_ = false;
    failures_ = 0;
    code_.clear();
    details_.clear();
    probe_.clear();
}

std::vector<std::string> target_gate::release(time_point now) {
    std::vector<std::string> out;
    if (held_.empty()) return out;
    if (!paused_) {
        std::ranges::move(held_, std::back_inserter(out));
        held_.clear();
    } else if (now >= next_probe_) {
        probe_ = std::move(held_.front());
        held_.pop_front();
        pause_ = std::min(pause_ * 2, options_.longest_probe);
        next_probe_ = now + pause_;
        out.push_back(probe_);
    }
    return out;
}

std::optional<time_point> target_gate::next_release(time_point now) const {
    if (held_.empty()) return std::nullopt;
    return paused_ ? next_probe_ : now;
}

}  // namespace kustodrop::pipeline
