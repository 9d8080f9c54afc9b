#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "pipeline/targets/target_route.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_set>

namespace kustodrop::pipeline {

/// Logs which files are left in a watch's folder and why: the first of them by name, each reason
/// once a file, and of further ones how many they are, at most once a minute. However many there
/// are, and however often they are seen, it writes a few lines a minute.
class refusal_log {
public:
    refusal_log(std::string watch, logger& log) : watch_(std::move(watch)), log_(log) {}

    void report(const std::string& name, const failure& why, time_point now) {
        auto code = why.code.text();
        if (is_news(name + '\0' + code, now)) say(name, code, why.message(), now);
    }

    /// The same of a file that a route gives no target: once for each value that is not allowed,
    /// not for each file.
    void report(const std::string& name, const route_refusal& why, time_point now) {
        auto cause = why.capture + '\0' + why.value + '\0' + why.code;
        if (is_news(cause, now)) say(name, why.code, why.detail, now);
    }

    /// Says how many were not said by name, when it is time. Call it now and then.
    void flush(time_point now) {
        if (unsaid_.empty() || now < next_summary_) return;
        next_summary_ = now + between_summaries;
        for (auto& [code, more] : unsaid_) {
            log_.warning(
                "more files are left in the folder; they are counted in status",
                {{"watch", watch_},
                 {"files", std::to_string(more.files)},
                 {"code", code},
                 {"example", more.example},
                 {"detail", more.detail}}
            );
        }
        unsaid_.clear();
    }

    void clear() {
        reported_.clear();
        unsaid_.clear();
        lines_ = most_lines;
    }

private:
    static constexpr std::size_t most_names = 50'000;
    static constexpr unsigned most_lines = 20;
    static constexpr duration between_lines = std::chrono::seconds(30);
    static constexpr duration between_summaries = std::chrono::minutes(1);
    static constexpr duration least_memory = std::chrono::hours(1);

    struct counted {
        std::uint64_t files = 0;
        std::string example = {};
        std::string detail = {};
    };

    void say(
        const std::string& name, const std::string& code, const std::string& detail, time_point now
    ) {
        refill(now);
        if (lines_ == 0) {
            auto& more = unsaid_[code];
            if (more.files++ == 0) more.example = name;
            more.detail = detail;
            return;
        }
        --lines_;
        log_.warning(
            "left in the folder",
            {{"watch", watch_}, {"file", name}, {"code", code}, {"detail", detail}}
        );
    }

    // With more names than are remembered, what was said before is said again, but not soon.
    bool is_news(const std::string& what, time_point now) {
        auto key = std::hash<std::string>()(what);
        if (reported_.contains(key)) return false;
        if (reported_.size() >= most_names) {
            if (now - cleared_at_ < least_memory) return false;
            reported_.clear();
        }
        if (reported_.empty()) cleared_at_ = now;
        reported_.insert(key);
        return true;
    }

    void refill(time_point now) {
        if (lines_ == most_lines) refilled_at_ = now;
        auto due = static_cast<std::uint64_t>((now - refilled_at_) / between_lines);
        if (due == 0) return;
        lines_ = static_cast<unsigned>(std::min<std::uint64_t>(most_lines, lines_ + due));
        refilled_at_ = now;
    }

    std::string watch_;
    logger& log_;
    std::unordered_set<std::size_t> reported_;  // Hashes of names and codes.
    time_point cleared_at_{};
    unsigned lines_ = most_lines;
    time_point refilled_at_{};
    std::map<std::string, counted> unsaid_;  // By code.
    time_point next_summary_{};
};

}  // namespace kustodrop::pipeline
