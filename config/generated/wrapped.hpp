#pragma once

#include "config/keys/key.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the generators share.
namespace kustodrop::config {

/// The text in lines of at most `width` bytes, broken at blanks.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// "One of a, b, c.", "1 to 1024.", "true or false."; empty where the form allows any text.
std::string allowed_sentence(const key_facts& of);

/// "Required.", or nothing.
std::string required_sentence(const key_facts& of);

/// That a change waits for a restart, or nothing.
std::string effect_sentence(const key_facts& of);

/// Sentences with blanks between them; empty ones are left out.
std::string sentences(const std::vector<std::string>& parts);

}  // namespace kustodrop::config
