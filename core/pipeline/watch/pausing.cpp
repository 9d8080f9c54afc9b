#include "pipeline/watch/pausing.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

bool pausing::failed(const refusal& refused, time_point now) {
    auto& code = refused.code;
    details_ = refused.details;
    if (paused_) {
        code_ = code;
        if (refused.source_id == probe_) probe_.clear();
        return true;
    }
    bool same_trouble = code == code_ && now - first_failure_ <= options_.within;
    if (!same_trouble) {
        failures_ = 0;
        first_failure_ = now;
    }
    code_ = code;
    failures_ += static_cast<unsigned>(std::min<std::size_t>(refused.files, options_.failures));
    if (failures_ < options_.failures) return false;
    paused_ = true;
    pause_ = options_.first_probe;
    next_probe_ = now + pause_;
    return true;
}

void pausing::worked(std::string_view source_id) {
    // What was sent before the mistake was made may still come in.
    if (paused_ && source_id != probe_) return;
    paused_ = false;
    failures_ = 0;
    code_.clear();
    details_.clear();
    probe_.clear();
}

std::optional<time_point> pausing::next_probe() const {
    if (!paused_) return std::nullopt;
    return next_probe_;
}

void pausing::probe(std::string_view source_id, time_point now) {
    probe_ = source_id;
    pause_ = std::min(pause_ * 2, options_.longest_probe);
    next_probe_ = now + pause_;
}

}  // namespace kustodrop::pipeline
