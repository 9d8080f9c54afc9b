#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace kustodrop::sqlite {

/// A value of any type that SQLite stores; monostate stands for NULL. A blob is a string.
using value = std::variant<std::monostate, std::int64_t, double, std::string>;

}  // namespace kustodrop::sqlite
