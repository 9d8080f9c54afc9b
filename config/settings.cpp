#include "config/settings.hpp"

#include "config/choices.hpp"

namespace kustodrop::config {

std::string_view to_string(auth_kind kind) {
    for (auto& [name, value] : auth_kinds) {
        if (value == kind) return name;
    }
    return "?";
}

}  // namespace kustodrop::config
