#pragma once

#include <boost/json/fwd.hpp>

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace kustodrop::daemon {

/// How many files of the record there are of each day (UTC, of the last change), watch, outcome and
/// code. Takes rows of the journal in pages. Pure.
class journal_summary {
public:
    void take(const boost::json::array& rows);
    bool is_empty() const { return counts_.empty(); }

    /// The newest day first, as a table for people and as docs/json.md has it.
    std::string to_text() const;
    std::string to_json() const;

private:
    // Day, watch, outcome, or a stage in brackets where there is none yet, and code.
    using group = std::tuple<std::string, std::string, std::string, std::string>;
    // The newest day first, and within it by name.
    struct order {
        bool operator()(const group& one, const group& other) const {
            auto by_day = std::get<0>(other) <=> std::get<0>(one);
            return by_day != 0 ? by_day < 0 : one < other;
        }
    };
    std::map<group, std::uint64_t, order> counts_;
};

}  // namespace kustodrop::daemon
