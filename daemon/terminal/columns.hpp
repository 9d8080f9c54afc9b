#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// How many columns of a terminal a text takes: characters of East Asia and pictures take two,
/// those that are drawn over the one before them none. A byte that is not UTF-8 takes one.
std::size_t columns_of(std::string_view text);

/// The beginning of a text that takes at most so many columns: characters are kept whole.
std::string cut(std::string_view text, std::size_t columns);

/// Whether what is wider than a line and has no blank stays whole, as what people copy must.
enum class overlong { kept, divided };

/// One line as lines of so many columns, divided at blanks. Those after the first are indented:
/// below the text that follows the first columns of a table, else by two more than the first.
std::vector<std::string> folded(
    std::string_view line, std::size_t columns, overlong how = overlong::kept
);

/// Each line of a text so. Pure.
std::string folded_text(std::string_view text, std::size_t columns);

}  // namespace kustodrop::daemon
