#include "spool/reading/records/line_start.hpp"

#include <cstddef>

namespace kustodrop::spool {

static constexpr std::size_t longest_start = 1024;

namespace {

// One byte of a pattern other than a star, and how many characters of the pattern it takes.
struct pattern_byte {
    bool matches = false;
    std::size_t length = 1;
};

}  // namespace

static pattern_byte match_byte(std::string_view pattern, char byte) {
    char wanted = pattern.front();
    if (wanted == '?') return {true};
    if (wanted == '#') return {byte >= '0' && byte <= '9'};
    if (wanted == '\\' && pattern.size() > 1) return {byte == pattern[1], 2};
    return {byte == wanted};
}

// A star that has matched is never looked at again once a later one is reached: the time is in
// proportion to the product of the lengths.
bool line_starts_with(std::string_view pattern, std::string_view line) {
    line = line.substr(0, longest_start);
    static constexpr auto none = std::string_view::npos;
    std::size_t at = 0;
    std::size_t in = 0;
    auto star = none;
    std::size_t star_in = 0;
    while (in < pattern.size()) {
        if (pattern[in] == '*') {
            star = at;
            star_in = ++in;
            continue;
        }
        if (at < line.size()) {
            auto one = match_byte(pattern.substr(in), line[at]);
            if (one.matches) {
                ++at;
                in += one.length;
                continue;
            }
        } else {
            return false;
        }
        if (star == none) return false;
        at = ++star;
        in = star_in;
    }
    return true;
}

}  // namespace kustodrop::spool
