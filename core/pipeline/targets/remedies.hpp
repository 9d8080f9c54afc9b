#pragma once

#include <string>
#include <string_view>

namespace kustodrop::pipeline {

/// What a person can do about files that failed with this code, the service's or ours: a sentence
/// without its full stop. Of a code that is not known, what helps with any. Pure.
std::string_view remedy_for(std::string_view code);

/// The same where something is known of just this code; else empty.
std::string_view known_remedy(std::string_view code);

/// What the service says of a target that it refuses, and what to do about it. Some answers have a
/// hint of ours already. Pure.
std::string with_remedy(const std::string& code, const std::string& details);

}  // namespace kustodrop::pipeline
