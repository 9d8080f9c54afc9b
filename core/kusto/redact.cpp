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

static void cut_queries(std::string& text) {
    for (auto at = text.find('?'); at != std::string::npos; at = text.find('?', at + 1)) {
        auto end = end_of_value(text, at);
        auto equals = text.find('=', at);
        if (equals < end) text.replace(at, end - at, "?…");
    }
}

static void cut_named_values(std::string& text) {
    static constexpr std::array<std::string_view, 8> names{
        "sig=",
        "accountkey=",
        "sharedaccesssignature=",
        "sharedaccesskey=",
        "password=",
        "client_secret=",
        "access_token=",
        "bearer "};
    for (auto name : names) {
        auto lower = to_lower(text);
        for (auto at = lower.find(name); at != std::string::npos; at = lower.find(name, at)) {
            at += name.size();
            text.replace(at, end_of_value(text, at) - at, "…");
            lower = to_lower(text);
        }
    }
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
