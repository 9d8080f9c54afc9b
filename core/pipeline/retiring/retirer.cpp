#include "pipeline/retiring/retirer.hpp"

#include "base/text.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/moves/transfer.hpp"
#include "spool/folder/quarantine.hpp"
#include "spool/source/place.hpp"

#include <map>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static constexpr std::size_t batch_files = 64;
static constexpr duration pause_after_trouble = 5s;

retirer::retirer(asio::any_io_executor executor, watch& from, retirer_parts parts)
    : watch_(from), with_(parts), arrived_(std::move(executor)) {}

void retirer::submit(const spool::source& what) {
    waiting_.push_back(what.id);
    arrived_.notify_all();
}

asio::awaitable<void> retirer::run() {
    for (;;) {
        while (waiting_.empty()) co_await arrived_.wait();
        // The outcome is on disk before the file moves (docs/architecture.md §2).
        auto safe = co_await with_.journal.durable();
        auto folder = watch_.folder;
        if (safe.has_error() || !folder) {
            co_await with_.time.sleep_until(with_.time.now() + pause_after_trouble);
            continue;
        }
        // Shared with the worker, which continues even if we are cancelled.
        auto jobs = std::make_shared<const std::vector<job>>(take_batch());
        auto work = [folder, jobs] { return act(*folder, *jobs); };
        auto results = co_await offload(with_.pool, work);
        bool trouble = false;
        for (std::size_t i = 0; i < jobs->size(); ++i) {
            trouble = trouble || results[i].problem.has_value();
            finish((*jobs)[i], std::move(results[i]));
        }
        if (trouble) co_await with_.time.sleep_until(with_.time.now() + pause_after_trouble);
    }
}

// The intake may see a file in the folder before we hear that it is back there.
void retirer::expect_back(const job& one) {
    if (one.action != file_action::put_back) return;
    for (auto& file : one.slices) watch_.kept.keep(file.name, file.identity);
}

std::vector<retirer::job> retirer::take_batch() {
    std::vector<job> jobs;
    std::size_t files = 0;
    while (!waiting_.empty() && files < batch_files) {
        auto id = std::move(waiting_.front());
        waiting_.pop_front();
        auto one = job_for(id);
        if (!one) continue;
        files += one->slices.size();
        expect_back(*one);
        jobs.push_back(std::move(*one));
    }
    return jobs;
}

std::optional<retirer::job> retirer::job_for(const std::string& id) {
    auto* what = with_.sources.find(id);
    if (!what) return std::nullopt;
    job one;
    one.id = id;
    one.slices = what->slices;
    one.follows_growth = watch_.follows_growth;
    one.at = with_.time.wall_now();
    auto* record = spool::outcome_of(what->stage);
    bool in_work = what->slices.front().location.starts_with(spool::work_folder);
    if (!record) {
        bool posted = std::holds_alternative<stage::posted>(what->stage);
        bool acts_early = watch_.options.act_after == act_time::posted && !watch_.in_place;
        // One that is posted once more has left work/ before.
        if (!posted || !acts_early || !in_work) return std::nullopt;
        one.action = action_for(watch_.options, spool::outcome::succeeded);
        return one;
    }
    one.is_settled = true;
    one.action = action_for(watch_.options, record->outcome);
    // With act_after: posted the file has left work/ before, unless the outcome was known before.
    bool acts_early = watch_.options.act_after == act_time::posted;
    bool acted_before = acts_early && !in_work && !watch_.in_place;
    if (acted_before && one.action != file_action::quarantine) one.action = file_action::stay;
    if (watch_.read_only) one.action = file_action::put_back;
    if (one.action != file_action::quarantine) return one;
    for (auto& file : what->slices) one.errors.push_back(error_json(*what, file, *record));
    return one;
}

// Runs on a worker's thread.
std::vector<retirer::done> retirer::act(
    const spool::drop_folder& folder, const std::vector<job>& jobs
) {
    std::vector<done> results;
    spool::open_folders through(folder.descriptor_of_root());
    for (auto& one : jobs) results.push_back(act_on(folder, one, through));
    sync_moved(folder, jobs, results);
    return results;
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
void retirer::sync_moved(
    const spool::drop_folder& folder, const std::vector<job>& jobs, std::vector<done>& results
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

static std::optional<spool::file_identity> changed_since(
    const spool::drop_folder& folder, const spool::slice& file
) {
    auto now = folder.look(file.location);
    if (now.has_error() || !*now || (*now)->identity.same_content(file.identity)) return {};
    return (*now)->identity;
}

retirer::done retirer::act_on(
    const spool::drop_folder& folder, const job& one, spool::open_folders& through
) {
    done out;
    out.slices = one.slices;
    for (std::size_t i = 0; i < out.slices.size() && !out.problem; ++i) {
        act_on_file(folder, one, i, out, through);
    }
    return out;
}

void retirer::act_on_file(
    const spool::drop_folder& folder,
    const job& one,
    std::size_t index,
    done& out,
    spool::open_folders& through
) {
    auto& file = out.slices[index];
    // What is put back is remembered as dealt with, and what was added meanwhile is not.
    bool stays = one.action == file_action::put_back;
    if (stays && one.follows_growth) {
        if (auto now = changed_since(folder, file)) {
            out.grown.emplace(index, *now);
            return;
        }
    }
    destination to{one.action, one.id, "", one.at};
    auto own_id = spool::id_in_work(file.location);
    if (out.slices.size() > 1 && own_id) to.id = *own_id;
    if (index < one.errors.size()) to.error = one.errors[index];
    auto moved = move(folder, file, to, through);
    if (moved.has_error()) {
        const auto& problem = moved.error();
        // Deleted by hand while we had it: nothing is left to be done.
        if (problem.code == errc::file_vanished) return;
        auto now = changed_since(folder, file);
        if (problem.code == errc::file_changed && now) {
            out.grown.emplace(index, *now);
        } else {
            out.problem = problem;
        }
        return;
    }
    file.location = *moved;
    // What is archived for good is not met again.
    if (stays || (one.is_settled && one.action == file_action::archive)) return;
    auto now = folder.look(file.location);
    if (!file.location.empty() && now && *now) file.identity = (*now)->identity;
}

void retirer::tell(const spool::source& what, const failure& problem) {
    auto said = troubles_.failed("", problem.code.text(), with_.time.now());
    auto level = said ? log_level::error : log_level::debug;
    with_.log.write(
        level,
        "cannot move a file; it stays where it is and is tried again",
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"code", problem.code.text()},
         {"detail", problem.message()},
         {"attempts", said ? std::to_string(said->times) : ""}}
    );
}

void retirer::finish(const job& asked, done how) {
    auto* what = with_.sources.find(asked.id);
    if (!what) return;
    if (how.problem) {
        tell(*what, *how.problem);
        submit(*what);
        return;
    }
    for (auto& ended : troubles_.worked("", with_.time.now())) {
        with_.log.info(
            "files can be moved again",
            {{"watch", what->watch},
             {"code", ended.kind},
             {"attempts_failed", std::to_string(ended.times)}}
        );
    }
    auto* record = spool::outcome_of(what->stage);
    for (std::size_t i = 0; i < how.slices.size(); ++i) {
        auto& file = how.slices[i];
        auto grown = how.grown.find(i);
        if (grown != how.grown.end()) {
            follow_growth(*what, file, grown->second);
        } else if (asked.is_settled) {
            watch_.kept.end(file.name);
            if (asked.action == file_action::put_back) remember_kept(*what, file, record->outcome);
        }
    }
    what->slices = std::move(how.slices);
    if (!asked.is_settled) {
        with_.sources.note(*what);
        return;
    }
    log_outcome(*what, *record);
    with_.sources.retire(*what, *record);
}

void retirer::follow_growth(
    const spool::source& what, const spool::slice& file, const spool::file_identity& now
) {
    auto alone = what;
    alone.slices = {file};
    auto next =
        successor_of(alone, now, spool::make_source_id(with_.random, with_.time.wall_now()));
    if (!next) return;
    // A file that was cut and written again is first looked at when it rests.
    if (next->slices.back().length_bytes == 0 && watch_.in_place) {
        watch_.kept.end(file.name);
        return;
    }
    next->claimed_at = with_.time.wall_now();
    with_.log.info(
        "a claimed file has grown: the rest is shipped too",
        {{"watch", what.watch},
         {"source", what.id},
         {"next", next->id},
         {"file", file.name},
         {"bytes", std::to_string(next->size_bytes())}}
    );
    auto& admitted = with_.sources.admit(std::move(*next));
    with_.ready.push(admitted.id, with_.time.now() + watch_.options.stable_for);
}

void retirer::remember_kept(
    const spool::source& what, const spool::slice& file, spool::outcome outcome
) {
    spool::kept_file kept;
    kept.watch = what.watch;
    kept.name = file.location;
    kept.identity = file.identity;
    kept.source_id = what.id;
    kept.outcome = outcome;
    with_.journal.record_kept(kept);
    watch_.kept.keep(kept.name, kept.identity);
}

void retirer::log_outcome(const spool::source& what, const spool::outcome_record& record) {
    bool bad = record.outcome == spool::outcome::failed ||
               record.outcome == spool::outcome::rejected ||
               record.outcome == spool::outcome::unconfirmed;
    auto level = bad ? log_level::warning : log_level::info;
    with_.log.write(
        level,
        to_string(record.outcome),
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"files", std::to_string(what.slices.size())},
         {"target", what.target},
         {"code", record.code},
         {"details", record.details}}
    );
}

}  // namespace kustodrop::pipeline
