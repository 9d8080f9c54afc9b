#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "async/timed_wait.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/intake/grouping.hpp"
#include "pipeline/intake/resuming.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/recovery.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/shipping/small_contents.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/reading/inspection.hpp"
#include "spool/watching/inotify.hpp"
#include "spool/watching/name_rules.hpp"
#include "spool/watching/settler.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

struct intake_parts {
    roster& sources;
    ready_queue& ready;
    small_contents& contents;
    spool::journal& journal;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;
    spool::inotify* events;  // The process's one; null: polls.
};

struct intake_options {
    std::string state_directory;    // Named in the folder's lock.
    duration absent_check = 5s;     // How often an absent folder is looked for.
    duration poll_every = 2s;       // Between scans where events do not come.
    std::size_t batch_files = 256;  // Looks and claims in one go.
};

/// Watches one drop folder and claims what is complete. Events are hints, the scan is the truth;
/// while there is no room, files wait in the folder, where they are safe.
class intake {
public:
    intake(
        asio::any_io_executor executor,
        watch& from,
        intake_parts parts,
        intake_options options,
        routing& next
    );

    /// Opens and locks the folder and resumes what an earlier run left in it: `unretired` is what
    /// the journal has. Fails with "folder_locked" if another daemon has the folder, and with
    /// "folder_absent" and the like; run() keeps trying then.
    asio::awaitable<result<void>> open(std::vector<spool::source> unretired);

    /// For a watch that is added to a running daemon: run() does what open() does.
    void begin_with(std::vector<spool::source> unretired) { unretired_ = std::move(unretired); }

    /// Claims until cancelled or closed.
    asio::awaitable<void> run();

    /// Claims no more; run() ends.
    void close();

    /// Claims what lies in the folder without waiting until it has settled, for nobody writes any
    /// more; then run() ends.
    void finish();
    bool has_ended() const { return ended_; }

    /// Obeys other options from its next turn on. Of another folder, or another way to claim, only
    /// when all that was claimed is retired: sources end where they began.
    void change(watch_options wanted);

    /// Claims no more, and lets go of the folder when all that was claimed is retired. change()
    /// brings it back.
    void leave();
    bool is_leaving() const { return leaving_ && !left_; }
    bool has_left() const { return left_; }

    /// An event of the process's inotify instance, if its watch number is one of ours.
    void hint(const spool::folder_event& event);
    bool owns(int watch_number) const { return folders_.contains(watch_number); }
    void lost_events();  ///< The queue overflowed: scan everything.

    /// A claimed file is not what it was: look at it anew when it has settled.
    void look_again(const spool::source& what);

    std::string mode() const { return polling_ ? "poll" : "inotify"; }
    std::size_t settling() const { return settler_.size(); }
    bool is_low_on_space() const { return low_on_space_; }
    std::size_t waiting_in_folder() const { return waiting_in_folder_; }

private:
    struct looked {
        spool::sighting seen;
        bool marked = true;  // Its done marker is there, or none is wanted.
    };
    struct looks {
        std::vector<looked> seen;
        std::vector<std::string> gone;
    };
    struct scanned {
        spool::scan found;
        std::optional<spool::disk_space> space;
    };
    struct claimed {
        spool::sighting seen;
        std::string id;
        std::optional<spool::slice> slice;
        std::optional<failure> problem;
    };
    struct gathered {
        std::string id;
        spool::slice file;
        spool::inspection said = {};
    };
    struct claim_how {
        bool in_place = false;
        std::string marker;
    };
    struct opened {
        std::shared_ptr<spool::drop_folder> folder;
        std::vector<std::string> warnings;
        std::vector<spool::work_entry> work;
        spool::medium medium;
        bool in_place = false;
        bool read_only = false;
    };
    static result<opened> open_folder(
        const std::string& path, claim_mode how, const std::string& state_directory
    );
    static result<void> make_ours(opened& out, const std::string& state_directory);
    asio::awaitable<result<void>> try_open();
    asio::awaitable<void> turn();
    void take_changes();
    bool is_moving() const;
    void let_go();
    void tell_left_behind();
    void obey(watch_options wanted);
    void see_anew();
    bool has_finished() const;
    asio::awaitable<void> scan();
    void take_slice(spool::scan found);
    asio::awaitable<void> look_at_hints();
    asio::awaitable<void> claim_complete();
    asio::awaitable<void> refresh_changed();
    void watch_folder(const std::string& name);
    void set_mode(bool polling);
    void close_folder(const failure& why);
    void take_over(recovered found);
    resuming_parts resuming();
    std::vector<spool::work_entry> still_unknown(std::vector<spool::work_entry> work);
    void saw(const looked& file, bool closed);
    void saw_all(const spool::scan& found);
    void mind_space(const std::optional<spool::disk_space>& space);
    void release_held();
    void forget_kept_but(const std::vector<spool::sighting>& seen);
    bool is_kept(const spool::sighting& seen);
    void admit(spool::source what);
    void gather(spool::source what);
    asio::awaitable<void> inspect_gathered();
    std::vector<gathered> take_uninspected();
    void find_company(gathered one);
    void send_group(const grouping::group& files);
    void send_groups(bool all);
    bool is_gathering() const;
    void complain(const std::string& name, const failure& problem);
    std::size_t room() const;
    bool may_claim() const;
    time_point next_turn() const;
    static looks look(
        const spool::drop_folder& folder,
        const std::vector<std::string>& names,
        const std::string& marker
    );
    static std::vector<claimed> claim(
        const spool::drop_folder& folder, std::vector<claimed> files, claim_how how
    );
    static void remove_marker(const spool::drop_folder& folder, claimed& file, std::string name);

    watch& watch_;
    intake_parts with_;
    intake_options options_;
    routing& next_;
    spool::name_rules rules_;
    spool::settler settler_;
    event stirred_;
    std::map<int, std::string> folders_;     // inotify watch number → relative folder, "" root.
    std::map<std::string, bool> hinted_;     // Name → whether a writer closed it.
    std::vector<spool::sighting> complete_;  // Settled, waiting for room.
    std::set<std::string> queued_;           // Their names.
    std::vector<spool::source> unretired_;   // Until the folder could be opened.
    std::optional<std::string> trouble_;     // Why the folder is not open, said once.
    std::map<std::string, time_point> changed_;  // Source ids to be looked at anew, and when.
    company company_;
    grouping groups_;                      // Claimed files that wait for others,
    std::deque<std::string> uninspected_;  // and those that were not looked into yet.
    std::set<std::string> complained_;     // Names that were refused, said once.
    time_point next_scan_{};
    std::size_t waiting_in_folder_ = 0;
    bool polling_ = false;
    bool blind_ = false;  // The file system does not tell of every change.
    bool low_on_space_ = false;
    // A folder of many files is gone through in slices; this pass goes on here.
    std::optional<spool::scan_position> position_;
    std::size_t found_in_pass_ = 0;
    bool took_in_pass_ = false;
    bool more_to_see_ = false;  // In this pass, or in another because this one took something.
    bool closed_ = false;
    bool finishing_ = false;
    bool last_look_ = false;  // At all of the folder, begun after finish().
    bool ended_ = false;
    bool leaving_ = false;
    bool left_ = false;
    std::optional<watch_options> wanted_;  // What it is to obey.
};

}  // namespace kustodrop::pipeline
