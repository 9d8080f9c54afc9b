#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What is wrong with a text of a watch, each as the end of a sentence; nothing if it is good.
namespace kustodrop::config {

std::optional<std::string> folder_problem(const std::string& path);
std::optional<std::string> name_problem(const std::string& name);
/// The service checks databases and tables; what is refused here is never valid.
std::optional<std::string> entity_problem(const std::string& name);
std::optional<std::string> optional_entity_problem(const std::string& name);
std::optional<std::string> pattern_problem(const std::string& pattern);
std::optional<std::string> creation_time_problem(const std::string& pattern);
std::optional<std::string> marker_problem(const std::string& text);

/// Why an additional property of that name is refused.
std::optional<std::string> property_problem(std::string_view name, bool has_mapping_reference);

/// The name of a watch that was given none: its folder's, as far as a name may hold it.
std::string name_from_path(std::string_view path);

}  // namespace kustodrop::config
