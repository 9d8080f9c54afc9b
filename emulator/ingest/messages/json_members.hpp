#pragma once

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// The members of a JSON object by name in any case, as the service reads its messages. An absent
/// member and one that is null are the same. The object must outlive it.
class json_members {
public:
    explicit json_members(const boost::json::object& object) : object_(&object) {}

    const boost::json::value* find(std::string_view name) const;

    /// A string, or a number or boolean as its text; "" for anything else.
    std::string text(std::string_view name) const;

    /// Also "True" and 1; false when absent; nothing for anything else.
    std::optional<bool> boolean(std::string_view name) const;

private:
    const boost::json::object* object_;
};

}  // namespace kustodrop::emulator
