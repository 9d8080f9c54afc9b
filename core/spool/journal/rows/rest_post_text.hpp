#pragma once

#include "spool/source/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// "DATABASE/TABLE/OPERATION" of each post, percent-encoded, with a space between two of them.
std::string rest_posts_text(const std::vector<rest_post>& posts);

/// Reads what rest_posts_text wrote; what is not of that form is left out.
std::vector<rest_post> parse_rest_posts(std::string_view text);

}  // namespace kustodrop::spool
