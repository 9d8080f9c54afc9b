#pragma once

#include "config/reading/section.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What is wrong with the values of `auth`.
namespace kustodrop::config {

/// Of one value: what is wrong with it and what to use, or nothing.
std::optional<std::string> identifier_problem(const std::string&);
std::optional<std::string> resource_id_problem(const std::string&);
std::optional<std::string> authority_problem(const std::string&);

/// Said of a key that belongs to the kind `by`.
std::string not_used(auth_kind, std::string_view by);

/// Reports what does not fit together, and takes from the environment what may stand there.
void check_auth(section& auth, settings&);

}  // namespace kustodrop::config
