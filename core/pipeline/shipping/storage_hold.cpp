#include "pipeline/shipping/storage_hold.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr std::string_view upload = "upload";
static constexpr std::string_view post = "post";

static std::string_view next_for(const spool::source& what) {
    return std::holds_alternative<spool::stage::claimed>(what.stage) ? upload : post;
}

bool storage_hold::refused(std::string_view operation, std::string_view source_id, time_point now) {
    if (probe_ == source_id) probe_.clear();
    if (holds_) return false;
    if (operation_ != operation) {
        operation_ = operation;
        refusals_ = 0;
    }
    if (refusals_++ == 0) since_ = now;
    if (refusals_ < least_refusals || now - since_ < least_time) return false;
    holds_ = true;
    pause_ = first_pause;
    next_probe_ = now + pause_;
    return true;
}

bool storage_hold::succeeded(std::string_view operation) {
    if (operation != operation_) return false;
    bool ends = holds_;
    *this = storage_hold();
    return ends;
}

std::optional<time_point> storage_hold::wait_until(
    std::string_view next, const std::string& source_id, time_point now
) {
    bool is_beyond = operation_ == upload && next == post;
    if (!holds_ || is_beyond || probe_ == source_id) return std::nullopt;
    if (now < next_probe_) return next_probe_;
    probe_ = source_id;
    pause_ = std::min(pause_ * 2, longest_pause);
    next_probe_ = now + pause_;
    return std::nullopt;
}

void storage_holds::refused(const spool::source& what, const failure& problem, time_point now) {
    std::string operation(next_for(what));
    auto& mine = holds_[what.watch];
    mine.because = problem;
    mine.because.detail = "storage refuses every " + operation + ": " + problem.detail;
    if (!mine.hold.refused(operation, what.id, now)) return;
    log_.error(
        "the watch is held: storage refuses it on every account; files wait and one is tried now "
        "and then",
        {{"watch", what.watch},
         {"operation", operation},
         {"code", problem.code.text()},
         {"detail", problem.message()},
         {"request_id", problem.request_id}}
    );
}

void storage_holds::succeeded(const std::string& watch, std::string_view operation) {
    auto held = holds_.find(watch);
    if (held == holds_.end() || !held->second.hold.succeeded(operation)) return;
    log_.info(
        "the watch is held no longer: storage takes what it sends",
        {{"watch", watch}, {"operation", std::string(operation)}}
    );
}

std::optional<time_point> storage_holds::wait_until(const spool::source& what, time_point now) {
    auto held = holds_.find(what.watch);
    if (held == holds_.end()) return std::nullopt;
    return held->second.hold.wait_until(next_for(what), what.id, now);
}

std::optional<failure> storage_holds::reason(const std::string& watch) const {
    auto held = holds_.find(watch);
    if (held == holds_.end() || !held->second.hold.holds()) return std::nullopt;
    return held->second.because;
}

}  // namespace kustodrop::pipeline
