#pragma once

#include "async/clock.hpp"
#include "async/recurring.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "pipeline/shipping/delivery_health.hpp"
#include "pipeline/shipping/uploading/unread_files.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace kustodrop::pipeline {

/// Logs attempts that fail and are repeated: each kind of failure at an account, or of a watch, has
/// a line when it begins, one a minute while it lasts, and one when it has ended. At level debug
/// every attempt has a line.
class attempt_log {
public:
    attempt_log(logger& log, clock& time) : log_(log), time_(time) {}

    /// A request for a source to this account has ended.
    void request_ended(
        const std::string& source_id,
        std::string_view account,
        std::string_view operation,
        const result<void>& outcome
    );

    /// The attempt on a source failed and is repeated. `slice`: of which file, as far as known.
    void failed(const spool::source& what, const failure& problem, std::size_t slice = 0);

    /// The attempt on a source failed and is not repeated: its outcome has a line of its own.
    void ended(const spool::source& what, const failure& problem);

    /// A step of a source succeeded.
    void succeeded(const spool::source& what);

    /// The source was settled by another part while it was in hand.
    void forget(const std::string& source_id);

    /// Why nothing of what is sent gets through, if so.
    /// `could_go_on`: of a watch that waits for it.
    std::optional<failure> trouble(const std::function<bool(const std::string& watch)>& could_go_on
    ) const {
        return health_.trouble(time_.now(), could_go_on);
    }

    /// Whether no operation has failed since it last succeeded.
    bool is_clear() const { return health_.is_clear(); }

    /// What failed so far says nothing any more.
    void presume_well() { health_.forget(); }

    /// The last failure of an operation that has not succeeded since, trouble or not.
    std::optional<failure> last_failure() const { return health_.last_failure(); }

    /// Which claimed files of the watch cannot be read, if any.
    std::optional<notice> unread(const std::string& watch) const { return unread_.of(watch); }

    /// Called when something gets through after nothing did, and when another way is open.
    void on_recovery(std::function<void()> call) { recovered_ = std::move(call); }

    /// What failed so far may go another way from now on: it need not wait any longer.
    void way_opened() const {
        if (recovered_) recovered_();
    }

    /// Logs the ends that were held back when they came. Call it now and then.
    void report_ended();

private:
    void log_ended(const std::vector<recurring::news>& ends);
    void note(const spool::source& what, const failure& problem);
    void note_unread(const spool::source& what, const failure& problem, const std::string& file);

    logger& log_;
    clock& time_;
    recurring known_;
    delivery_health health_;
    std::function<void()> recovered_;
    std::unordered_map<std::string, std::string> failed_at_;  // By source id: "upload ACCOUNT".
    unread_files unread_;
};

}  // namespace kustodrop::pipeline
