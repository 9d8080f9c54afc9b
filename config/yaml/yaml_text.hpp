#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kustodrop::config {

/// A mistake in the text of a file; both numbers count from 0.
struct text_mistake {
    std::size_t line = 0;
    std::size_t column = 0;  // In bytes.
    std::string_view message;
};

/// What a parser of YAML would misread or describe badly: another encoding, control characters,
/// tabs in the indentation, blanks that are not plain ones. Nothing: no such thing. Pure.
std::optional<text_mistake> wrong_text(std::string_view text);

}  // namespace kustodrop::config
