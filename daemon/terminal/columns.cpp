#include "daemon/terminal/columns.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::daemon {

namespace {

struct character {
    char32_t code = 0;
    std::size_t bytes = 1;
};

struct code_range {
    char32_t first;
    char32_t last;
};

}  // namespace

static constexpr std::array wide{
    code_range{0x1100, 0x115F},
    code_range{0x2E80, 0x303E},
    code_range{0x3041, 0xA4CF},
    code_range{0xA960, 0xA97F},
    code_range{0xAC00, 0xD7A3},
    code_range{0xF900, 0xFAFF},
    code_range{0xFE30, 0xFE6F},
    code_range{0xFF00, 0xFF60},
    code_range{0xFFE0, 0xFFE6},
    code_range{0x1F300, 0x1F64F},
    code_range{0x1F680, 0x1F6FF},
    code_range{0x1F900, 0x1F9FF},
    code_range{0x1FA70, 0x1FAFF},
    code_range{0x20000, 0x3FFFD}};

static constexpr std::array combining{
    code_range{0x0300, 0x036F},
    code_range{0x1AB0, 0x1AFF},
    code_range{0x1DC0, 0x1DFF},
    code_range{0x200B, 0x200F},
    code_range{0x20D0, 0x20FF},
    code_range{0x2060, 0x2064},
    code_range{0xFE00, 0xFE0F},
    code_range{0xFE20, 0xFE2F},
    code_range{0xFEFF, 0xFEFF}};

static bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

// The first character of a text that is not empty.
static character first_of(std::string_view text) {
    auto lead = static_cast<unsigned char>(text.front());
    std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (bytes == 1) return {lead, 1};
    char32_t code = lead & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if (i >= text.size() || !continues(text[i])) return {lead, 1};
        code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    }
    return {code, bytes};
}

static std::size_t columns_of(char32_t code) {
    auto holds = [&](const code_range& one) { return one.first <= code && code <= one.last; };
    if (std::ranges::any_of(combining, holds)) return 0;
    return std::ranges::any_of(wide, holds) ? 2 : 1;
}

// How many bytes of the text fit into so many columns.
static std::size_t bytes_within(std::string_view text, std::size_t columns) {
    std::size_t at = 0;
    std::size_t taken = 0;
    while (at < text.size()) {
        auto next = first_of(text.substr(at));
        taken += columns_of(next.code);
        if (taken > columns) break;
        at += next.bytes;
    }
    return at;
}

std::size_t columns_of(std::string_view text) {
    std::size_t out = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto next = first_of(text.substr(at));
        out += columns_of(next.code);
        at += next.bytes;
    }
    return out;
}

std::string cut(std::string_view text, std::size_t columns) {
    return std::string(text.substr(0, bytes_within(text, columns)));
}

// What is indented far leaves no room.
static std::size_t indent_of(std::string_view line, std::size_t columns) {
    auto first = line.find_first_not_of(' ');
    if (first == line.npos) return 0;
    auto most = columns / 4;
    auto out = first + 2 <= columns / 2 ? first + 2 : most;
    for (auto at = line.find("  ", first); at != line.npos; at = line.find("  ", at)) {
        at = line.find_first_not_of(' ', at);
        if (at == line.npos || columns_of(line.substr(0, at)) > most) break;
        out = columns_of(line.substr(0, at));
    }
    return out;
}

// Where the next line begins, in bytes: behind a blank that is not part of the indentation.
static std::size_t division(
    std::string_view rest, std::size_t begin, std::size_t columns, overlong how
) {
    auto fit = bytes_within(rest, columns);
    auto blank = rest.rfind(' ', fit);
    if (blank != rest.npos && blank >= begin && blank > 0) return blank + 1;
    if (how == overlong::divided) return std::max(fit, begin + 1);
    blank = rest.find(' ', std::max(fit, begin));
    return blank == rest.npos ? rest.size() : blank + 1;
}

std::vector<std::string> folded(std::string_view line, std::size_t columns, overlong how) {
    std::vector<std::string> out;
    auto indent = indent_of(line, columns);
    std::string rest(line);
    // Of the first line, what is left of where the others begin stays together.
    auto begin = bytes_within(line, indent);
    while (columns_of(rest) > columns && columns > 0) {
        auto at = division(rest, begin, columns, how);
        auto taken = rest.substr(0, at);
        out.push_back(taken.substr(0, taken.find_last_not_of(' ') + 1));
        auto next = rest.find_first_not_of(' ', at);
        if (next == rest.npos) return out;
        rest = std::string(indent, ' ') + rest.substr(next);
        begin = indent;
    }
    out.push_back(std::move(rest));
    return out;
}

std::string folded_text(std::string_view text, std::size_t columns) {
    std::string out;
    while (!text.empty()) {
        auto end = text.find('\n');
        for (auto& line : folded(text.substr(0, end), columns)) out += line + "\n";
        if (end == text.npos) {
            out.pop_back();
            break;
        }
        text.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace kustodrop::daemon
