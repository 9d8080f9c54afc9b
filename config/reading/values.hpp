#pragma once

#include "config/reading/section.hpp"

#include <functional>

/// The value of one key. Each reader leaves `out` alone when the key is absent, reports exactly one
/// problem when the value is wrong, and returns whether `out` may be used, a default included.
namespace kustodrop::config {

/// From the least to the most that a value may be.
template <class T>
struct range {
    T least;
    T most;
};

bool read_flag(section& from, std::string_view key, bool& out);
bool read_number(
    section& from, std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed
);
bool read_duration(section& from, std::string_view key, duration& out, range<duration> allowed);
bool read_size(
    section& from, std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed
);
bool read_percentage(section& from, std::string_view key, double& out);

/// The given name, one of `names`; nothing if the key is absent or wrong. `or_else`: what else the
/// key may hold, for the error.
std::optional<std::string> read_choice(
    section& from,
    std::string_view key,
    const std::vector<std::string_view>& names,
    std::string_view or_else = {}
);

/// What is wrong with a text, as the end of a sentence; nothing if it is good.
using text_rule = std::function<std::optional<std::string>(const std::string&)>;

/// A line of text without control characters that the rule accepts.
bool read_text(section& from, std::string_view key, std::string& out, const text_rule& rule = {});

/// A list of such lines. `like` is an example of it.
struct list_rule {
    std::string_view like;
    text_rule item = {};
};
bool read_texts(
    section& from, std::string_view key, std::vector<std::string>& out, const list_rule& rule
);

/// Whether a text may stand in one line of a file or a message.
bool has_control_characters(std::string_view text);

}  // namespace kustodrop::config
