#pragma once

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// Where a value of a record is, as a mapping's path says it: "$.a.b", "$['a b'].c", "$.list[0]".
struct json_place {
    std::vector<std::string> steps;  // An index is "[0]". Of "$", none.

    /// Nothing for what is more than such a path, as "$..a" or "$.list[*]".
    static std::optional<json_place> parse(std::string_view path);

    /// The value there; null if nothing is.
    const boost::json::value* find(const boost::json::value& record) const;

    bool begins_with(const json_place& other) const;
    json_place member(std::string_view name) const;
    std::string text() const;
};

}  // namespace kustodrop::daemon
