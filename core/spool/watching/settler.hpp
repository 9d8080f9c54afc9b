#pragma once

#include "base/time.hpp"
#include "spool/source/sighting.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kustodrop::spool {

struct settler_options {
    duration stable_for = 2s;
    std::size_t limit = 100'000;  // Names tracked; those that came first are kept.
};

/// Decides when a file is complete: two observations with the same identity, at least stable_for
/// apart on our own clock. A file's times are never compared with a clock: cp -p sets old ones,
/// and clocks step (docs/traps.md §4.4). Pure.
///
/// saw() what a look or a scan shows; look again at the names that are due(); take complete().
class settler {
public:
    explicit settler(settler_options options) : options_(options) {}

    /// `closed_hint`: an event said that a writer closed it or that it was moved here, so the wait
    /// begins again even if the file's times are too coarse to show the last write. False if the
    /// name is not tracked because there are too many: the next scan brings it again.
    bool saw(const sighting& seen, time_point now, bool closed_hint);

    /// The same for what may be older than the file is by now: it never completes a file, it only
    /// asks for a look.
    bool noticed(const sighting& seen, time_point now);

    /// Forgets the name.
    void removed(std::string_view name);
    void clear();

    /// Names that only need a fresh look to be complete, longest waiting first.
    std::vector<std::string> due(time_point now, std::size_t limit) const;

    /// Takes out the files that are complete, in the order in which they became so.
    std::vector<sighting> complete();

    /// When the next name will be due.
    std::optional<time_point> next_due() const;

    bool tracks(std::string_view name) const { return tracked_.find(name) != tracked_.end(); }
    std::size_t size() const { return tracked_.size(); }
    void set_stable_for(duration stable_for) { options_.stable_for = stable_for; }

private:
    using by_due = std::multimap<time_point, std::string_view>;
    struct observed {
        sighting last;
        by_due::iterator waiting{};  // When a further look would prove it stable.
    };
    struct hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    settler_options options_;
    std::unordered_map<std::string, observed, hash, std::equal_to<>> tracked_;
    by_due waiting_;  // Of the names in tracked_.
    std::vector<sighting> complete_;
};

}  // namespace kustodrop::spool
