#pragma once

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kustodrop::emulator {

/// A path as mappings use it: "$.a.b", "$['a b'].c", "$.list[0]", "$". In quotes a
/// backslash stands before a quote or a backslash of the name.
class json_path {
public:
    json_path() = default;
    explicit json_path(std::string_view text);
    static json_path member(std::string name);  ///< One member, whatever its name looks like.

    bool is_whole() const { return steps_.empty(); }  ///< "$".

    /// What stands there; null if nothing does, or for the whole.
    const boost::json::value* find(const boost::json::object& object) const;

private:
    void take_bracket(std::string_view& rest);

    std::vector<std::variant<std::string, std::size_t>> steps_;
};

}  // namespace kustodrop::emulator
