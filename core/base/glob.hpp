#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// Whether `relative_path` ("sub/a.json", with / and none in front) matches `pattern`, byte for
/// byte or UTF-8 character for character: `*` any characters but /, `?` one, `[a-z]` and `[!a-z]`
/// one of a class, `\` takes the next one literally, `**` as a whole part any folders, also none.
/// A pattern without / is about the file's name at any depth. A leading dot is nothing special.
/// Takes time in proportion to the lengths' product at most, whatever the pattern.
bool glob_matches(std::string_view pattern, std::string_view relative_path);

/// What is wrong with a pattern, as the end of a sentence; nothing if it is good.
std::optional<std::string> glob_problem(std::string_view pattern);

}  // namespace kustodrop::spool
