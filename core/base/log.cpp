#include "base/log.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace kustodrop {

static constexpr std::array level_names{"error", "warning", "info", "debug", "trace"};

std::optional<log_level> parse_log_level(std::string_view name) {
    for (std::size_t i = 0; i < level_names.size(); ++i) {
        if (name == level_names[i]) return static_cast<log_level>(i);
    }
    return std::nullopt;
}

std::string_view to_string(log_level level) { return level_names[static_cast<std::size_t>(level)]; }

static constexpr std::uint64_t lines_a_minute = 30;
static constexpr duration interval = 1min;

bool log_limit::admits(std::string_view event, std::string_view watch, time_point now) {
    auto [at, is_new] = known_.try_emplace({std::string(event), std::string(watch)}, minute{now});
    auto& one = at->second;
    next_due_ = std::min(next_due_.value_or(now + interval), one.begun + interval);
    return ++one.lines <= lines_a_minute;
}

std::vector<log_limit::left_out> log_limit::due(time_point now) {
    std::vector<left_out> out;
    if (!next_due_ || now < *next_due_) return out;
    next_due_.reset();
    std::erase_if(known_, [&](auto& entry) {
        auto& [what, one] = entry;
        auto end = one.begun + interval;
        if (now < end) {
            next_due_ = std::min(next_due_.value_or(end), end);
            return false;
        }
        if (one.lines > lines_a_minute) {
            out.push_back({what.first, what.second, one.lines - lines_a_minute});
        }
        return true;
    });
    return out;
}

logger::logger(const time_source& clock, log_level threshold, log_format format, sink write)
    : clock_(clock), threshold_(threshold), format_(format), write_(std::move(write)) {}

// What these fields hold is a number in JSON. The name decides, not the value: what reads the log
// needs one type for each name.
static constexpr std::array number_fields{
    "adopted",
    "attempts",
    "attempts_failed",
    "bytes",
    "claimed_files",
    "cut_short",
    "files",
    "free_bytes",
    "free_inodes",
    "held",
    "journaled",
    "lease_ms",
    "lost",
    "min_free_percent",
    "port",
    "raw_bytes",
    "sources",
    "stored_bytes",
    "times",
    "waiting_in_folders",
    "watches"};

static bool is_number(const log_field& field) {
    auto text = field.value;
    if (text.empty() || text[0] < '0' || text[0] > '9') return false;
    if (std::ranges::count(number_fields, field.name) == 0) return false;
    auto digits = text.find_first_not_of("0123456789");
    bool is_decimal =
        digits == text.npos ||
        (digits > 0 && text[digits] == '.' &&
         text.find_first_not_of("0123456789", digits + 1) == text.npos && digits + 1 < text.size());
    bool has_leading_zero = text.size() > 1 && text[0] == '0' && text[1] != '.';
    return is_decimal && !has_leading_zero;
}

static constexpr std::size_t usual_bytes = 512;  // Of a line.

static std::string as_json(
    std::string_view time,
    log_level level,
    std::string_view event,
    std::span<const log_field> fields
) {
    std::string line;
    line.reserve(usual_bytes);
    line += R"({"time":")";
    line += time;
    line += R"(","level":")";
    line += to_string(level);
    line += R"(","event":")";
    append_json_escape(line, event);
    line += '"';
    for (auto& field : fields) {
        if (field.value.empty()) continue;
        auto quote = is_number(field) ? "" : "\"";
        line += ",\"";
        append_json_escape(line, field.name);
        line += "\":";
        line += quote;
        append_json_escape(line, field.value);
        line += quote;
    }
    line += '}';
    return line;
}

static std::string quoted_value(std::string_view value) {
    if (!value.empty() && value.find_first_of(" \"=\\") == std::string::npos) {
        return printable(value);
    }
    std::string escaped;
    for (char c : value) {
        if (c == '"' || c == '\\') escaped += '\\';
        escaped += c;
    }
    return "\"" + printable(escaped) + "\"";
}

static std::string as_text(std::string_view event, std::span<const log_field> fields) {
    auto line = printable(event);
    line.reserve(usual_bytes);
    for (auto& field : fields) {
        if (field.value.empty()) continue;
        line += ' ';
        line += field.name;
        line += '=';
        line += quoted_value(field.value);
    }
    return line;
}

void logger::write(
    log_level level, std::string_view event, std::initializer_list<log_field> fields
) {
    if (!enabled(level)) return;
    if (!whole_) return write_fields(level, event, {fields.begin(), fields.size()});
    std::vector<log_field> all(fields);
    all.push_back({name_, value_});
    whole_->write_fields(level, event, all);
}

void logger::write_fields(
    log_level level, std::string_view event, std::span<const log_field> fields
) {
    auto is_watch = [](const log_field& field) { return field.name == "watch"; };
    auto watch = std::ranges::find_if(fields, is_watch);
    // At level debug every line is wanted.
    bool is_limited = level <= log_level::warning && watch != fields.end();
    if (is_limited && !enabled(log_level::debug)) {
        write_left_out();
        if (!limit_.admits(event, watch->value, clock_.now())) return;
    }
    write_always(level, event, fields);
}

void logger::write_left_out() {
    if (whole_) return whole_->write_left_out();
    for (auto& one : limit_.due(clock_.now())) {
        auto text = one.event + ": and " + std::to_string(one.lines) +
                    " more like it in the last minute; the journal has each file";
        const std::array<log_field, 1> watch{{{"watch", one.watch}}};
        write_always(log_level::warning, text, watch);
    }
}

void logger::write_always(
    log_level level, std::string_view event, std::span<const log_field> fields
) {
    auto time = to_iso8601(clock_.wall_now());
    if (format_ == log_format::json) {
        return write_(without_secrets(as_json(time, level, event, fields)));
    }
    if (format_ == log_format::journald) {
        // Priorities of sd-daemon(3): 3 error, 4 warning, 6 info, 7 debug.
        static constexpr std::array priorities{"<3>", "<4>", "<6>", "<7>", "<7>"};
        auto priority = std::string(priorities[static_cast<std::size_t>(level)]);
        return write_(without_secrets(priority + as_text(event, fields)));
    }
    std::string name(to_string(level));
    name.resize(8, ' ');
    write_(without_secrets(time.substr(11, 12) + ' ' + name + as_text(event, fields)));
}

void logger::error(std::string_view event, std::initializer_list<log_field> fields) {
    write(log_level::error, event, fields);
}
void logger::warning(std::string_view event, std::initializer_list<log_field> fields) {
    write(log_level::warning, event, fields);
}
void logger::info(std::string_view event, std::initializer_list<log_field> fields) {
    write(log_level::info, event, fields);
}
void logger::debug(std::string_view event, std::initializer_list<log_field> fields) {
    write(log_level::debug, event, fields);
}
void logger::trace(std::string_view event, std::initializer_list<log_field> fields) {
    write(log_level::trace, event, fields);
}

logger::sink stderr_sink() {
    return [](std::string_view line) {
        std::string whole(line);
        whole += '\n';
        std::string_view left = whole;
        while (!left.empty()) {
            auto written = ::write(STDERR_FILENO, left.data(), left.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return;  // There is nowhere left to say so.
            left.remove_prefix(static_cast<std::size_t>(written));
        }
    };
}

log_format detected_log_format() {
    struct stat status {};
    auto* stream = std::getenv("JOURNAL_STREAM");
    if (stream && ::fstat(STDERR_FILENO, &status) == 0) {
        auto ours = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
        if (ours == stream) return log_format::journald;
    }
    return ::isatty(STDERR_FILENO) ? log_format::text : log_format::json;
}

}  // namespace kustodrop
