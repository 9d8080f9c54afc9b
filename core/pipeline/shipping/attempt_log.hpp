#pragma once

#include "async/clock.hpp"
#include "async/recurring.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "spool/source/source.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace kustodrop::pipeline {

/// What the log says of attempts that fail and are repeated: a failure of its kind at an account,
/// or of a watch, once when it begins, once a minute while it lasts, once when it has ended. At
/// level debug every attempt has its line.
class attempt_log {
public:
    attempt_log(logger& log, clock& time) : log_(log), time_(time) {}

    /// How a request for a source went, and to which account.
    void asked(
        const std::string& source_id,
        std::string_view account,
        std::string_view operation,
        const result<void>& outcome
    );

    /// The attempt on a source failed and is repeated.
    void failed(const spool::source& what, const failure& problem);

    /// The attempt on a source failed for good: its outcome will have a line of its own.
    void ended(const spool::source& what, const failure& problem);

    /// A step of a source went well.
    void went_well(const spool::source& what);

    /// The source was settled by someone else while it was in hand.
    void forget(const std::string& source_id);

    /// Ends that could not be said when they came. Call it now and then.
    void tell_ends();

private:
    void tell(const std::vector<recurring::news>& ends);
    void note(const spool::source& what, const failure& problem);

    logger& log_;
    clock& time_;
    recurring known_;
    std::unordered_map<std::string, std::string> failed_at_;  // By source id: "upload ACCOUNT".
};

}  // namespace kustodrop::pipeline
