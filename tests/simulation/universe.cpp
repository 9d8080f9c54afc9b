#include "simulation/universe.hpp"

#include <cstdio>
#include <numeric>
#include <span>

namespace kustodrop::simulation {

void trace::mix(std::string_view bytes) {
    for (unsigned char byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001b3u;
}

void trace::note(duration since_start, std::string_view line) {
    auto us = std::chrono::duration_cast<std::chrono::microseconds>(since_start).count();
    auto fraction = std::to_string(1'000'000 + us % 1'000'000);
    auto whole = std::to_string(us / 1'000'000) + '.' + fraction.substr(1) + ' ';
    whole += line;
    mix(whole);
    mix("\n");
    ++lines_;
    if (print_) std::printf("%s\n", whole.c_str());
    last_.push_back(std::move(whole));
    if (last_.size() > kept_) last_.pop_front();
}

static constexpr std::array<std::string_view, fault_kinds> fault_names{
    "refused",
    "reset_before",
    "reset_after",
    "stall",
    "throttled",
    "server_error",
    "token_refused",
    "outage",
    "short_sas",
    "rotation",
    "skewed_date",
    "calendar_jump",
    "foreign_notifications",
    "double_notification",
    "lost_notification",
    "stolen_notification",
    "transient_failure",
    "asked_again",
    "early_cleaning",
    "folder_away",
    "crash",
    "restart",
    "journal_lost",
    "journal_cut",
    "odd_answer",
    "odd_spell",
    "identity_refused",
    "late_folder",
    "renamed_watch",
    "rewriting",
    "preference",
    "forgotten_operation",
    "streaming_off",
    "streaming_throttled",
    "streaming_limit",
    "streaming_odd",
    "disk_full"};

std::string_view to_string(fault kind) { return fault_names[static_cast<std::size_t>(kind)]; }

static void draw(std::span<double> kinds, dice& by) {
    static constexpr double in_how_many_seeds = 0.35;
    static constexpr std::array<double, 4> shares{0.01, 0.03, 0.1, 0.3};
    for (auto& share : kinds) {
        auto drawn = shares[by.below(shares.size())];
        if (by.chance(in_how_many_seeds)) share = drawn;
    }
}

weather::weather(std::uint64_t seed, std::optional<std::uint64_t> streaming_seed) : chance_(seed) {
    if (chance_.chance(0.1)) return;
    std::span<double> all(share_);
    draw(all.first(general_fault_kinds), chance_);
    if (!streaming_seed) return;
    dice aside(*streaming_seed);
    draw(all.subspan(general_fault_kinds, streaming_fault_kinds), aside);
}

bool weather::occurs(fault kind) {
    if (calm_ || !has(kind) || !chance_.chance(share_[index(kind)])) return false;
    ++struck_[index(kind)];
    return true;
}

bool weather::is_fair() const {
    for (auto share : share_) {
        if (share > 0) return false;
    }
    return true;
}

std::uint64_t weather::total_struck() const {
    return std::accumulate(struck_.begin(), struck_.end(), std::uint64_t(0));
}

std::string weather::summary() const {
    std::string out;
    for (std::size_t i = 0; i < fault_kinds; ++i) {
        if (share_[i] <= 0) continue;
        out += (out.empty() ? "" : " ") + std::string(fault_names[i]);
    }
    return out.empty() ? "fair" : out;
}

void universe::wrong(std::string what) {
    note("WRONG: " + what);
    violations.push_back(std::move(what));
}

}  // namespace kustodrop::simulation
