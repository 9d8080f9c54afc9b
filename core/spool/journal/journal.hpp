#pragma once

#include "async/batch_pace.hpp"
#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "spool/journal/journal_records.hpp"
#include "spool/source/source.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::spool {

struct journal_options {
    std::string path;                 // The database file; its folder exists.
    std::size_t group_records = 256;  // At most this many records a transaction.
    bool synced = true;               // False only in simulations: nothing is durable then.
    // When the next commit begins. A record that no one waits for is lost by a crash before it; a
    // new claim and the answer to a post count as waited for.
    batch_pace::options pace = {};
};

/// Options for a journal that records many files at a time.
inline journal_options options_for_many(std::string path) {
    journal_options out;
    out.path = std::move(path);
    out.pace = {std::chrono::milliseconds(50), std::chrono::milliseconds(4)};
    return out;
}

/// The durable record of every source (docs/architecture.md §2): one SQLite database in WAL mode
/// with synchronous=FULL, one connection, schema versioned by user_version.
///
/// record() is a plain call that cannot be interrupted; durable() waits until all that was
/// recorded before is on disk. What arrives together shares one transaction and one sync.
///
/// Large because each kind of record has a way in and a way out.
class journal {
public:
    /// Opens or creates it. Blocking. A damaged file is set aside as PATH.corrupt-TIME, which is
    /// logged, and a new one begun. A file that another process holds is a failure
    /// "journal_locked".
    static result<std::unique_ptr<journal>> open(
        asio::any_io_executor executor,
        journal_options options,
        clock& clock,
        worker_pool& pool,
        logger& log,
        metrics& measured
    );
    ~journal();

    /// Queues the whole present state of the source; the latest of one id wins.
    void record(const source&);

    /// The same of several sources, of which all are on disk or none is: files have passed from
    /// one to another.
    void record_together(const std::vector<const source*>&);
    void record_kept(const kept_file&);
    void forget_kept(std::string watch, std::string name);

    /// A watch has another name from now on. Its sources that are not retired, or may be asked for
    /// by `retry`, its kept files, its logs and its folder belong to the new name; what succeeded
    /// stays under the old.
    void rename_watch(std::string from, std::string to);

    /// The watch's files lie in this folder from now on.
    void record_folder(folder_record);

    /// A source that was cut from followed logs, and these logs at their new positions: all of it
    /// is on disk, or none. Nothing else moves a position.
    void record_cut(const source&, std::vector<log_record> logs);

    /// What a look has changed of a watch's logs, and the numbers of those that it forgot.
    void record_logs(
        std::string watch, std::vector<log_record> written, std::vector<std::uint64_t> forgotten
    );

    /// Returns when everything recorded before the call is on disk. A failure means that it is
    /// not (yet): the records stay queued and are tried again by the next commit.
    asio::awaitable<result<void>> durable();

    /// Commits what is queued, in groups, until cancelled. A commit that failed is tried again
    /// after a pause, for as long as it takes.
    asio::awaitable<void> run();

    /// After an end that was not clean, checks a large journal part by part beside the daily work;
    /// a damaged one is set aside, as at any other time. Spawn once.
    asio::awaitable<void> examine();

    /// Commits what is queued, now, blocking: the last act before the process ends.
    result<void> flush();

    /// A clean end, after flush(): the next start need not check anything. Blocking.
    void close();

    /// Whether this opening began it: what an earlier one knew is lost, if there was one.
    bool is_new() const;

    /// Since when the commit in hand is with the disk; nothing while none is.
    std::optional<time_point> commit_since() const;

    bool healthy() const;  ///< False from a failed commit until the next good one.

    /// Blocking reads of what is on disk (flush() first to see everything). Newest first.
    /// `begins` is called before the first is visited, and again if the journal turns out to be
    /// damaged and is started over: what was visited until then does not count. Any thread.
    result<void> each_unretired(const std::function<void()>& begins, const visitor& visit);

    /// The same, all at once.
    result<std::vector<source>> unretired() {
        std::vector<source> out;
        auto visit = [&](source one) { out.push_back(std::move(one)); };
        auto read = each_unretired([&] { out.clear(); }, visit);
        if (read.has_error()) return read.error();
        return out;
    }
    result<std::vector<kept_file>> kept(std::string watch);
    result<std::vector<folder_record>> folders();
    result<std::vector<log_record>> logs(std::string watch);
    asio::awaitable<result<std::vector<journal_row>>> find(journal_query query);

    /// Deletes retired sources whose last change is before `limit`, a bounded number a call.
    /// Returns how many went.
    asio::awaitable<result<std::size_t>> forget_retired(wall_time limit);

private:
    friend asio::awaitable<result<bool>> copy_part(journal& from, std::string path, bool begins);
    struct state;
    explicit journal(std::unique_ptr<state> state);
    std::unique_ptr<state> state_;
};

/// Reads a journal that no daemon holds open, without changing it. Blocking.
result<std::vector<journal_row>> read_journal(const std::string& path, const journal_query& query);

}  // namespace kustodrop::spool
