#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// What goes wrong.
struct fault_action {
    enum class break_at { never, before, after };

    unsigned status = 0;  // Answered instead of acting; 0: none.
    std::string code;
    std::string message;
    std::string retry_after;
    duration delay{};         // Waits first.
    duration answer_delay{};  // Acts, then waits before it says so.
    break_at reset = break_at::never;
    bool stall = false;
};

/// What it goes wrong for. Empty or "*" means any.
struct fault_rule {
    std::string service;
    std::string operation;
    std::string account;
    std::optional<std::uint64_t> count;  // How many times; for ever without it.
    std::uint64_t skip = 0;              // How many matching requests pass first.
    fault_action action;
};

/// The faults ordered over /control/faults. The first rule that matches and is not spent acts.
class fault_plan {
public:
    void add(fault_rule rule) { rules_.push_back(std::move(rule)); }
    void clear() { rules_.clear(); }
    std::optional<fault_action> strike(
        std::string_view service, std::string_view operation, std::string_view account
    );

    /// Reads a JSON array of rules, or says what is wrong with it.
    static std::optional<std::string> parse(std::string_view json, std::vector<fault_rule>& out);

private:
    std::vector<fault_rule> rules_;
};

}  // namespace kustodrop::emulator
