#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// What is done instead of, or besides, answering.
struct fault_action {
    enum class break_at { never, before, after };

    unsigned status = 0;  // Answered instead of acting; 0: none.
    std::string code;
    std::string message;
    std::string retry_after;
    std::string content_encoding;  // Said of an answer that is not encoded so.
    std::uint64_t html_bytes = 0;  // With a status: an HTML page of this size, as of a proxy.
    std::uint64_t chunk_extension =
        0;                    // The body in one chunk, with an extension of so many bytes.
    duration delay{};         // Waits first.
    duration answer_delay{};  // Acts, then waits before it answers.
    break_at reset = break_at::never;
    bool stall = false;
};

/// Which requests it applies to. Empty or "*" means any.
struct fault_rule {
    std::string service;
    std::string operation;
    std::string account;
    std::string resource;                // A queue, a container; "Database.Table" of REST.
    std::optional<std::uint64_t> count;  // How many times; without it always.
    std::uint64_t skip = 0;              // How many matching requests pass first.
    fault_action action;
};

/// The faults set with /control/faults. The first rule that matches and has a count left applies.
class fault_plan {
public:
    void add(fault_rule rule) { rules_.push_back(std::move(rule)); }
    void clear() { rules_.clear(); }
    std::optional<fault_action> next_fault(
        std::string_view service,
        std::string_view operation,
        std::string_view account,
        std::string_view resource
    );

    /// Reads a JSON array of rules, or says what is wrong with it.
    static std::optional<std::string> parse(std::string_view json, std::vector<fault_rule>& out);

private:
    std::vector<fault_rule> rules_;
};

}  // namespace kustodrop::emulator
