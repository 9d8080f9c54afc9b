#pragma once

#include "base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// The values of a route's captures, by their names.
using captures = std::map<std::string, std::string, std::less<>>;

/// What is wrong with the name of a capture, as the end of a sentence; nothing if it is good.
std::optional<std::string> capture_name_problem(std::string_view name);

/// Names the parts of a path below a watched folder: "{tenant}/{table}/**" or
/// "{tenant}/*/{table}_*.csv". `{name}` stands for one or more bytes of one part, as few as make
/// the rest match, `*` for any number of them, and `**` as the last part for a file at any depth.
/// Everything else stands for itself. Pure.
class route_pattern {
public:
    /// The failure's detail says what is wrong, as the end of a sentence.
    static result<route_pattern> parse(std::string_view text);

    /// The captures of a path with / and none in front; nothing if it does not match.
    std::optional<captures> match(std::string_view relative_path) const;

    /// The names of the captures, in order.
    const std::vector<std::string>& names() const { return names_; }

    /// Whether it is about files in folders below the watched one.
    bool is_deep() const { return ends_open_ || parts_.size() > 1; }

private:
    struct piece {
        enum { literal, any, capture } kind = literal;
        std::string text;  // The literal, or the capture's name.
    };
    using part = std::vector<piece>;

    static result<piece> take_piece(std::string_view& rest);
    result<part> parse_part(std::string_view text);
    static bool match_part(const part& wanted, std::string_view text, captures& out);

    std::vector<part> parts_;
    std::vector<std::string> names_;
    bool ends_open_ = false;  // With `**`.
};

}  // namespace kustodrop::pipeline
