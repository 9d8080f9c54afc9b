#include "pipeline/retrying/retry.hpp"

#include "pipeline/retrying/patient_work.hpp"
#include "pipeline/retrying/retry_ranges.hpp"
#include "pipeline/watch/hung_folder.hpp"
#include "spool/folder/moves/transfer.hpp"

#include <algorithm>
#include <set>

namespace kustodrop::pipeline {

namespace stage = spool::stage;
using spool::journal_row;

static constexpr std::size_t files_a_page = 500;

static bool matches(
    const retry_request& wanted, const spool::source& what, const spool::outcome_record& record
) {
    if (wanted.watch && *wanted.watch != what.watch) return false;
    if (wanted.source_id && *wanted.source_id != what.id) return false;
    return !wanted.code || *wanted.code == record.code;
}

// Why a file may not be sent to where its path leads now; empty: it may.
static std::string refusal_of(const watch& from, const std::string& name) {
    auto made = from.routes.decide(name);
    auto* refused = std::get_if<route_refusal>(&made);
    return refused ? refused->code + ": " + refused->detail : std::string();
}

static retried line_for(
    const spool::source& what, const spool::slice& file, const spool::outcome_record& record
) {
    return {what.watch, what.id, file.name, record.code, ""};
}

// Unconfirmed sources are still in work/: they are shipped again as they are.
static void send_unconfirmed(
    const retry_parts& with, const retry_request& wanted, retry_report& out
) {
    std::vector<std::string> ids;
    auto is_meant = [&](const spool::slice& file) { return matches_file(wanted, file); };
    with.sources.each_parked([&](const spool::source& what) {
        auto* record = spool::outcome_of(what.stage);
        bool meant = wanted.file ? std::ranges::any_of(what.slices, is_meant) : true;
        if (record && meant && matches(wanted, what, *record)) ids.push_back(what.id);
    });
    for (auto& id : ids) {
        auto& what = *with.sources.find(id);
        auto* from = with.watches.find(what.watch);
        bool is_refused = false;
        for (auto& file : what.slices) {
            auto line = line_for(what, file, *spool::outcome_of(what.stage));
            if (from) line.problem = refusal_of(*from, file.name);
            is_refused = is_refused || !line.problem.empty();
            out.files.push_back(std::move(line));
        }
        if (wanted.dry_run || is_refused) continue;
        with.sources.unpark(what);
        ++what.ambiguous_posts;
        with.measured.count("kustodrop_posts_ambiguous_total", {{"watch", what.watch}}).add();
        with.sources.advance(what, stage::claimed{});
        with.ready.push(id, with.time.now());
    }
}

namespace {

// A file of a source that failed, and the source that it becomes.
struct second_attempt {
    std::size_t at = 0;  // In the source.
    std::string new_id = {};
    std::optional<spool::slice> file = {};
    std::string problem = {};
    bool is_absent = false;
};

// One source that failed, with an attempt for each of its files that is asked for.
struct failed_source {
    journal_row row;
    std::vector<second_attempt> files = {};
};

// What is done with those of one watch.
struct second_claims {
    std::vector<failed_source> sources = {};
    bool in_place = false;
    bool dry_run = false;
};

}  // namespace

static void fail(second_attempt& attempt, const failure& why) {
    attempt.is_absent = why.code == errc::file_vanished;
    if (!attempt.is_absent) attempt.problem = to_string(why);
}

static void look_for(
    const spool::drop_folder& folder, const spool::slice& file, second_attempt& attempt
) {
    auto seen = folder.look(file.location);
    if (seen.has_error()) {
        fail(attempt, seen.error());
    } else {
        attempt.is_absent = !seen->has_value();
    }
}

// Runs on a worker's thread.
static void claim_again(
    const spool::drop_folder& folder, second_claims& all, work_progress& progress
) {
    for (auto& one : all.sources) {
        auto& what = one.row.source;
        for (auto& attempt : one.files) {
            auto& file = what.slices[attempt.at];
            progress.advance();
            if (!attempt.problem.empty()) continue;
            if (all.dry_run) {
                look_for(folder, file, attempt);
                continue;
            }
            spool::second_claim how{what.id, attempt.new_id, all.in_place};
            auto claimed = spool::claim_again(folder, file, how);
            if (claimed.has_error()) {
                fail(attempt, claimed.error());
            } else {
                attempt.file = std::move(*claimed);
            }
        }
    }
}

// The sources of one watch of which files can be sent again: what is in quarantine, or was left
// where it was. Those of the other files in a blob stay.
static std::vector<failed_source> candidates(
    const watch& from, const retry_request& wanted, const std::vector<journal_row>& rows
) {
    std::vector<failed_source> out;
    for (auto& row : rows) {
        auto& slices = row.source.slices;
        auto* record = spool::outcome_of(row.source.stage);
        if (!record || !matches(wanted, row.source, *record)) continue;
        failed_source one{row};
        for (std::size_t at = 0; at < slices.size(); ++at) {
            auto& file = slices[at];
            bool in_quarantine = file.location.starts_with(spool::quarantine_folder);
            bool is_there = in_quarantine || from.kept.contains(file.location);
            if (!is_there || !matches_file(wanted, file)) continue;
            one.files.push_back({at});
            one.files.back().problem = refusal_of(from, file.name);
        }
        if (!one.files.empty()) out.push_back(std::move(one));
    }
    return out;
}

static void admit(const retry_parts& with, watch& from, second_attempt attempt) {
    spool::source what;
    what.id = std::move(attempt.new_id);
    what.watch = from.options.name;
    what.claimed_at = with.time.wall_now();
    what.slices.push_back(std::move(*attempt.file));
    what.target = from.recorded_target(what);
    auto& admitted = with.sources.admit(std::move(what));
    auto& file = admitted.slices.front();
    if (file.location == file.name) from.kept.begin(file.name, file.identity);
    with.ready.push(admitted.id, with.time.now());
}

// The file belongs to another source now.
static void take_over(
    const retry_parts& with, watch& from, spool::source& what, second_attempt& attempt
) {
    auto& file = what.slices[attempt.at];
    from.kept.forget(file.location);
    with.journal.forget_kept(from.options.name, file.location);
    file.location = file.name;
    with.log.info(
        "claimed again by retry",
        {{"watch", what.watch}, {"source", what.id}, {"next", attempt.new_id}, {"file", file.name}}
    );
    admit(with, from, std::move(attempt));
}

static void log_problem(const retry_parts& with, const retried& line) {
    with.log.warning(
        "retry cannot claim a file; it stays where it is",
        {{"watch", line.watch},
         {"source", line.source_id},
         {"file", line.file},
         {"detail", line.problem}}
    );
}

static void finish(const retry_parts& with, watch& from, failed_source one, retry_report& out) {
    auto& what = one.row.source;
    auto& record = *spool::outcome_of(what.stage);
    bool has_changed = false;
    for (auto& attempt : one.files) {
        if (attempt.is_absent) {
            ++out.expired;
            continue;
        }
        auto line = line_for(what, what.slices[attempt.at], record);
        line.problem = attempt.problem;
        if (attempt.file) {
            take_over(with, from, what, attempt);
            has_changed = true;
        }
        if (!line.problem.empty()) log_problem(with, line);
        out.files.push_back(std::move(line));
    }
    if (has_changed) with.journal.record(what);
}

// The folder answers after the command was answered. Without the watch its files stay in work/.
static void finish_late(const retry_parts& with, const std::string& name, second_claims& all) {
    auto* from = with.watches.find(name);
    if (!from || all.dry_run) return;
    retry_report done;
    for (auto& one : all.sources) finish(with, *from, std::move(one), done);
}

// False: the folder hangs. What is claimed there is admitted when it answers.
static asio::awaitable<bool> claim_all_again(
    retry_parts with, watch& from, std::shared_ptr<second_claims> all, retry_report& out
) {
    auto folder = from.folder;
    all->in_place = from.in_place;
    for (auto& one : all->sources) {
        if (all->dry_run) break;
        for (auto& attempt : one.files) {
            attempt.new_id = spool::make_source_id(with.random, with.time.wall_now());
        }
    }
    patient_work claiming;
    claiming.work = [folder, all](work_progress& progress) {
        claim_again(*folder, *all, progress);
    };
    auto name = from.options.name;
    claiming.late = [with, name, all] { finish_late(with, name, *all); };
    auto waiting = offload_patiently(with.pool, with.time, claiming, patience_for_a_step);
    bool has_ended = co_await std::move(waiting);
    if (!has_ended) co_return false;
    for (auto& one : all->sources) finish(with, from, std::move(one), out);
    co_return true;
}

// A watch whose cause was corrected, or whose files are asked for, ships again; what others hold
// would only be refused once more.
static void reopen_matched(
    retry_parts with, const retry_request& wanted, const std::vector<retried>& done
) {
    std::set<std::string> names;
    if (wanted.watch) names.insert(*wanted.watch);
    for (auto& one : done) {
        if (one.problem.empty()) names.insert(one.watch);
    }
    for (auto& name : names) {
        if (auto* from = with.watches.find(name)) from->gates.reopen();
    }
}

// Why the files of a watch cannot be claimed now.
static std::optional<failure> obstacle(
    const retry_parts& with, const std::string& name, const watch& from
) {
    std::optional<failure> why;
    if (with.folder_trouble) why = with.folder_trouble(name);
    if (why || from.folder) return why;
    return failure{errc::folder_absent, remedy::retry, "the folder is not there now"};
}

// What is put back is newer than what is still to be read, so that no row is met twice.
static asio::awaitable<result<void>> retry_in(
    retry_parts with, std::string name, retry_request wanted, retry_report& out
) {
    spool::journal_query query;
    query.watch = name;
    query.stage = "retired";
    query.source_id = wanted.source_id;
    query.limit = files_a_page;
    for (auto outcome : {spool::outcome::failed, spool::outcome::rejected}) {
        query.outcome = outcome;
        query.after = {};
        for (bool more = true; more;) {
            auto rows = co_await with.journal.find(query);
            if (rows.has_error()) co_return rows.error();
            std::size_t files = 0;
            for (auto& row : *rows) files += std::max<std::size_t>(1, row.source.slices.size());
            more = files >= files_a_page;
            if (more) {
                auto& last = rows->back();
                query.after = {last.changed_at.time_since_epoch().count(), last.source.id};
            }
            auto* from = with.watches.find(name);  // A reload may have taken it away meanwhile.
            if (!from) co_return result<void>();
            if (from->ranges) {
                co_await retry_ranges(with, *from, wanted, std::move(*rows), out);
                continue;
            }
            auto chosen = std::make_shared<second_claims>();
            chosen->sources = candidates(*from, wanted, *rows);
            chosen->dry_run = wanted.dry_run;
            if (chosen->sources.empty()) continue;
            if (auto why = obstacle(with, name, *from)) {
                out.left_out.push_back({name, std::move(*why)});
                co_return result<void>();
            }
            auto claiming = claim_all_again(with, *from, std::move(chosen), out);
            bool has_answered = co_await std::move(claiming);
            if (!has_answered) {
                out.left_out.push_back({name, folder_hangs()});
                co_return result<void>();
            }
        }
    }
    co_return result<void>();
}

asio::awaitable<result<retry_report>> retry(retry_parts with, retry_request wanted) {
    retry_report out;
    send_unconfirmed(with, wanted, out);
    // What has just been settled is to be found as well.
    auto safe = co_await with.journal.durable();
    if (safe.has_error()) co_return safe.error();
    auto names = with.watches.names();
    for (auto& name : names) {
        if (wanted.watch && *wanted.watch != name) continue;
        auto done = co_await retry_in(with, name, wanted, out);
        if (done.has_error()) co_return done.error();
    }
    if (!wanted.dry_run) reopen_matched(with, wanted, out.files);
    auto recorded = co_await with.journal.durable();
    if (recorded.has_error()) co_return recorded.error();
    co_return out;
}

}  // namespace kustodrop::pipeline
