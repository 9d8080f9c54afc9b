#pragma once

#include "daemon/comparing/finding.hpp"
#include "daemon/comparing/fitting_value.hpp"
#include "daemon/comparing/table_facts.hpp"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// The values of a sample that go into one column of a table.
class column_values {
public:
    /// `transform`: the mapping's; empty: none.
    column_values(const table_column& column, std::string_view transform)
        : column_(column), transform_(transform) {}

    /// `record`: its number, from 1.
    void add(std::string_view text, std::size_t record);
    void add(const boost::json::value& value, std::size_t record);

    std::size_t values() const { return values_; }  // That are not null.

    /// Says how many become null, and how many may.
    void report(comparison& out) const;

private:
    struct examples {
        std::size_t count = 0;
        std::size_t first_record = 0;
        std::string first;
        bool are_unix_times = true;
    };
    void take(fit how, std::string_view text, std::size_t record);
    fit fit_of(std::string_view text) const;
    std::string described(const examples& which) const;

    const table_column& column_;
    std::string transform_;
    std::size_t values_ = 0;
    examples lost_;
    examples doubtful_;
    std::size_t too_long_ = 0;
};

}  // namespace kustodrop::daemon
