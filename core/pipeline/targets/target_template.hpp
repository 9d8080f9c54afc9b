#pragma once

#include "base/result.hpp"
#include "kusto/target.hpp"
#include "pipeline/targets/route_pattern.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Texts of a target with captures of its watch's route: "{tenant}", "drop-by:{tenant}". "{{" and
/// "}}" stand for single braces. Pure.
namespace kustodrop::pipeline {

/// The captures that a text names, in order. The failure's detail says what is wrong with it, as
/// the end of a sentence.
result<std::vector<std::string>> captures_in(std::string_view text);

/// The text with the values in place of the captures, all of which `values` has.
std::string filled_in(std::string_view text, const captures& values);

/// The same of a creation_time_pattern, where captures stand inside quotes.
std::string filled_in_quotes(std::string_view text, const captures& values);

/// One text of a target that may have captures, and the key of the configuration that sets it.
struct routed_text {
    std::string_view key;
    std::string_view text;
};
std::vector<routed_text> routed_texts(const kusto::target& of);

}  // namespace kustodrop::pipeline
