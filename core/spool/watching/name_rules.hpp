#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

struct name_rule_options {
    std::vector<std::string> include;  // Globs; empty means all.
    std::vector<std::string> exclude;
    std::string done_marker;  // ".ok": names that end so are markers, not files to ship.
};

/// Which names are ever shipped. Pure.
class name_rules {
public:
    name_rules() = default;
    explicit name_rules(name_rule_options options) : options_(std::move(options)) {}

    /// Why the file of this relative name is not shipped, for `explain`; nothing if it is.
    std::optional<std::string> ignored_because(std::string_view relative_name) const;

    /// The name whose done marker this is; nothing if it is none, or marks what is not shipped.
    std::optional<std::string> marked_by(std::string_view relative_name) const;

    bool accepts(std::string_view relative_name) const { return !ignored_because(relative_name); }

private:
    name_rule_options options_;
};

/// The sign by which a name is known as one that other programs use for unfinished files
/// (docs/traps.md §4.4), or nothing. It is valid as long as the name.
std::optional<std::string_view> temporary_sign(std::string_view base_name);

}  // namespace kustodrop::spool
