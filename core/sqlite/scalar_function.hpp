#pragma once

#include "sqlite/database.hpp"
#include "sqlite/value.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace kustodrop::sqlite {

/// An argument of a function; valid during the call. A blob is text.
using argument = std::variant<std::monostate, std::int64_t, double, std::string_view>;

/// A function of its arguments alone; it does not throw.
using scalar_function = value (*)(std::span<const argument>);

/// The most arguments that a function may have.
inline constexpr int most_arguments = 4;

/// Makes `function` callable in the statements of this database as `name`.
void define_function(database& db, const char* name, int arguments, scalar_function function);

}  // namespace kustodrop::sqlite
