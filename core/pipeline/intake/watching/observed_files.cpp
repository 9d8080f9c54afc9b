#include "pipeline/intake/watching/observed_files.hpp"

#include "spool/folder/scanning.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kustodrop::pipeline {

using spool::event_meaning;

static constexpr std::size_t most_hints = 10'000;
static constexpr std::size_t most_settling = 20'000;
static constexpr int patience_with_writers = 5;  // Times stable_for.

observed_files::observed_files(const watch_options& rules)
    : rules_({rules.include, rules.exclude, rules.done_marker}),
      marker_(rules.done_marker),
      recursive_(rules.recursive),
      settler_({rules.done_marker.empty() ? rules.stable_for : 0s, most_settling}),
      patience_(rules.stable_for * patience_with_writers) {}

void observed_files::stop_waiting() {
    settler_.set_stable_for(0s);
    patience_ = 0s;
}

void observed_files::forget(const std::string& name) {
    settler_.removed(name);
    forget_held(name);
}

void observed_files::clear() {
    settler_.clear();
    complete_.clear();
    complete_since_.clear();
    complete_names_.clear();
    hints_.clear();
    held_since_.clear();
    closed_as_.clear();
    unmarked_.clear();
}

bool observed_files::wants(std::string_view name) const {
    return rules_.accepts(name) || rules_.marked_by(name).has_value();
}

observed_files::request observed_files::note_event(event_meaning meaning, const std::string& name) {
    auto wanted = request::look;
    switch (meaning) {
    case event_meaning::closed:
    case event_meaning::moved_in:
        hints_[name] = true;
        break;
    case event_meaning::appeared:
    case event_meaning::attributes:
        hints_.try_emplace(name, false);
        break;
    case event_meaning::went:
        unmarked_.erase(name);
        forget(name);
        return request::nothing;
    case event_meaning::folder_appeared:
        wanted = recursive_ ? request::scan : request::look;
        break;
    case event_meaning::root_removed:
        wanted = request::scan;
        break;
    case event_meaning::overflow:
        wanted = request::full_scan;
        break;
    case event_meaning::ignored:
    case event_meaning::folder_went:
    case event_meaning::nothing:
        return request::nothing;
    }
    if (auto marked = rules_.marked_by(name)) hints_[*marked] = true;
    if (!rules_.accepts(name)) hints_.erase(name);
    // A scan is cheaper than so many looks.
    if (hints_.size() > most_hints) wanted = request::full_scan;
    if (wanted == request::full_scan) hints_.clear();
    return wanted;
}

observed_files::look_list observed_files::take_looks(time_point now, std::size_t limit) {
    look_list out;
    auto hints = std::exchange(hints_, {});
    for (auto& [name, closed] : hints) {
        out.names.push_back(name);
        if (closed) out.closed.insert(name);
    }
    for (auto& name : settler_.due(now, limit)) {
        if (!hints.contains(name)) out.names.push_back(name);
    }
    return out;
}

std::optional<failure> refusal_of(const spool::sighting& seen) {
    if (seen.kind != spool::file_kind::regular) {
        auto kind = std::string(to_string(seen.kind));
        return failure{errc::not_a_file, remedy::give_up, "it is a " + kind + ", not a file"};
    }
    if (seen.links > 1) {
        return failure{
            errc::hard_link,
            remedy::give_up,
            "other names lead to the same file; it is claimed when this is its only one"};
    }
    if (!seen.readable) {
        return failure{errc::unreadable, remedy::reconfigure, "the daemon may not read it"};
    }
    return std::nullopt;
}

static failure older_marker() {
    return {
        errc::stale_marker,
        remedy::retry,
        "its done marker is older than the file, as one of an earlier file of that name is; it is "
        "claimed when the marker is written again"};
}

observed_files::effect observed_files::note(const look& one, kept_files& kept, time_point now) {
    effect out;
    auto& seen = one.seen;
    if (!rules_.accepts(seen.name) || complete_names_.contains(seen.name)) return out;
    bool is_kept = kept.covers(seen, out.kept);
    bool is_folder = seen.kind == spool::file_kind::folder;
    if (!is_kept && !is_folder) out.refused = refusal_of(seen);
    // What does not settle must not be due for a look either: it would be again at once.
    if (is_kept || is_folder || out.refused) {
        forget(seen.name);
        return out;
    }
    bool may_note = closed_as_.size() < most_settling || closed_as_.contains(seen.name);
    if (one.closed && may_note) closed_as_.insert_or_assign(seen.name, seen.identity);
    if (marker_.empty() && !one.is_fresh) {
        settler_.noticed(seen, now);
    } else if (marker_.empty()) {
        settler_.saw(seen, now, one.closed);
    } else if (is_marked(one, out)) {
        unmarked_.erase(seen.name);
        // The marker proves that the file is complete: no second look is needed.
        settler_.saw(seen, now, one.closed);
        settler_.saw(seen, now, false);
    }
    collect(now);
    return out;
}

bool observed_files::waits(const spool::sighting& seen, const kept_files& kept) const {
    bool is_known = kept.is_in_flight(seen.name) || kept.contains(seen.name);
    return !is_known && rules_.accepts(seen.name) && !refusal_of(seen);
}

// A marker is of this file if it is not older, or appeared after the file was seen without it,
// whatever the clock was set to meanwhile.
bool observed_files::is_marked(const look& one, effect& out) {
    auto& marker = one.marker;
    if (marker && spool::marks(*marker, one.seen)) return true;
    bool has_marker = marker && marker->kind == spool::file_kind::regular;
    auto before = unmarked_.find(one.seen.name);
    if (before == unmarked_.end()) {
        std::optional<spool::file_identity> there;
        if (has_marker) there = marker->identity;
        if (unmarked_.size() < most_settling) unmarked_.emplace(one.seen.name, there);
        if (has_marker) out.refused = older_marker();
        return false;
    }
    if (!has_marker) {
        before->second.reset();
        return false;
    }
    if (before->second != marker->identity) return true;
    out.refused = older_marker();
    return false;
}

void observed_files::note_marked(const spool::scan& found) {
    std::set<std::string> marked;
    for (auto& seen : found.sightings) {
        if (auto name = rules_.marked_by(seen.name)) marked.insert(*name);
    }
    for (auto& seen : found.sightings) {
        // The marker may be among what was left out.
        if (found.truncated || marked.contains(seen.name)) {
            hints_.try_emplace(seen.name, false);
        } else if (rules_.accepts(seen.name) && unmarked_.size() < most_settling) {
            unmarked_.try_emplace(seen.name);
        }
    }
}

void observed_files::collect(time_point now) {
    for (auto& file : settler_.complete()) {
        if (!complete_names_.insert(file.name).second) continue;
        complete_.push_back(std::move(file));
        complete_since_.push_back(now);
    }
}

std::optional<time_point> observed_files::complete_since() const {
    if (complete_since_.empty()) return std::nullopt;
    return complete_since_.front();
}

std::vector<spool::sighting> observed_files::take_complete(std::size_t count) {
    auto end = complete_.begin() + static_cast<std::ptrdiff_t>(std::min(count, complete_.size()));
    std::vector<spool::sighting> out(
        std::make_move_iterator(complete_.begin()), std::make_move_iterator(end)
    );
    complete_.erase(complete_.begin(), end);
    complete_since_.erase(
        complete_since_.begin(), complete_since_.begin() + static_cast<std::ptrdiff_t>(out.size())
    );
    for (auto& file : out) complete_names_.erase(file.name);
    if (complete_names_.empty()) complete_names_ = {};  // The buckets of many names.
    return out;
}

void observed_files::note_held(spool::sighting seen, time_point now) {
    held_since_.try_emplace(seen.name, now);
    settler_.saw(seen, now, false);
}

bool observed_files::was_closed(const spool::sighting& seen) const {
    auto known = closed_as_.find(seen.name);
    return known != closed_as_.end() && known->second.same_content(seen.identity);
}

bool observed_files::is_overdue(const std::string& name, time_point now) const {
    auto since = held_since_.find(name);
    if (since == held_since_.end()) return patience_ == 0s;
    return now - since->second >= patience_;
}

}  // namespace kustodrop::pipeline
