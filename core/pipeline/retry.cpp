#include "pipeline/retry.hpp"

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

static retried line_for(const spool::source& what, const spool::outcome_record& record) {
    return {what.watch, what.id, what.slices.empty() ? "" : what.slices[0].name, record.code, ""};
}

// Unconfirmed sources are still in work/: they are shipped again as they are.
static void send_unconfirmed(
    const retry_parts& with, const retry_request& wanted, std::vector<retried>& out
) {
    std::vector<std::string> ids;
    with.sources.each([&](const spool::source& what) {
        auto* record = spool::outcome_of(what.stage);
        bool parked = record && with.sources.is_parked(what);
        if (parked && matches(wanted, what, *record)) ids.push_back(what.id);
    });
    for (auto& id : ids) {
        auto& what = *with.sources.find(id);
        out.push_back(line_for(what, *spool::outcome_of(what.stage)));
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
    std::string new_id;
    std::optional<spool::slice> file = {};
    std::string problem = {};
};

// One source that failed, with an attempt for each of its files.
struct failed_source {
    journal_row row;
    std::vector<second_attempt> files = {};

    std::string problem() const {
        for (auto& one : files) {
            if (!one.problem.empty()) return one.problem;
        }
        return "";
    }
};

}  // namespace

// Runs on a worker's thread.
static void claim_again(
    const spool::drop_folder& folder, std::vector<failed_source>& all, bool in_place
) {
    for (auto& one : all) {
        auto& what = one.row.source;
        for (std::size_t i = 0; i < one.files.size(); ++i) {
            auto& attempt = one.files[i];
            spool::second_claim how{what.id, attempt.new_id, in_place};
            auto claimed = spool::claim_again(folder, what.slices[i], how);
            if (claimed.has_error()) {
                attempt.problem = to_string(claimed.error());
            } else {
                attempt.file = std::move(*claimed);
            }
        }
    }
}

// The rows of one watch that can be sent again: what is in quarantine, or was left where it was.
static std::vector<journal_row> candidates(
    const watch& from, const retry_request& wanted, const std::vector<journal_row>& rows
) {
    std::vector<journal_row> out;
    for (auto& row : rows) {
        auto* record = spool::outcome_of(row.source.stage);
        if (!record || row.source.slices.empty() || !matches(wanted, row.source, *record)) continue;
        auto& file = row.source.slices.front();
        bool in_quarantine = file.location.starts_with(spool::quarantine_folder);
        if (in_quarantine || from.kept.contains(file.location)) out.push_back(row);
    }
    return out;
}

static void admit(const retry_parts& with, watch& from, second_attempt attempt) {
    spool::source what;
    what.id = std::move(attempt.new_id);
    what.watch = from.options.name;
    what.target = from.options.target.name();
    what.claimed_at = with.time.wall_now();
    what.slices.push_back(std::move(*attempt.file));
    auto& admitted = with.sources.admit(std::move(what));
    auto& file = admitted.slices.front();
    if (file.location == file.name) from.kept.begin(file.name, file.identity);
    with.ready.push(admitted.id, with.time.now());
}

// The former source has its files no more: they belong to others.
static retried finish(const retry_parts& with, watch& from, failed_source one) {
    auto& what = one.row.source;
    auto line = line_for(what, *spool::outcome_of(what.stage));
    line.problem = one.problem();
    for (std::size_t i = 0; i < one.files.size(); ++i) {
        if (!one.files[i].file) continue;
        auto& file = what.slices[i];
        from.kept.forget(file.location);
        with.journal.forget_kept(from.options.name, file.location);
        file.location = file.name;
        with.log.info(
            "claimed again by retry",
            {{"watch", line.watch},
             {"source", line.source_id},
             {"next", one.files[i].new_id},
             {"file", file.name}}
        );
        admit(with, from, std::move(one.files[i]));
    }
    auto claimed = [](auto& attempt) { return attempt.file.has_value(); };
    if (std::ranges::any_of(one.files, claimed)) with.journal.record(what);
    if (!line.problem.empty()) {
        with.log.warning(
            "retry cannot claim a file; it stays where it is",
            {{"watch", line.watch},
             {"source", line.source_id},
             {"file", line.file},
             {"detail", line.problem}}
        );
    }
    return line;
}

static asio::awaitable<void> claim_all_again(
    retry_parts with, watch& from, std::vector<journal_row> rows, std::vector<retried>& out
) {
    auto folder = from.folder;
    auto in_place = from.in_place;
    auto all = std::make_shared<std::vector<failed_source>>();
    for (auto& row : rows) {
        failed_source one{std::move(row)};
        for (std::size_t i = 0; i < one.row.source.slices.size(); ++i) {
            one.files.push_back({spool::make_source_id(with.random, with.time.wall_now())});
        }
        all->push_back(std::move(one));
    }
    auto work = [folder, all, in_place] { claim_again(*folder, *all, in_place); };
    co_await offload(with.pool, work);
    for (auto& one : *all) out.push_back(finish(with, from, std::move(one)));
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
        if (auto* from = with.watches.find(name)) from->gate.reopen();
    }
}

// What is put back is newer than what is still to be read, so that no row is met twice.
static asio::awaitable<result<void>> retry_in(
    retry_parts with, std::string name, retry_request wanted, std::vector<retried>& out
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
            auto chosen = candidates(*from, wanted, *rows);
            if (chosen.empty()) continue;
            if (!from->folder) {
                failure absent{
                    errc::folder_absent,
                    remedy::retry,
                    "the folder of " + name + " is not there now"};
                co_return absent;
            }
            co_await claim_all_again(with, *from, std::move(chosen), out);
        }
    }
    co_return result<void>();
}

asio::awaitable<result<std::vector<retried>>> retry(retry_parts with, retry_request wanted) {
    std::vector<retried> out;
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
    reopen_matched(with, wanted, out);
    auto recorded = co_await with.journal.durable();
    if (recorded.has_error()) co_return recorded.error();
    co_return out;
}

}  // namespace kustodrop::pipeline
