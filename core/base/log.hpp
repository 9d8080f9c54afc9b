#pragma once

#include "base/time.hpp"

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop {

enum class log_level { error, warning, info, debug, trace };

std::optional<log_level> parse_log_level(std::string_view name);
std::string_view to_string(log_level);

/// One named fact of an event.
struct log_field {
    std::string_view name;
    std::string value;
};

enum class log_format {
    text,      // "12:00:00.123 info  posted watch=web file=a.json": for terminals.
    journald,  // "<6>posted watch=web …": systemd adds the time.
    json,      // One object a line.
};

/// Writes one line an event. Values are made printable, so a file name cannot forge a line.
class logger {
public:
    using sink = std::function<void(std::string_view line)>;

    /// `write` gets whole lines without the newline.
    logger(const time_source& clock, log_level threshold, log_format format, sink write);

    bool enabled(log_level level) const { return level <= threshold_; }
    void write(log_level, std::string_view event, std::initializer_list<log_field> fields = {});

    void error(std::string_view event, std::initializer_list<log_field> fields = {});
    void warning(std::string_view event, std::initializer_list<log_field> fields = {});
    void info(std::string_view event, std::initializer_list<log_field> fields = {});
    void debug(std::string_view event, std::initializer_list<log_field> fields = {});
    void trace(std::string_view event, std::initializer_list<log_field> fields = {});

    void set_threshold(log_level threshold) { threshold_ = threshold; }

private:
    const time_source& clock_;
    log_level threshold_;
    log_format format_;
    sink write_;
};

/// A sink that writes lines to standard error.
logger::sink stderr_sink();

/// What `log.format: auto` means here: journald when stderr is the journal's stream
/// ($JOURNAL_STREAM), text on a terminal, JSON otherwise.
log_format detected_log_format();

}  // namespace kustodrop
