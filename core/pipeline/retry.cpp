#include "pipeline/retry.hpp"

#include "spool/folder/moves/transfer.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

namespace stage = spool::stage;
using spool::journal_row;

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

// Runs on a worker's thread. The rows' slices get their new locations.
static std::vector<std::string> put_back(
    const spool::drop_folder& folder, std::vector<journal_row>& rows
) {
    std::vector<std::string> problems;
    for (auto& row : rows) {
        std::string problem;
        for (auto& file : row.source.slices) {
            auto back = spool::put_back(folder, file, row.source.id);
            if (back.has_error()) problem = to_string(back.error());
            if (!back.has_error()) file.location = *back;
        }
        problems.push_back(std::move(problem));
    }
    return problems;
}

// The rows of one watch that can be put back: what is in quarantine, or was left where it was.
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

static asio::awaitable<void> put_back_all(
    retry_parts with, watch& from, std::vector<journal_row> rows, std::vector<retried>& out
) {
    auto folder = from.folder;
    auto shared = std::make_shared<std::vector<journal_row>>(std::move(rows));
    auto work = [folder, shared] { return put_back(*folder, *shared); };
    auto problems = co_await offload(with.pool, work);
    for (std::size_t i = 0; i < shared->size(); ++i) {
        auto& what = (*shared)[i].source;
        auto line = line_for(what, *spool::outcome_of(what.stage));
        line.problem = problems[i];
        for (auto& file : what.slices) {
            from.kept.forget(file.location);
            with.journal.forget_kept(from.options.name, file.location);
        }
        if (line.problem.empty()) with.journal.record(what);
        with.log.info(
            line.problem.empty() ? "put back by retry" : "cannot put back",
            {{"watch", line.watch},
             {"source", line.source_id},
             {"file", line.file},
             {"detail", line.problem}}
        );
        out.push_back(std::move(line));
    }
}

asio::awaitable<result<std::vector<retried>>> retry(retry_parts with, retry_request wanted) {
    std::vector<retried> out;
    send_unconfirmed(with, wanted, out);
    // What has just been settled is to be found as well.
    auto safe = co_await with.journal.durable();
    if (safe.has_error()) co_return safe.error();
    auto names = with.watches.names();
    for (auto& name : names) {
        auto* found = with.watches.find(name);
        if (!found || (wanted.watch && *wanted.watch != name)) continue;
        auto& from = *found;
        from.gate.reopen();
        for (auto outcome : {spool::outcome::failed, spool::outcome::rejected}) {
            spool::journal_query query;
            query.watch = name;
            query.outcome = outcome;
            query.stage = "retired";
            query.source_id = wanted.source_id;
            query.limit = 1'000'000;
            auto rows = co_await with.journal.find(query);
            if (rows.has_error()) co_return rows.error();
            auto chosen = candidates(from, wanted, *rows);
            if (chosen.empty()) continue;
            if (!from.folder) {
                failure absent{
                    errc::folder_absent,
                    remedy::retry,
                    "the folder of " + name + " is not there now"};
                co_return absent;
            }
            co_await put_back_all(with, from, std::move(chosen), out);
        }
    }
    auto recorded = co_await with.journal.durable();
    if (recorded.has_error()) co_return recorded.error();
    co_return out;
}

}  // namespace kustodrop::pipeline
