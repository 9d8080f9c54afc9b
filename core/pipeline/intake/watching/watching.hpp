#pragma once

#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/intake/watching/copy_check.hpp"
#include "pipeline/intake/watching/folder_events.hpp"
#include "pipeline/intake/watching/observed_files.hpp"
#include "pipeline/intake/watching/refusal_log.hpp"
#include "pipeline/intake/watching/routed_names.hpp"
#include "pipeline/intake/watching/schedule.hpp"
#include "pipeline/intake/watching/waiting_names.hpp"
#include "pipeline/watch/notices.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/scanning.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Pure. Whether someone may wonder why files stay in the folder, which cannot be changed for the
/// reason that is given: not where the watch is meant to keep them there.
bool is_unexpectedly_in_place(const watch_options& wanted, const std::string& stays_because);

/// Watches the open folder of one watch: events are hints, the scan is the truth. Both lead to
/// looks at files, and what they show to the list of complete ones. Large because the claimer, the
/// schedule and the status page each ask for their own part of what it knows.
class watching {
public:
    watching(watch& of, intake_parts parts, intake_options options);

    /// The watch's folder has just been opened.
    /// `stays_because`: why files stay in it although that was not asked for; empty: they do not.
    void open(spool::medium_kind medium, std::string stays_because);

    /// It will be closed, or is absent by now.
    void close();

    /// The watch's options have changed.
    void set_options();

    /// After this, what lies in the folder is complete when it was seen.
    void begin_last_look();

    bool owns(int number) const { return events_.owns(number); }

    /// Takes in an event of a folder that it owns(). True: a turn is due.
    bool note_event(const spool::folder_event& event);

    /// Events were lost: the whole folder is scanned, and its subfolders are watched once more.
    void lose_events();

    /// Scans the folder if that is due, then looks at the files that need it. Fails when the folder
    /// is not there any more.
    asio::awaitable<result<void>> observe();

    /// Complete files, waiting to be claimed.
    std::size_t complete() const { return files_.complete(); }
    std::vector<spool::sighting> take_complete(std::size_t count) {
        return files_.take_complete(count);
    }

    /// After the claims of a turn: the next slice of a large folder is scanned when there is little
    /// else to do.
    void plan_next_slice();

    schedule::reasons reasons() const;
    const schedule& plan() const { return schedule_; }

    /// A file was claimed, or was found not to be claimable.
    void note_claimed(const std::string& name);
    void note_refused(const std::string& name, const failure& why) {
        refused_.report(name, why, with_.time.now());
        waiting_.refuse(name, why, with_.time.now());
    }

    /// A complete file was not claimed, for a writer has it open: it is looked at again when it has
    /// rested once more, and taken after all when it is overdue.
    void note_held(spool::sighting seen) { files_.note_held(std::move(seen), with_.time.now()); }
    bool is_overdue(const std::string& name) const {
        return files_.is_overdue(name, with_.time.now());
    }
    bool was_closed(const spool::sighting& seen) const { return files_.was_closed(seen); }
    void forget_held(const std::string& name) { files_.forget_held(name); }

    /// A complete file stays where it is while its target is paused.
    void leave(const std::string& name) {
        files_.note_absent(name);
        routed_.keeps_out(name);
    }

    /// A complete file was claimed, or was removed.
    void forget(const std::string& name) {
        files_.forget_held(name);
        waiting_.remove(name);
    }

    /// How many files the folder holds that are to be claimed: as the last scan has found them, or
    /// as many as have become complete since.
    std::size_t waiting_in_folder() const {
        return std::max(schedule_.waiting_in_folder(), files_.complete_count());
    }

    /// Since when the first file waits that is complete and not claimed, or cannot be claimed.
    std::optional<time_point> waiting_since() const {
        return earlier_of(files_.complete_since(), waiting_.oldest());
    }

    /// Whether the folder, where files stay in place for it could not be changed, can be changed by
    /// now: open it again.
    bool may_claim_now() const { return may_claim_now_; }

    bool polls() const { return events_.polls(); }
    std::size_t settling() const { return files_.settling(); }
    bool is_low_on_space() const { return low_on_space_; }

    /// What stays in the folder, and what else someone who wonders about files should know.
    std::vector<notice> notices() const;

private:
    struct scanned {
        std::vector<event_request> root = {};  // Requested before the folder was read.
        std::optional<failure> problem = {};
        spool::scan found = {};
        std::optional<spool::disk_space> space = {};
        std::optional<spool::claim_advice> advice = {};  // Of a folder that could not be changed.
    };
    struct pass {
        bool is_one_scan = true;
        bool has_new_folder = false;  // One that was not watched before.
        bool saw_all = true;          // No folder was unreadable.
    };
    using unrouted_file = std::optional<route_refusal>;
    using route_refusals = std::vector<unrouted_file>;  // Of each file of a scan.
    void scan_all();
    std::optional<route_refusal> unrouted(const spool::sighting& seen) {
        return routed_.refusal_of(seen, files_.is_shipped(seen.name));
    }
    asio::awaitable<result<void>> scan();
    asio::awaitable<void> look();
    asio::awaitable<bool> watch_subfolders(std::vector<std::string> met);
    void begin_pass();
    void take_slice(spool::scan found, bool has_new_folder);
    void count_left(const spool::scan& found, const route_refusals& refused);
    void end_pass();
    void note(const observed_files::look& one, const unrouted_file& why);
    void note_space(const std::optional<spool::disk_space>& space);
    void note_advice(const std::optional<spool::claim_advice>& advice);

    watch& watch_;
    intake_parts with_;
    intake_options options_;
    observed_files files_;
    schedule schedule_;
    folder_events events_;
    routed_names routed_;
    refusal_log refused_;
    waiting_names waiting_;
    pipeline::notices notices_;
    copy_check copies_;
    pass pass_;
    bool low_on_space_ = false;
    std::string stays_because_;
    bool may_claim_now_ = false;
};

}  // namespace kustodrop::pipeline
