#pragma once

#include <string>
#include <string_view>

namespace kustodrop::sqlite {

/// "name" for use in a statement, whatever it contains.
std::string quoted_name(std::string_view name);

/// 'text' for use in a statement, without its NUL bytes.
std::string quoted_text(std::string_view text);

}  // namespace kustodrop::sqlite
