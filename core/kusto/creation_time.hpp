#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

/// Finds the time that a file's name contains, as LightIngest's -creationTimePattern does:
/// 'web-'yyyyMMdd'.json' finds 2026-08-22 in web-20260822.json and in web-20260822.json.gz.
///
/// A pattern is made of yyyy MM dd HH mm ss (each a fixed number of digits, each once, none
/// without its greater one), of 'quoted text' ('' for a quote) and of characters other than
/// letters, which stand for themselves, as do T and Z. It must match from the beginning of the
/// name; without a text in front it is searched for. What follows the match is free, only never
/// more digits. A pattern with a / is matched to the path below the watch instead of the name.
class creation_time_pattern {
public:
    /// The failure's detail says what is wrong, as the end of a sentence.
    static result<creation_time_pattern> parse(std::string_view pattern);

    /// The time in UTC, at the beginning of what the pattern does not name; nothing if the name
    /// does not match or contains a time that does not exist.
    std::optional<wall_time> match(std::string_view relative_path) const;

private:
    enum class field { literal, year, month, day, hour, minute, second };
    struct token {
        field kind;
        std::string text = {};  // Of a literal.
    };
    struct reading;

    static std::optional<field> field_named(std::string_view letters);
    std::optional<wall_time> match_at(std::string_view name, std::size_t at) const;

    std::vector<token> tokens_;
    bool whole_path_ = false;
};

}  // namespace kustodrop::spool
