#include "daemon/terminal/status_screen.hpp"

#include "base/failure_code.hpp"
#include "base/text.hpp"
#include "daemon/terminal/causes.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kustodrop::daemon {

namespace json = boost::json;
using look = screen_line::look;

static constexpr duration rate_window = 10s;

namespace {

// One column of the table. Of what does not fit, the highest rank goes first.
struct column {
    std::string title;
    unsigned rank = 0;
    bool left = false;
    std::vector<std::string> cells = {};

    std::size_t width() const {
        auto most = columns_of(title);
        for (auto& cell : cells) most = std::max(most, columns_of(cell));
        return most;
    }
};

}  // namespace

static constexpr std::size_t longest_name = 32;

// Names of a fleet often differ at their ends: the middle is left out.
static std::string shortened(const std::string& name) {
    if (name.size() <= longest_name) return name;
    auto half = longest_name / 2;
    return name.substr(0, half) + "…" + name.substr(name.size() - half + 1);
}

static std::uint64_t number_in(const json::object& from, const char* name) {
    auto* value = from.if_contains(name);
    return value && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

static std::string age_of(const json::value& seconds) {
    if (!seconds.is_number()) return "-";
    std::chrono::duration<double> time(seconds.to_number<double>());
    return human_duration(std::chrono::duration_cast<duration>(time));
}

static std::string age_in(const json::object& from, const char* name) {
    auto* value = from.if_contains(name);
    return value ? age_of(*value) : "-";
}

static std::string text_in(const json::object& from, const char* name) {
    auto* value = from.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : "";
}

static std::uint64_t outcomes_of(const json::object& watch, std::vector<const char*> names) {
    std::uint64_t sum = 0;
    auto& outcomes = watch.at("outcomes").as_object();
    for (auto* name : names) sum += number_in(outcomes, name);
    return sum;
}

static std::string since(const std::string& then, const std::string& now) {
    auto from = parse_iso8601(then);
    auto to = parse_iso8601(now);
    if (!from || !to) return "-";
    return human_duration(std::chrono::duration_cast<duration>(*to - *from));
}

static std::string last_of(const json::object& watch, const std::string& now) {
    auto* last = watch.if_contains("last_outcome");
    if (!last || !last->is_object()) return "-";
    auto& record = last->get_object();
    return text_in(record, "outcome") + " " + since(text_in(record, "at"), now) + " ago";
}

// Leaves out columns until the rest fits, and returns the rows.
static std::vector<std::string> laid_out(std::vector<column> columns, std::size_t width) {
    auto total = [&] {
        std::size_t sum = 0;
        for (auto& one : columns) sum += one.width() + 2;
        return sum - 2;
    };
    auto by_rank = [](const column& one, const column& other) { return one.rank < other.rank; };
    while (columns.size() > 1 && total() > width) {
        columns.erase(std::max_element(columns.begin(), columns.end(), by_rank));
    }
    std::vector<std::string> rows(columns.front().cells.size() + 1);
    for (auto& one : columns) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto& cell = i == 0 ? one.title : one.cells[i - 1];
            auto pad = std::string(one.width() - columns_of(cell), ' ');
            if (!rows[i].empty()) rows[i] += "  ";
            rows[i] += one.left ? cell + pad : pad + cell;
        }
    }
    return rows;
}

static void add_trouble(std::vector<screen_line>& out, const json::object& from, const char* name) {
    auto* trouble = from.if_contains(name);
    if (!trouble || !trouble->is_object()) return;
    auto& problem = trouble->get_object();
    out.push_back({text_in(problem, "code") + ": " + text_in(problem, "detail"), look::trouble});
}

static std::string journal_problem(const json::object& status) {
    std::string_view known = "the journal cannot be written";
    auto* problems = status.if_contains("problems");
    if (!problems || !problems->is_array()) return std::string(known);
    for (auto& one : problems->get_array()) {
        if (one.is_string() && one.get_string().starts_with(known)) {
            return std::string(one.get_string());
        }
    }
    return std::string(known);
}

static void add_cluster(std::vector<screen_line>& out, const json::object& of) {
    auto name = text_in(of, "name");
    out.push_back({(name.empty() ? "" : name + "  ") + text_in(of, "endpoint")});
    out.push_back(
        {"token good for " + age_in(of, "token_expires_in_seconds") + ", SAS good for " +
         age_in(of, "sas_expires_in_seconds") + ", resources " +
         age_in(of, "resources_age_seconds") + " old, no outcome yet for " +
         std::to_string(number_in(of, "outstanding"))}
    );
    add_trouble(out, of, "trouble");
    add_trouble(out, of, "notification_trouble");
}

static std::vector<screen_line> head_of(const json::object& status) {
    std::vector<screen_line> out;
    auto now = text_in(status, "now");
    out.push_back(
        {"kustodrop " + text_in(status, "version") + "  up " +
             since(text_in(status, "started_at"), now) + "  " + now.substr(0, 19) + "Z",
         look::bold}
    );
    auto* clusters = status.if_contains("clusters");
    if (clusters && clusters->is_array()) {
        for (auto& one : clusters->get_array()) add_cluster(out, one.as_object());
    } else {
        add_cluster(out, status);
    }
    auto skew = status.if_contains("clock_skew_seconds");
    if (skew && skew->is_number() && std::abs(skew->to_number<double>()) > 300) {
        auto far = age_of(std::abs(skew->to_number<double>()));
        out.push_back(
            {"this machine's clock differs by " + far + " from the service's: set it right",
             look::trouble}
        );
    }
    auto refused = text_in(status, "config_problem");
    if (!refused.empty()) {
        out.push_back({"the new configuration is refused: " + refused, look::trouble});
    }
    if (!status.at("journal_healthy").as_bool()) {
        out.push_back({journal_problem(status), look::trouble});
    }
    if (status.at("stopping").as_bool()) out.push_back({"it is stopping", look::trouble});
    return out;
}

static void add_failover(std::vector<screen_line>& out, const json::object& watch) {
    auto* failover = watch.if_contains("failover");
    if (!failover || !failover->is_object()) return;
    auto since = text_in(failover->get_object(), "since");
    if (since.empty()) return;
    auto to = text_in(failover->get_object(), "to");
    auto text = "FAILOVER to " + to + " since " + since;
    out.push_back({text_in(watch, "name") + ": " + text, look::trouble});
}

static void add_notes(std::vector<screen_line>& out, const json::object& watch) {
    add_failover(out, watch);
    auto name = text_in(watch, "name") + ": ";
    auto paused = text_in(watch, "paused");
    auto* trouble = watch.if_contains("trouble");
    auto code_of_trouble =
        trouble && trouble->is_object() ? text_in(trouble->get_object(), "code") : std::string();
    if (!code_of_trouble.empty()) {
        auto detail = text_in(trouble->get_object(), "detail");
        out.push_back({name + with_code(code_of_trouble, detail), look::trouble});
    } else if (!watch.at("present").as_bool()) {
        out.push_back({name + "its folder is not open: " + text_in(watch, "path"), look::trouble});
    }
    if (!paused.empty()) {
        auto held = std::to_string(number_in(watch, "held"));
        auto code = paused.substr(0, paused.find(':'));
        auto cause = paused.substr(std::min(paused.size(), code.size() + 2));
        out.push_back({name + "PAUSED, " + held + " wait: " + with_code(code, cause), look::trouble}
        );
    }
    if (watch.at("low_on_space").as_bool()) {
        out.push_back({name + "too little space is free: the archive is cleared", look::trouble});
    }
    if (watch.at("leaving").as_bool()) {
        out.push_back({name + "no longer watched: claimed files are finished"});
    }
    auto next = age_in(watch, "next_attempt_in_seconds");
    if (next != "-") out.push_back({name + "next attempt in " + next});
    auto* last = watch.if_contains("last_outcome");
    if (!last || !last->is_object()) return;
    auto code = text_in(last->get_object(), "code");
    // The line about the pause shows it already.
    if (code.empty() || paused.starts_with(code)) return;
    out.push_back({name + with_code(code, text_in(last->get_object(), "details"))});
}

std::string status_screen::rate(const std::string& watch, std::uint64_t totals::*what) const {
    if (samples_.size() < 2) return "-";
    auto& from = samples_.front();
    auto& to = samples_.back();
    auto before = from.watches.find(watch);
    auto after = to.watches.find(watch);
    if (before == from.watches.end() || after == to.watches.end()) return "-";
    auto seconds = std::chrono::duration<double>(to.at - from.at).count();
    auto more = after->second.*what - std::min(before->second.*what, after->second.*what);
    auto each_second = static_cast<double>(more) / std::max(seconds, 0.001);
    if (what == &totals::uploaded_bytes) {
        return human_bytes(static_cast<std::uint64_t>(each_second));
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", each_second);
    return text;
}

std::vector<screen_line> status_screen::show(
    const std::string& status, time_point now, terminal_size size
) {
    auto parsed = json::parse(status).as_object();
    auto started = text_in(parsed, "started_at");
    if (started != started_at_) samples_.clear();
    started_at_ = std::move(started);
    answered_at_ = now;
    sample fresh{now, {}};
    auto& watches = parsed.at("watches").as_array();
    for (auto& one : watches) {
        auto& watch = one.as_object();
        auto done = outcomes_of(
            watch, {"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"}
        );
        fresh.watches[text_in(watch, "name")] = {done, number_in(watch, "uploaded_bytes")};
    }
    samples_.push_back(std::move(fresh));
    while (samples_.size() > 2 && now - samples_.front().at > rate_window) samples_.pop_front();

    std::vector<column> columns{
        {"WATCH", 0, true},
        {"IN FOLDER", 4},
        {"PENDING", 1},
        {"OLDEST", 3},
        {"POSTED", 10},
        {"GOOD", 5},
        {"BAD", 2},
        {"QUARANTINE", 9},
        {"UNCONFIRMED", 9},
        {"FILES/S", 6},
        {"SENT/S", 8},
        {"LAST OUTCOME", 7, true}};
    std::vector<screen_line> notes;
    for (auto& one : watches) {
        auto& watch = one.as_object();
        auto name = text_in(watch, "name");
        auto count = [](std::uint64_t number) { return std::to_string(number); };
        std::vector<std::string> cells{
            shortened(name),
            count(number_in(watch, "waiting_in_folder")),
            count(number_in(watch, "pending")),
            age_in(watch, "oldest_age_seconds"),
            count(number_in(watch.at("stages").as_object(), "posted")),
            count(outcomes_of(watch, {"succeeded", "presumed", "skipped"})),
            count(outcomes_of(watch, {"failed", "rejected"})),
            count(number_in(watch, "quarantined")),
            count(number_in(watch, "unconfirmed")),
            rate(name, &totals::files),
            rate(name, &totals::uploaded_bytes),
            last_of(watch, text_in(parsed, "now"))};
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i].cells.push_back(cells[i]);
        add_notes(notes, watch);
    }
    auto out = head_of(parsed);
    out.push_back({});
    auto rows = laid_out(std::move(columns), size.columns);
    // What is wrong has a third of the screen at least; the watches have the rest.
    auto kept = std::min<std::size_t>(notes.size(), size.rows / 3);
    auto used = out.size() + kept + (kept > 0 ? 1 : 0);
    auto room = std::max<std::size_t>(size.rows > used ? size.rows - used : 0, 2);
    auto left_out = rows.size() > room ? rows.size() - room + 1 : 0;
    for (std::size_t i = 0; i + left_out < rows.size(); ++i) {
        out.push_back({rows[i], i == 0 ? look::heading : look::plain});
    }
    if (left_out > 0) out.push_back({"… and " + std::to_string(left_out) + " more watches"});
    if (kept > 0) out.push_back({});
    out.insert(out.end(), notes.begin(), notes.begin() + static_cast<std::ptrdiff_t>(kept));
    return out;
}

std::vector<screen_line> status_screen::absent(
    const failure& why, time_point now, terminal_size size
) {
    samples_.clear();
    std::vector<screen_line> out{
        {"kustodrop", look::bold},
        {to_string(why), look::trouble},
        {"It is asked again every second."}};
    if (answered_at_) {
        out.push_back({"It answered " + human_duration(now - *answered_at_) + " ago."});
    }
    if (out.size() > size.rows) out.resize(size.rows);
    return out;
}

}  // namespace kustodrop::daemon
