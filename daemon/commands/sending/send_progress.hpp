#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "daemon/commands/sending/send_report.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace kustodrop::daemon {

/// How fast a total grows, over the last seconds.
class rate_meter {
public:
    void note(time_point now, std::uint64_t total);
    double per_second() const;

private:
    std::deque<std::pair<time_point, std::uint64_t>> noted_;
};

/// "[####....] 3/12 files  1.2/8.0 MiB  400 KiB/s  17s left": as much of it as a terminal of so
/// many columns can show. With `waits` the end shows how many outcomes are known. Pure.
std::string progress_line(
    const send_state& state, double bytes_per_second, bool waits, std::size_t columns
);

/// "12 files: 10 succeeded, 2 failed; 8.0 MiB in 5.1s". `bytes`: what was sent now. Pure.
std::string closing_line(
    const std::map<std::string, sent_file>& report, std::uint64_t bytes, duration took
);

/// With what a person can do about it, if nothing else then `check`. Pure.
failure with_advice(failure why);

/// "trouble: AuthorizationFailure: no upload succeeds; what to do; it is tried again". Pure.
std::string trouble_line(const failure& why);

/// Whether a trouble is said now: each code is said once. Pure.
class known_troubles {
public:
    bool is_news(const failure& why) { return said_.insert(why.code.text()).second; }

private:
    std::set<std::string, std::less<>> said_;
};

/// What a terminal or a pipe sees of a `send`: a bar on standard error where that is a terminal,
/// and one line a file on standard output as soon as there is nothing more to come for it.
class send_progress {
public:
    /// `lines`: whether files have lines at all. `waits`: whether an outcome is waited for.
    send_progress(bool lines, bool waits);

    void file(const sent_file& what);
    void draw(const send_state& state, time_point now);

    /// Nothing gets through: said on standard error, above the bar.
    void trouble(const failure& why);

    /// The bar's last state stays; then come the files that are not finished, and a line about all.
    void close(
        const std::map<std::string, sent_file>& report, const send_state& state, duration took
    );

private:
    void print(const std::string& line);

    bool lines_;
    bool waits_;
    bool bar_;
    bool drawn_ = false;
    rate_meter rate_;
    known_troubles known_;
};

}  // namespace kustodrop::daemon
