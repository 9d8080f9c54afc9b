#include "pipeline/retiring/file_moves.hpp"

#include "pipeline/watch/renamed_files.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/folder/quarantine.hpp"
#include "spool/reading/records/sampled_check.hpp"
#include "spool/source/place.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace kustodrop::pipeline {

static bool is_ours(const spool::slice& file) { return file.location.starts_with(".kustodrop/"); }

// What the kernel remembers of a file on a file server may be old: it asks for it. Where there is
// no such call (the C library then answers EINVAL), what it remembers must do.
static std::optional<spool::file_identity> ask_for_facts(const spool::descriptor& file) {
    struct ::statx fresh = {};
    static constexpr int how = AT_EMPTY_PATH | AT_STATX_FORCE_SYNC;
    if (::statx(file.get(), "", how, STATX_BASIC_STATS, &fresh) == 0) {
        return spool::identity_of(fresh);
    }
    bool is_missing = errno == EINVAL || errno == ENOSYS || errno == EPERM;
    struct ::stat facts = {};
    if (!is_missing || ::fstat(file.get(), &facts) != 0) return std::nullopt;
    return spool::identity_of(facts);
}

late_look look_for_growth(const spool::slice& file, spool::open_folders& through) {
    late_look out;
    auto opened = through.open(file.location, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!opened.is_open()) return out;
    // Asked first: what a writer adds after this look, it adds while it is known.
    out.writers = spool::probe_writers(opened.get());
    auto asked = ask_for_facts(opened);
    if (!asked) return out;
    auto now = *asked;
    now.born_ns = 0;  // As of every look at an open file.
    // Where inode numbers do not last, the place says which file it is.
    if (file.identity.inode == 0) now.inode = 0;
    if (now.same_content(file.identity) && !file.has_rest()) return out;
    bool is_long_enough = now.size_bytes >= file.end();
    auto holds = [&] { return spool::may_be_as_checked(opened.get(), file.end(), file.end_check); };
    out.grown = file_growth{now, is_long_enough && holds()};
    return out;
}

// The folder whose sync makes sure that a file has left work/; none where nothing has left it.
static std::optional<std::string> folder_to_sync(
    file_action how, const std::string& before, const std::string& after
) {
    if (how == file_action::archive && after.starts_with(spool::archive_folder)) {
        return after.substr(0, after.rfind('/'));
    }
    bool deleted = how == file_action::delete_ && after.empty();
    if (deleted && before.starts_with(spool::work_folder)) return std::string(spool::work_folder);
    return std::nullopt;
}

// One sync for all that went into a folder or out of it, before any of it is recorded as retired:
// what a power cut puts back into work/ then would be shipped again.
static void sync_moved(
    const spool::drop_folder& folder,
    const std::vector<move_job>& jobs,
    std::vector<move_result>& results
) {
    std::map<std::string, result<void>> synced;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (results[i].problem) continue;
        for (std::size_t k = 0; k < results[i].slices.size(); ++k) {
            auto& before = jobs[i].slices[k].location;
            auto one = folder_to_sync(jobs[i].action, before, results[i].slices[k].location);
            if (!one) continue;
            auto [place, fresh] = synced.try_emplace(*one);
            if (fresh) place->second = folder.sync_folder(*one);
            if (!place->second.has_error()) continue;
            // Asked for again, the move finds that it is done.
            results[i].problem = place->second.error();
        }
    }
}

namespace {

// Where one file goes, and under which id where its name is taken: several of one name may have
// travelled in one blob, so that each has the id that it was claimed with.
struct destination {
    file_action how;
    std::string id;
    std::string_view error;
    wall_time at;
};

}  // namespace

static result<std::string> move(
    const spool::drop_folder& folder,
    const spool::slice& file,
    const destination& to,
    spool::open_folders& through
) {
    switch (to.how) {
    case file_action::archive:
        // What was added to an archived file was shipped from there.
        if (file.location.starts_with(spool::archive_folder)) break;
        return spool::archive(folder, file, to.id, to.at, through);
    case file_action::quarantine:
        return spool::quarantine(folder, file, to.id, to.error);
    case file_action::put_back:
        return spool::put_back(folder, file, to.id);
    case file_action::delete_: {
        auto removed = spool::remove(folder, file, to.id);
        if (removed.has_error()) return removed.error();
        return {boost::system::in_place_value, std::string()};
    }
    case file_action::stay:
        break;
    }
    return {boost::system::in_place_value, file.location};
}

static std::optional<file_growth> changed_since(
    const spool::drop_folder& folder, const spool::slice& file, spool::open_folders& through
) {
    if (is_ours(file)) return look_for_growth(file, through).grown;
    auto now = folder.look(file.location);
    if (now.has_error() || !*now || (*now)->identity.same_content(file.identity)) return {};
    return file_growth{(*now)->identity};
}

namespace {

// One file of one job. Large because a file may have grown before its move, during it, or after it.
class file_move {
public:
    file_move(
        const spool::drop_folder& folder,
        const move_job& job,
        std::size_t index,
        move_result& out,
        spool::open_folders& through
    )
        : folder_(folder),
          job_(job),
          index_(index),
          out_(out),
          file_(out.slices[index]),
          through_(through) {}

    void run() {
        if (file_.location.empty() || is_left()) return;
        destination to{job_.action, job_.id, "", job_.at};
        auto own_id = spool::id_in_work(file_.location);
        if (out_.slices.size() > 1 && own_id) to.id = *own_id;
        if (index_ < job_.errors.size()) to.error = job_.errors[index_];
        auto moved = move(folder_, file_, to, through_);
        if (moved.has_error()) return note_failure(moved.error());
        file_.location = *moved;
        if (job_.action == file_action::put_back) note_birth();
        look_after_move();
    }

private:
    // Before the move: whether the file stays where it is, for there is more to ship of it.
    bool is_left() {
        if (!job_.follows_growth) return false;
        bool ours = is_ours(file_);
        // What failed may have been the beginning of a file that was not finished.
        if (job_.action == file_action::quarantine) return ours && has_changed();
        // What is put back is remembered as dealt with, and what was added meanwhile is not.
        bool asks = job_.action == file_action::put_back || job_.action == file_action::delete_ ||
                    (ours && file_.has_rest() && job_.action == file_action::archive);
        if (!asks) return false;
        if (!ours) {
            auto now = changed_since(folder_, file_, through_);
            if (now) note_growth(*now);
            return now.has_value();
        }
        auto seen = look_for_growth(file_, through_);
        if (seen.grown) {
            note_growth(*seen.grown);
            return true;
        }
        bool is_open = seen.writers == spool::writer_state::some;
        bool must_close = job_.action == file_action::delete_ && is_open;
        out_.is_held = out_.is_held || must_close;
        return must_close;
    }

    bool has_changed() {
        auto seen = look_for_growth(file_, through_).grown;
        bool changed = seen && !seen->now.same_content(file_.identity);
        if (changed) note_growth(*seen);
        return changed;
    }

    void note_failure(const failure& problem) {
        // Deleted by hand while we had it: nothing is left to be done.
        if (problem.code == errc::file_vanished) return;
        auto now = changed_since(folder_, file_, through_);
        if (problem.code == errc::file_changed && now) {
            note_growth(*now);
        } else {
            out_.problem = problem;
        }
    }

    // A source that is not settled is asked for again when it is: there is one successor.
    void note_growth(const file_growth& seen) {
        if (job_.is_settled) out_.grown.emplace(index_, seen);
    }

    // Of a file that stays: it is known by that when it is renamed, and a journal does not have it.
    void note_birth() {
        auto now = folder_.look(file_.location);
        if (!now || !*now || !(*now)->identity.same_content(file_.identity)) return;
        file_.identity.born_ns = (*now)->identity.born_ns;
    }

    void look_after_move() {
        if (file_.location.empty()) return;
        if (!is_ours(file_) || !job_.follows_growth || !job_.is_settled) return;
        auto seen = look_for_growth(file_, through_);
        if (job_.action == file_action::quarantine) {
            // Claimed again when it has grown, for which it must not be where it is.
            bool is_alone = out_.slices.size() == 1;
            bool is_written = seen.writers == spool::writer_state::some;
            if (is_alone && is_written) out_.open.insert(index_);
        } else if (seen.grown) {
            note_growth(*seen.grown);
        } else if (seen.writers != spool::writer_state::none) {
            out_.open.insert(index_);
        }
    }

    const spool::drop_folder& folder_;
    const move_job& job_;
    std::size_t index_;
    move_result& out_;
    spool::slice& file_;
    spool::open_folders& through_;
};

}  // namespace

// Of files in place: where they are now.
static std::vector<move_job> with_places(
    const spool::drop_folder& folder, std::vector<move_job> jobs
) {
    std::vector<spool::slice> files;
    bool recursive = false;
    for (auto& job : jobs) {
        if (!job.in_place || job.action == file_action::stay) continue;
        for (auto& file : job.slices) files.push_back(is_ours(file) ? spool::slice() : file);
        recursive = recursive || job.recursive;
    }
    auto found = find_renamed(folder, recursive, files);
    auto next = found.begin();
    for (auto& job : jobs) {
        if (!job.in_place || job.action == file_action::stay) continue;
        for (auto& file : job.slices) {
            if (auto& now = *next++) file.location = now->name;
        }
    }
    return jobs;
}

std::vector<move_result> move_files(
    const spool::drop_folder& folder, const std::vector<move_job>& asked
) {
    bool any_in_place = std::ranges::any_of(asked, &move_job::in_place);
    auto placed = any_in_place ? with_places(folder, asked) : std::vector<move_job>();
    auto& jobs = any_in_place ? placed : asked;
    std::vector<move_result> results;
    spool::open_folders through(folder);
    for (auto& job : jobs) {
        move_result out{job.slices};
        for (std::size_t i = 0; i < out.slices.size() && !out.problem && !out.is_held; ++i) {
            file_move(folder, job, i, out, through).run();
        }
        results.push_back(std::move(out));
    }
    sync_moved(folder, jobs, results);
    return results;
}

}  // namespace kustodrop::pipeline
