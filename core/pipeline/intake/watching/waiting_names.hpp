#pragma once

#include "base/boxed.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "pipeline/watch/notices.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// Since when files wait in the folder that ought to be shipped and cannot be claimed: unreadable
/// ones, for example. At most `most_names` are remembered. Pure.
class waiting_names {
public:
    /// Remembered from the first time on.
    void add(const std::string& name, time_point now) {
        if (names_.size() >= most_names) return;
        names_.try_emplace(name, one_name{now, pass_}).first->second.pass = pass_;
    }

    /// It could not be claimed for this reason.
    void refuse(const std::string& name, const failure& why, time_point now) {
        add(name, now);
        if (auto found = names_.find(name); found != names_.end()) found->second.why = why;
    }

    /// What could not be claimed, by the code of the reason.
    std::vector<notice> refused() const {
        std::map<std::string, notice> by_code;
        for (auto& [name, one] : names_) {
            if (!one.why) continue;
            auto code = one.why->code.text();
            notice first{code, 0, name, one.why->message()};
            ++by_code.try_emplace(code, std::move(first)).first->second.files;
        }
        std::vector<notice> out;
        for (auto& [code, one] : by_code) out.push_back(std::move(one));
        return out;
    }

    void remove(const std::string& name) { names_.erase(name); }
    void clear() { names_.clear(); }

    /// A pass over the folder, in slices. What was not met in it is forgotten at its end.
    void begin_pass() { ++pass_; }
    void met(const std::string& name) {
        if (auto found = names_.find(name); found != names_.end()) found->second.pass = pass_;
    }
    void end_pass() {
        std::erase_if(names_, [&](auto& one) { return one.second.pass != pass_; });
    }

    bool empty() const { return names_.empty(); }
    std::optional<time_point> oldest() const {
        if (names_.empty()) return std::nullopt;
        auto earlier = [](auto& one, auto& other) { return one.second.since < other.second.since; };
        return std::ranges::min_element(names_, earlier)->second.since;
    }

private:
    static constexpr std::size_t most_names = 10'000;

    struct one_name {
        time_point since;
        std::uint64_t pass;
        boxed<failure> why = {};  // It could not be claimed.
    };
    std::map<std::string, one_name> names_;
    std::uint64_t pass_ = 0;
};

/// The earlier of two moments of which each may be unknown.
inline std::optional<time_point> earlier_of(
    std::optional<time_point> one, std::optional<time_point> other
) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

}  // namespace kustodrop::pipeline
