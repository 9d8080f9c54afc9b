#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kustodrop {

/// "1 file", "2 files", "0 files": for nouns whose plural ends in s.
inline std::string counted(std::uint64_t number, std::string_view noun) {
    return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

/// `one` or `many`, by the number: a verb or a pronoun.
inline std::string by_number(std::uint64_t number, std::string_view one, std::string_view many) {
    return std::string(number == 1 ? one : many);
}

}  // namespace kustodrop
