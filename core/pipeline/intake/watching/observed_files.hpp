#pragma once

#include "base/result.hpp"
#include "pipeline/watch/kept_files.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/watching/event_meaning.hpp"
#include "spool/watching/name_rules.hpp"
#include "spool/watching/settler.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace kustodrop::pipeline {

/// What a watch knows of the files in its folder that it has not claimed: events name files to be
/// looked at, looks and scans show them, and those that are complete wait to be claimed. Pure.
/// Large because each of these asks something else of it.
class observed_files {
public:
    explicit observed_files(const watch_options& rules);

    /// Forgets all files.
    void clear();

    /// No writer is expected any more: a file is complete when it was seen.
    void stop_waiting();

    /// Which names are looked at: files that may be claimed and their done markers.
    bool wants(std::string_view name) const;

    /// Whether it is a file to be shipped, by its name.
    bool is_shipped(std::string_view name) const { return rules_.accepts(name); }

    /// What an event asks for beyond a look at the file it names.
    enum class request { nothing, look, scan, full_scan };
    request note_event(spool::event_meaning meaning, const std::string& name);

    void forget_hints() { hints_.clear(); }
    bool has_hints() const { return !hints_.empty(); }

    /// What is to be looked at now, and which of it an event says is closed.
    struct look_list {
        std::vector<std::string> names;
        std::set<std::string, std::less<>> closed;
    };
    look_list take_looks(time_point now, std::size_t limit);

    /// What a look showed of one name.
    struct look {
        spool::sighting seen;
        std::optional<spool::sighting> marker = {};  // Its done marker, where one is wanted.
        bool closed = false;
        bool is_fresh = true;  // False: the kernel may not know what a file server knows.
    };

    /// What follows from a look besides that the file is observed.
    struct effect {
        std::optional<failure> refused = {};  // Why it is left in the folder.
        kept_files::changes kept = {};        // What the journal has to know of kept files.
    };
    effect note(const look& one, kept_files& kept, time_point now);

    /// Whether what was seen is claimed sooner or later: it counts as waiting in the folder.
    bool waits(const spool::sighting& seen, const kept_files& kept) const;

    /// It is not there, or cannot be looked at: the next scan shows it again.
    void note_absent(const std::string& name) {
        unmarked_.erase(name);
        forget(name);
    }

    /// A complete file that a writer still has open waits, until the writer closes it or has kept
    /// it open for several times stable_for: then it is overdue, and taken as one that may grow.
    void note_held(spool::sighting seen, time_point now);
    bool is_overdue(const std::string& name, time_point now) const;

    /// Whether an event said that a writer closed the file, or that it was moved here, when it was
    /// as it was seen.
    bool was_closed(const spool::sighting& seen) const;
    void forget_held(const std::string& name) {
        held_since_.erase(name);
        closed_as_.erase(name);
    }

    /// With a done marker, files are claimed by what a look shows; a scan only names them.
    bool needs_markers() const { return !marker_.empty(); }
    void note_marked(const spool::scan& found);

    std::size_t complete() const { return complete_.size(); }
    /// Since when the first of them has been complete.
    std::optional<time_point> complete_since() const;
    std::size_t complete_count() const { return complete_.size(); }
    std::vector<spool::sighting> take_complete(std::size_t count);

    std::size_t settling() const { return settler_.size(); }
    std::optional<time_point> look_due() const { return settler_.next_due(); }

private:
    void collect(time_point now);
    void forget(const std::string& name);
    bool is_marked(const look& one, effect& out);

    spool::name_rules rules_;
    std::string marker_;
    bool recursive_;
    spool::settler settler_;
    std::map<std::string, bool> hints_;  // Names, and whether a writer closed them.
    // In the order in which they became so, and when each did. There may be very many, and what is
    // taken gives its room back.
    std::deque<spool::sighting> complete_;
    std::deque<time_point> complete_since_;
    std::unordered_set<std::string> complete_names_;
    duration patience_;  // With a writer.
    std::map<std::string, spool::file_identity> closed_as_;
    std::map<std::string, time_point> held_since_;  // Complete files that a writer has open.
    // Files that were seen without a marker of theirs, and what lay in its place.
    std::map<std::string, std::optional<spool::file_identity>, std::less<>> unmarked_;
};

/// Why a file of this kind is left in the folder; nothing if it can be claimed. Pure.
std::optional<failure> refusal_of(const spool::sighting& seen);

}  // namespace kustodrop::pipeline
