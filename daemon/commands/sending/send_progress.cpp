#include "daemon/commands/sending/send_progress.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "daemon/terminal/output.hpp"
#include "daemon/terminal/terminal.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace kustodrop::daemon {

static constexpr duration rate_window = 10s;
static constexpr double longest_estimate = 99.0 * 3600;  // Seconds; longer estimates are not shown.

void rate_meter::note(time_point now, std::uint64_t total) {
    noted_.emplace_back(now, total);
    while (noted_.size() > 2 && now - noted_.front().first > rate_window) noted_.pop_front();
}

double rate_meter::per_second() const {
    if (noted_.size() < 2) return 0;
    auto& [begun, before] = noted_.front();
    auto& [ended, after] = noted_.back();
    auto seconds = std::chrono::duration<double>(ended - begun).count();
    if (seconds <= 0 || after < before) return 0;
    return static_cast<double>(after - before) / seconds;
}

static std::string bar_of(double share) {
    constexpr std::size_t width = 24;
    auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * width);
    return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]";
}

static double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

static std::string time_left(const send_state& state, double bytes_per_second) {
    auto left = static_cast<double>(state.bytes - std::min(state.bytes_sent, state.bytes));
    if (bytes_per_second <= 0 || left / bytes_per_second > longest_estimate) return {};
    std::chrono::duration<double> time(std::ceil(left / bytes_per_second));
    return human_duration(std::chrono::duration_cast<duration>(time)) + " left";
}

std::string progress_line(
    const send_state& state, double bytes_per_second, bool waits, std::size_t columns
) {
    auto count = [](std::size_t number) { return std::to_string(number); };
    auto of_all = "/" + counted(state.files, "file");
    bool all_sent = state.sent == state.files;
    std::string bar;
    std::vector<std::string> parts;  // The most wanted first.
    if (all_sent && waits && state.settled < state.files) {
        bar = bar_of(share(state.settled, state.files));
        parts.push_back(count(state.settled) + of_all + " settled");
        parts.emplace_back("waiting for outcomes");
    } else {
        bar = bar_of(
            state.bytes == 0 ? share(state.sent, state.files) : share(state.bytes_sent, state.bytes)
        );
        parts.push_back(count(state.sent) + of_all);
        parts.push_back(human_bytes(state.bytes_sent) + " of " + human_bytes(state.bytes));
        if (!all_sent) {
            auto rate = static_cast<std::uint64_t>(bytes_per_second);
            parts.push_back(human_bytes(rate) + "/s");
            auto left = time_left(state, bytes_per_second);
            if (!left.empty()) parts.push_back(left);
        }
    }
    std::string out = bar;
    for (auto& part : parts) {
        if (out.size() + 2 + part.size() <= columns) out += "  " + part;
    }
    return out.size() <= columns ? out : parts.front();
}

std::string closing_line(
    const std::map<std::string, sent_file>& report, std::uint64_t bytes, duration took
) {
    std::map<std::string, std::size_t> states;
    for (auto& [path, file] : report) ++states[file.state];
    auto out = counted(report.size(), "file") + ":";
    std::string before = " ";
    for (auto& [state, number] : states) {
        out += before + std::to_string(number) + " " + state;
        before = ", ";
    }
    if (report.empty()) out += " nothing to send";
    return out + "; " + human_bytes(bytes) + " in " + human_duration(took);
}

failure with_advice(failure why) {
    if (why.hint.empty()) why.hint = "run kustodrop check, which tests every step";
    return why;
}

std::string trouble_line(const failure& why) {
    return printable("trouble: " + and_also(to_string(with_advice(why)), "it is tried again"));
}

send_progress::send_progress(bool lines, bool waits)
    : lines_(lines), waits_(waits), bar_(is_screen(STDERR_FILENO)) {}

void send_progress::print(const std::string& line) {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
    put_text(line + "\n");
    std::fflush(stdout);
}

void send_progress::file(const sent_file& what) {
    if (!lines_) return;
    auto line = what.state;
    line.resize(std::max<std::size_t>(line.size(), 12), ' ');
    line += " " + printable(what.path);
    // Some of the service's messages begin with their own code.
    bool says_code = what.code.empty() || what.details.starts_with(what.code);
    auto text = says_code ? what.details : what.code + ": " + what.details;
    if (!text.empty()) line += "  " + printable(text);
    print(without_secrets(std::move(line)));
}

void send_progress::trouble(const failure& why) {
    if (!known_.is_news(why)) return;
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
    put_text(without_secrets(trouble_line(why)) + "\n", stderr);
}

void send_progress::draw(const send_state& state, time_point now) {
    if (!bar_) return;
    rate_.note(now, state.bytes_sent);
    auto columns = size_of_terminal(STDERR_FILENO).columns;
    // The last column stays free: some terminals go to the next line when it is filled.
    auto line = progress_line(state, rate_.per_second(), waits_, columns - 1);
    std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
    drawn_ = true;
}

void send_progress::close(
    const std::map<std::string, sent_file>& report, const send_state& state, duration took
) {
    if (drawn_) std::fputs("\n", stderr);
    drawn_ = false;
    if (!lines_) return;
    for (auto& [path, file] : report) {
        bool reported = spool::parse_outcome(file.state) || (!waits_ && file.state == "posted");
        if (reported) continue;
        auto unfinished = file;
        bool is_posted = file.state == "posted";
        auto how =
            is_posted ? "no outcome yet; send it again to ask" : "not finished; send it again";
        unfinished.details = and_also(std::move(unfinished.details), how);
        this->file(unfinished);
    }
    print(closing_line(report, state.bytes_sent, took));
}

}  // namespace kustodrop::daemon
