#pragma once

#include "kusto/target.hpp"
#include "pipeline/targets/route_pattern.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kustodrop::pipeline {

/// How a watch's targets follow from the paths of its files.
struct route_options {
    std::string pattern = {};  // A route_pattern; empty: the watch has one target.
    // The values that each capture may have: literal ones or globs.
    std::map<std::string, std::vector<std::string>, std::less<>> allow = {};

    explicit operator bool() const { return !pattern.empty(); }
    friend bool operator==(const route_options&, const route_options&) = default;
};

/// Why a path has no target.
struct route_refusal {
    std::string code;          // "no_route" or "not_allowed".
    std::string capture = {};  // Which one is not allowed,
    std::string value = {};    // and what it is: bytes of a file's path.
    std::string detail = {};
};

/// Whether an allow-list names a value. A literal one allows exactly itself. A glob allows plain
/// values only: letters, digits and . _ - of ASCII and blanks between them, so that nothing that
/// has a meaning elsewhere, or only looks like something else, is let in by a star. Pure.
bool is_allowed(std::string_view value, const std::vector<std::string>& list);

/// Makes the target of a file of its path. Texts of the target name captures, of which each value
/// must be allowed; a path that has no target has none, and never another one. Pure.
class target_route {
public:
    /// A route that nothing matches if the pattern cannot be read, which the configuration checks.
    target_route(const route_options& options, kusto::target rules);

    std::variant<kusto::target, route_refusal> decide(std::string_view relative_path) const;

private:
    std::optional<route_refusal> refusal_of(const captures& values) const;

    std::optional<route_pattern> pattern_;
    route_options options_;
    kusto::target rules_;
};

/// The targets that a route can lead to, where its allow-lists have literal values only: at most
/// `most` of them; nothing where they are more, or patterns decide. Pure.
std::vector<kusto::target> listed_targets(
    const route_options& options, const kusto::target& rules, std::size_t most
);

/// What a route has decided, as source::target and the journal keep it, so that a later change of
/// the configuration sends nothing elsewhere: "/DATABASE/TABLE/MAPPING/PATTERN/TAG…". The targets
/// of watches without a route are recorded as "DATABASE.TABLE".
std::string destination_of(const kusto::target& where);

/// The target with that destination; what else there is to a target is as in `rules`. Nothing if
/// the text is none.
std::optional<kusto::target> target_of(std::string_view destination, const kusto::target& rules);

/// Whether a recorded target is a destination.
inline bool is_destination(std::string_view recorded) { return recorded.starts_with('/'); }

/// "DATABASE.TABLE" of a recorded target.
std::string shown_target(const std::string& recorded);

}  // namespace kustodrop::pipeline
