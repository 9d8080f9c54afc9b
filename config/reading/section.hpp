#pragma once

#include "config/environment.hpp"
#include "config/reading/origins.hpp"
#include "config/reading/report.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// A scalar after interpolation.
struct scalar {
    std::string text;
    std::string shown;  // How messages quote it: what came from outside is not printed.
    place at;
};

class section;

/// The files beside the main one, which add to its lists.
struct fragments {
    std::vector<section> roots;  // Of those that could be parsed, in order.
    bool is_whole = true;        // All of them could.
};

/// What a document is read with: where its problems go and what its values may refer to.
struct reading {
    config::report& report;
    const config::environment& environment;
    bool literal_secrets = false;  // Only the file's owner can read it: secrets may stand in it.
    config::fragments* beside = nullptr;  // Of the main file; none: it stands alone.
    config::origins* origins = nullptr;   // Where the places of values go, if they are asked for.
    /// Which sections have a key of this name; empty: none.
    std::function<std::string(std::string_view name)> homes_of = {};
};

/// One map of the document, read key by key. The keys that were taken are the allowed ones. What
/// is wrong with a key is reported once, at the key, and remembered.
class section {
public:
    /// `path` is the map's own key ("watches[0]", empty for the root). A null map is an empty one.
    section(reading& reading, const node& map, std::string path);

    bool is_broken() const { return broken_; }  ///< It was not a map, which is reported already.
    const config::environment& environment() const { return reading_->environment; }
    bool literal_secrets() const { return reading_->literal_secrets; }
    const config::reading& context() const { return *reading_; }

    /// The key's value as it is written, null if it is absent. The key is an allowed one from now
    /// on; a second one of the same name is reported.
    const node* take(std::string_view key);
    /// The key's map, an empty one if it is absent or wrong. Reported when it is not a map.
    section map(std::string_view key);
    /// The key's maps; nothing if it is absent, reported when it is not a list of maps.
    std::vector<section> maps(std::string_view key);
    /// The names of the entries that were not taken: of maps whose keys are free.
    std::vector<std::string_view> free_keys() const;

    /// The scalar behind a key, interpolated; nothing if it is absent or wrong (reported).
    std::optional<scalar> take_scalar(std::string_view key);
    /// The same as it is written, for what must not be shown: `shown` is empty.
    std::optional<scalar> take_raw_scalar(std::string_view key);
    /// A value of this section after interpolation; reported under `path` if that fails.
    std::optional<scalar> resolve(const node& value, const std::string& path);

    /// Reports a key that was not given (unless the section is broken); says what to give.
    void require(std::string_view key, std::string_view what);
    bool is_given(std::string_view key) const;
    bool is_wrong(std::string_view key) const;  ///< A problem of it is reported.
    /// Where a key's value stands; where the section begins (or would) if it is not given.
    place at(std::string_view key) const;
    std::string path(std::string_view key) const;
    const std::string& path() const { return path_; }
    void error(std::string_view key, std::string message);  ///< At that key.
    void warn(std::string_view key, std::string message);
    /// The key is wrong because of something in its value that stands elsewhere.
    void error_in(std::string_view key, place at, std::string path, std::string message);

    void mark_wrong(std::string_view key) { wrong_.emplace(key); }  ///< Reported elsewhere.

    /// Reports every key that was not taken and has no problem. The last thing to call.
    void finish();

private:
    const node* peek(std::string_view key) const;
    void report_unknown(const node::entry& entry);

    reading* reading_;
    const node* map_;
    place at_;
    std::string path_;
    bool broken_ = false;
    std::vector<std::string_view> known_;  // Literals of the table, in its order.
    std::set<std::string, std::less<>> wrong_;
};

/// The key's value could not be had: a warning if only this machine lacks it and the environment
/// says so, else an error. `subject`: how the sentence begins.
void report_unresolved(
    section& from, std::string_view key, const failure& why, const std::string& subject = {}
);

/// How such a warning ends.
inline constexpr std::string_view not_checked = "; the key is not checked here";

/// The section's key in `origins`.
std::string place_key(const section& of);

/// "\"many\"": printable, in quotes, cut where it is long.
std::string quoted(std::string_view value);

/// "is a list; use …", or that there is no value.
std::string wrong_kind(const node& value, std::string_view use);

/// "a, b, c".
std::string listed(const std::vector<std::string_view>& names);

}  // namespace kustodrop::config
