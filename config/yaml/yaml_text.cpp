#include "config/yaml/yaml_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::config {

static bool is_bad_control(char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

// The length of the longest beginning of `line` that is UTF-8.
static std::size_t valid_length(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size()) {
        std::size_t length = 1;
        while (length <= 4 && !is_valid_utf8(line.substr(at, length))) ++length;
        if (length > 4) break;
        at += length;
    }
    return std::min(at, line.size());
}

// Blanks of Unicode, which look like those that YAML allows and are text to it.
static constexpr auto other_blanks = std::to_array<std::string_view>(
    {"\u00A0", "\u2002", "\u2003", "\u2007", "\u2009", "\u200B", "\u202F", "\u3000"}
);

// Where such a blank stands in the indentation of a line or behind the colon of its key.
static std::optional<std::size_t> other_blank(std::string_view line) {
    auto begins = [&](std::size_t at) {
        auto is_it = [&](auto blank) { return line.substr(at).starts_with(blank); };
        return std::ranges::any_of(other_blanks, is_it);
    };
    auto first = std::min(line.find_first_not_of(" -"), line.size());
    if (begins(first)) return first;
    static constexpr std::string_view of_keys =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-\"'";
    auto colon = line.find_first_not_of(of_keys, first);
    if (colon == line.npos || line[colon] != ':' || !begins(colon + 1)) return std::nullopt;
    return colon + 1;
}

// What yaml-cpp would misread or describe badly.
std::optional<text_mistake> wrong_text(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return text_mistake{0, 0, "the file is UTF-16; use UTF-8"};
    }
    auto first = text.find_first_not_of(" \t\r\n");
    // JSON may be indented with tabs: between braces, indentation means nothing.
    bool flow = first != std::string_view::npos && text[first] == '{';
    auto lines = split(text, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto line = lines[i];
        if (auto length = valid_length(line); length < line.size()) {
            return text_mistake{i, length, "the text is not UTF-8; save the file as UTF-8"};
        }
        for (std::size_t j = 0; j < line.size(); ++j) {
            if (!is_bad_control(line[j])) continue;
            return text_mistake{i, j, "a control character; use plain text"};
        }
        if (auto blank = other_blank(line)) {
            return text_mistake{
                i,
                *blank,
                "a blank that is not a plain one, as pages and word processors have; type it "
                "again"};
        }
        auto indentation = line.substr(0, line.find_first_not_of(" \t\r"));
        auto tab = indentation.find('\t');
        if (!flow && tab != std::string_view::npos && indentation.size() < line.size()) {
            return text_mistake{i, tab, "a tab in the indentation; YAML allows only spaces there"};
        }
    }
    return std::nullopt;
}

}  // namespace kustodrop::config
