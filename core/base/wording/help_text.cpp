#include "base/wording/help_text.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace kustodrop {

static constexpr std::size_t least_columns = 50;
static constexpr std::size_t most_columns = 100;
static constexpr std::size_t usual_columns = 80;
static constexpr std::size_t option_indent = 6;  // Of an option's own text below its first line.

static bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

static std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

static std::size_t bytes_within(std::string_view text, std::size_t columns) {
    std::size_t at = 0;
    for (std::size_t taken = 0; at < text.size(); ++at) {
        if (begins_character(text[at]) && taken++ == columns) break;
    }
    return at;
}

// Below what the line's continuation begins: what an option does, if that has begun.
static std::size_t indent_of(std::string_view line) {
    auto first = std::min(line.find_first_not_of(' '), line.size());
    bool is_option = line.substr(first).starts_with('-') || first >= help_column;
    bool has_text = line.size() > help_column && line[help_column - 1] == ' ';
    if (has_text && line[help_column] != ' ' && first > 0) return help_column;
    return is_option ? option_indent : first;
}

// Behind which byte the line is divided: `fit` of them have room, the first ones are indentation.
static std::size_t division(std::string_view line, std::size_t indent, std::size_t fit) {
    auto blank = line.rfind(' ', fit);
    auto sign = line.find_last_of(",/", fit - 1);
    bool may_be_blank = blank != line.npos && blank > indent;
    bool may_be_sign = sign != line.npos && sign > indent;
    // Choices and paths go on behind their option.
    if (may_be_blank && (!may_be_sign || 2 * blank > fit)) return blank;
    return may_be_sign ? sign + 1 : fit;
}

static void fold(std::string line, std::size_t columns, std::string& out) {
    auto indent = indent_of(line);
    auto from = std::min(line.find_first_not_of(' '), line.size());
    while (columns_of(line) > columns) {
        auto begun = std::max(indent, from);
        auto at = division(line, begun, bytes_within(line, columns));
        auto taken = std::string_view(line).substr(0, at);
        out.append(taken.substr(0, taken.find_last_not_of(' ') + 1)) += '\n';
        auto next = line.find_first_not_of(' ', at);
        if (next == line.npos) return;
        line.replace(0, next, indent, ' ');
        from = indent;
    }
    out.append(line) += '\n';
}

std::string folded_help(std::string_view help, std::size_t columns) {
    std::string out;
    while (!help.empty()) {
        auto end = std::min(help.find('\n'), help.size());
        fold(std::string(help.substr(0, end)), columns, out);
        help.remove_prefix(std::min(end + 1, help.size()));
    }
    return out;
}

std::size_t columns_for_help() {
    const char* given = std::getenv("COLUMNS");
    auto wanted = given ? std::strtoul(given, nullptr, 10) : 0;
    if (wanted > 0) return std::max<std::size_t>(wanted, least_columns);
    winsize size{};
    bool knows = ::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    if (!knows || size.ws_col == 0) return usual_columns;
    return std::clamp<std::size_t>(size.ws_col, least_columns, most_columns);
}

}  // namespace kustodrop
