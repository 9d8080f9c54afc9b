#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kustodrop {

/// Where what an option does begins in the text of --help, in columns.
inline constexpr std::size_t help_column = 30;

/// The text of --help with no line of more than so many columns: what an option does continues
/// below its beginning, a paragraph at its own indentation. Divided at blanks, else behind a comma
/// or a slash, else anywhere. Pure.
std::string folded_help(std::string_view help, std::size_t columns);

/// The columns that help may take on standard output: those of the environment variable COLUMNS,
/// else of the terminal, within reason; 80 where it is none.
std::size_t columns_for_help();

}  // namespace kustodrop
