#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop {

enum class log_level { error, warning, info, debug, trace };

std::optional<log_level> parse_log_level(std::string_view name);
std::string_view to_string(log_level);

/// One named fact of an event. A view: nothing is copied for a line that is not written.
struct log_field {
    std::string_view name;
    std::string_view value;
};

enum class log_format {
    text,      // "12:00:00.123 info  posted watch=web file=a.json": for terminals.
    journald,  // "<6>posted watch=web …": systemd adds the time.
    json,      // One object a line.
};

/// Decides which lines about the same event of the same watch are written: 30 a minute, then one
/// that says how many more there were. Files that anyone may drop must not fill the log; the
/// journal has each of them. Pure.
class log_limit {
public:
    /// What was left out in a minute that is over.
    struct left_out {
        std::string event;
        std::string watch;
        std::uint64_t lines = 0;
    };

    bool admits(std::string_view event, std::string_view watch, time_point now);

    /// Once for each event and watch of which lines were left out.
    std::vector<left_out> due(time_point now);

private:
    struct minute {
        time_point begun{};
        std::uint64_t lines = 0;
    };
    std::map<std::pair<std::string, std::string>, minute> known_;  // By event and watch.
    std::optional<time_point> next_due_;
};

/// Writes one line an event. Values are made printable, so a file name cannot forge a line. Of the
/// warnings and errors of a watch that are alike only so many a minute are written (log_limit).
class logger {
public:
    using sink = std::function<void(std::string_view line)>;

    /// `write` gets whole lines without the newline.
    logger(const time_source& clock, log_level threshold, log_format format, sink write);

    /// A part of `whole`, which outlives it: its lines have a field of that name too.
    logger(logger& whole, std::string name, std::string value)
        : clock_(whole.clock_), whole_(&whole), name_(std::move(name)), value_(std::move(value)) {}

    bool enabled(log_level level) const {
        return whole_ ? whole_->enabled(level) : level <= threshold_;
    }
    void write(log_level, std::string_view event, std::initializer_list<log_field> fields = {});

    void error(std::string_view event, std::initializer_list<log_field> fields = {});
    void warning(std::string_view event, std::initializer_list<log_field> fields = {});
    void info(std::string_view event, std::initializer_list<log_field> fields = {});
    void debug(std::string_view event, std::initializer_list<log_field> fields = {});
    void trace(std::string_view event, std::initializer_list<log_field> fields = {});

    /// Says how many lines were left out in a minute that is over. Call it about once a second.
    void write_left_out();

    void set_threshold(log_level threshold) { threshold_ = threshold; }

private:
    void write_fields(log_level, std::string_view event, std::span<const log_field> fields);
    void write_always(log_level, std::string_view event, std::span<const log_field> fields);

    const time_source& clock_;
    log_level threshold_ = log_level::info;
    log_format format_ = log_format::text;
    sink write_;
    log_limit limit_;
    logger* whole_ = nullptr;  // Of which this is a part; null: it is one itself.
    std::string name_ = {};    // Of its field.
    std::string value_ = {};
};

/// A sink that writes lines to standard error.
logger::sink stderr_sink();

/// What `log.format: auto` means here: journald when stderr is the journal's stream
/// ($JOURNAL_STREAM), text on a terminal, JSON otherwise.
log_format detected_log_format();

}  // namespace kustodrop
