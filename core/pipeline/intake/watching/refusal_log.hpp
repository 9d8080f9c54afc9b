#pragma once

#include "base/log.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <set>
#include <string>

namespace kustodrop::pipeline {

/// Logs which files are left in a watch's folder and why, each reason once a file.
class refusal_log {
public:
    refusal_log(std::string watch, logger& log) : watch_(std::move(watch)), log_(log) {}

    void report(const std::string& name, const failure& why) {
        if (reported_.size() > most_names) clear();
        if (!reported_.insert(name + '\0' + why.code.text()).second) return;
        log_.warning(
            "left in the folder",
            {{"watch", watch_},
             {"file", name},
             {"code", why.code.text()},
             {"detail", why.message()}}
        );
    }

    void clear() { reported_.clear(); }

private:
    static constexpr std::size_t most_names = 10'000;

    std::string watch_;
    logger& log_;
    std::set<std::string> reported_;
};

}  // namespace kustodrop::pipeline
