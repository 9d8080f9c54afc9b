#pragma once

#include "config/choices.hpp"
#include "config/report.hpp"

#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// From the least to the most that a value may be.
template <class T>
struct range {
    T least;
    T most;
};

/// A scalar after interpolation.
struct scalar {
    std::string text;
    std::string shown;  // How messages quote it: what came from outside is not printed.
    place at;
};

/// What a map is read from: where its problems go and what its values may refer to.
struct reading {
    config::report& report;
    const config::environment& environment;
};

/// Reads one map of the configuration, key by key. Each reader leaves its value alone when the
/// key is absent, reports exactly one problem when the value is wrong, and returns whether the
/// value may be used, the default included. The keys that were asked for are the allowed ones.
class section {
public:
    /// `path` is the map's own key ("watches[0]", empty for the root). A null map is an empty one.
    section(reading& reading, const node& map, std::string path);

    bool is_broken() const { return broken_; }  ///< It was no map, which is reported already.

    bool flag(std::string_view key, bool& out);
    bool number(std::string_view key, std::uint64_t& out, range<std::uint64_t>);
    bool time(std::string_view key, duration& out, range<duration>);
    bool size(std::string_view key, std::uint64_t& out, range<std::uint64_t>);
    bool percentage(std::string_view key, double& out);

    template <class Choices, class T>
    bool choice(std::string_view key, T& out, const Choices& choices) {
        std::vector<std::string_view> allowed;
        for (auto& one : choices) allowed.push_back(one.name);
        auto given = choice_text(key, allowed);
        if (!given) return !is_wrong(key);
        for (auto& one : choices) {
            if (one.name == *given) out = one.value;
        }
        return true;
    }

    /// What is wrong with a text, as the end of a sentence; nothing if it is good.
    using text_rule = std::function<std::optional<std::string>(const std::string&)>;

    /// A line of text without control characters that `rule` has nothing against.
    bool text(std::string_view key, std::string& out, const text_rule& rule = {});
    /// A list of such lines, `like` an example of it.
    bool texts(
        std::string_view key,
        std::vector<std::string>& out,
        std::string_view like,
        const text_rule& rule = {}
    );

    /// The key's map, an empty one if it is absent or wrong. Reported when it is no map.
    section map(std::string_view key);
    /// The key's maps; nothing if it is absent, reported when it is no list of maps.
    std::vector<section> maps(std::string_view key);
    /// Every entry of this map: for maps whose keys are free.
    void each_text(const std::function<void(std::string_view key, const scalar&)>& take);

    /// The scalar behind a key, interpolated; nothing if it is absent or wrong (reported).
    std::optional<scalar> take_scalar(std::string_view key);
    /// The same as it is written, for what must not be shown: `shown` is empty.
    std::optional<scalar> take_raw_scalar(std::string_view key);

    /// Reports a key that was not given (unless the section is broken); says what to give.
    void require(std::string_view key, std::string_view what);
    /// Refuses a value that this version cannot serve. `shown` is the value, or empty.
    void refuse_unsupported(
        std::string_view key, std::string_view shown, std::string_view default_value
    );

    bool is_given(std::string_view key) const;
    bool is_wrong(std::string_view key) const;  ///< Reported, as a key that is absent or bad.
    /// Where a key's value stands; where the section begins (or would) if it is not given.
    place at(std::string_view key) const;
    std::string path(std::string_view key) const;
    const std::string& path() const { return path_; }
    void error(std::string_view key, std::string message);  ///< At that key.
    void warn(std::string_view key, std::string message);

    /// Reports every key that nothing asked for. The last thing to call.
    void finish();

private:
    const node* find(std::string_view key);
    const node* peek(std::string_view key) const;
    std::optional<scalar> interpolated(const node& value, const std::string& path);
    std::optional<std::string> line_of(
        const node& value, const std::string& path, const text_rule& rule
    );
    std::optional<std::string> choice_text(
        std::string_view key, const std::vector<std::string_view>& allowed
    );
    void report_unknown(const node::entry& entry);

    reading* reading_;
    const node* map_;
    place at_;
    std::string path_;
    bool broken_ = false;
    std::vector<std::string_view> known_;  // Literals of the readers, in their order.
    std::set<std::string, std::less<>> wrong_;
};

/// "\"many\"": printable, in quotes, cut where it is long.
std::string quoted(std::string_view value);

/// "is a list; allowed: …", or that there is no value.
std::string wrong_kind(const node& value, std::string_view allowed);

/// "a, b, c".
std::string listed(const std::vector<std::string_view>& words);

}  // namespace kustodrop::config
