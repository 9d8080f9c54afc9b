#include "kusto/redact.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::kusto {

static constexpr std::string_view delimiters = " \t\r\n'\"<>";

// From `at` to the end of the value: a SAS holds any of %&=/+ and only a delimiter ends it.
static std::size_t end_of_value(const std::string& text, std::size_t at) {
    return std::min(text.find_first_of(delimiters, at), text.size());
}

// "?" and "=" as they stand, and as a URL has them that was percent-encoded as a whole, once or
// twice.
static constexpr std::array<std::string_view, 3> question_marks{"?", "%3f", "%253f"};
static constexpr std::array<std::string_view, 3> equal_signs{"=", "%3d", "%253d"};

static void cut_queries(std::string& text) {
    for (auto mark : question_marks) {
        auto lower = to_lower(text);
        for (auto at = lower.find(mark); at != std::string::npos; at = lower.find(mark, at + 1)) {
            auto end = end_of_value(text, at);
            bool is_query = std::ranges::any_of(equal_signs, [&](std::string_view sign) {
                return lower.find(sign, at) < end;
            });
            if (!is_query) continue;
            text.replace(at, end - at, "?…");
            lower = to_lower(text);
        }
    }
}

static void cut_value_of(std::string& text, const std::string& name) {
    auto lower = to_lower(text);
    for (auto at = lower.find(name); at != std::string::npos; at = lower.find(name, at)) {
        at += name.size();
        text.replace(at, end_of_value(text, at) - at, "…");
        lower = to_lower(text);
    }
}

static void cut_named_values(std::string& text) {
    static constexpr std::array<std::string_view, 7> names{
        "sig",
        "accountkey",
        "sharedaccesssignature",
        "sharedaccesskey",
        "password",
        "client_secret",
        "access_token"};
    for (auto name : names) {
        for (auto sign : equal_signs) cut_value_of(text, std::string(name) + std::string(sign));
    }
    cut_value_of(text, "bearer ");
}

static std::string on_one_line(std::string_view text) {
    std::string out;
    for (auto line : split(text, '\n')) {
        auto content = trimmed(line);
        if (!out.empty() && !content.empty()) out += ' ';
        out += content;
    }
    return out;
}

std::string redacted_code(std::string_view given) { return redacted(given, 64); }

std::string redacted(std::string_view given, std::size_t longest) {
    // Cut first where the cost of looking through it would be an attacker's choice.
    bool too_long = given.size() > longest * 4;
    if (too_long) given = given.substr(0, longest * 4);
    auto text = on_one_line(given);
    cut_queries(text);
    cut_named_values(text);
    text = printable(text);
    if (text.size() <= longest) return text;
    text.resize(longest);
    while (!text.empty() && !is_valid_utf8(text)) text.pop_back();
    return text + "…";
}

}  // namespace kustodrop::kusto
