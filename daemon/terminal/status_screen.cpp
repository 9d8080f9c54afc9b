#include "daemon/terminal/status_screen.hpp"

#include "base/failure_code.hpp"
#include "base/text.hpp"
#include "daemon/terminal/causes.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

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

static void add_cluster(std::vector<screen_line>& out, const json::object& of) {
    auto name = text_in(of, "name");
    out.push_back({(name.empty() ? "" : name + "  ") + text_in(of, "endpoint")});
    out.push_back(
        {"token good for " + age_in(of, "token_expires_in_seconds") + ", SAS good for " +
         age_in(of, "sas_expires_in_seconds") + ", resources " +
         age_in(of, "resources_age_seconds") + " old, no outcome yet for " +
         std::to_string(number_in(of, "outstanding"))}
    );
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

// What is wrong is the daemon's own list, as everywhere.
static std::vector<screen_line> problems_of(const json::object& status) {
    std::vector<screen_line> out;
    auto* problems = status.if_contains("problems");
    if (!problems || !problems->is_array()) return out;
    for (auto& one : problems->get_array()) {
        if (one.is_string()) out.push_back({std::string(one.get_string()), look::trouble});
    }
    return out;
}

// Of a way to send files, while they are sent in another.
static constexpr std::array pauses{
    std::pair{"streaming_paused", "streaming pauses, files are queued: "},
    std::pair{"rest_paused", "posts by REST pause, files are queued: "}};

static void add_notes(std::vector<screen_line>& out, const json::object& watch) {
    add_failover(out, watch);
    auto name = text_in(watch, "name") + ": ";
    auto paused = text_in(watch, "paused");
    if (!paused.empty()) {
        auto held = number_in(watch, "held");
        auto files = std::to_string(held) + (held == 1 ? " file waits" : " files wait");
        out.push_back({name + "PAUSED, " + files, look::trouble});
    }
    for (auto [field, what] : pauses) {
        auto why = text_in(watch, field);
        if (!why.empty()) out.push_back({name + what + why});
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

// As many of them as so many rows have room for, each as the lines that it takes. The first is
// shown as far as it can be; those that are left out are counted.
static std::vector<screen_line> fitting(
    const std::vector<screen_line>& all, std::size_t columns, std::size_t rows, const char* others
) {
    std::vector<screen_line> out;
    std::size_t shown = rows > 0 ? 0 : all.size();
    for (; shown < all.size(); ++shown) {
        auto lines = folded(all[shown].text, columns, overlong::divided);
        auto room = rows - std::min(rows, out.size() + (shown + 1 < all.size() ? 1 : 0));
        if (lines.size() > room && shown > 0) break;
        lines.resize(std::min(lines.size(), std::max<std::size_t>(room, 1)));
        for (auto& line : lines) out.push_back({std::move(line), all[shown].how});
    }
    auto left = all.size() - shown;
    if (left > 0) out.push_back({"… and " + std::to_string(left) + " more " + others});
    return out;
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

static bool is_in_trouble(const json::object& watch) {
    auto* trouble = watch.if_contains("trouble");
    return (trouble && trouble->is_object()) || !watch.at("present").as_bool() ||
           watch.at("paused").is_string() || watch.at("low_on_space").as_bool();
}

// The screen has no room for all of many watches.
static std::vector<const json::object*> in_trouble_first(const json::array& watches) {
    std::vector<const json::object*> out;
    for (auto& one : watches) out.push_back(&one.as_object());
    std::ranges::stable_partition(out, [](auto* one) { return is_in_trouble(*one); });
    return out;
}

static std::vector<column> all_columns() {
    return {
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

    auto columns = all_columns();
    std::vector<screen_line> notes;
    for (auto* one : in_trouble_first(watches)) {
        auto& watch = *one;
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
    // What is wrong, and the notes, have so much of the screen at most; the watches have the rest.
    // A low one shows the beginning of each line of the head, the terminal cuts it.
    auto head_columns = size.rows < 20 ? std::string::npos : size.columns;
    auto out = fitting(head_of(parsed), head_columns, size.rows / 3, "lines");
    auto troubles = fitting(problems_of(parsed), size.columns, size.rows / 3, "problems");
    out.insert(out.end(), troubles.begin(), troubles.end());
    out.push_back({});
    auto rows = laid_out(std::move(columns), size.columns);
    auto least = out.size() + 4;  // The heading, two watches and a blank line.
    auto free = size.rows - std::min<std::size_t>(size.rows, least);
    auto kept = fitting(notes, size.columns, std::min<std::size_t>(free, size.rows / 4), "notes");
    auto used = out.size() + kept.size() + (kept.empty() ? 0 : 1);
    auto room = std::max<std::size_t>(size.rows > used ? size.rows - used : 0, 2);
    auto left_out = rows.size() > room ? rows.size() - room + 1 : 0;
    for (std::size_t i = 0; i + left_out < rows.size(); ++i) {
        out.push_back({rows[i], i == 0 ? look::heading : look::plain});
    }
    if (left_out > 0) out.push_back({"… and " + std::to_string(left_out) + " more watches"});
    if (!kept.empty()) out.push_back({});
    out.insert(out.end(), kept.begin(), kept.end());
    return out;
}

std::vector<screen_line> status_screen::absent(
    const failure& why, time_point now, terminal_size size
) {
    samples_.clear();
    std::vector<screen_line> all{
        {"kustodrop", look::bold},
        {to_string(why), look::trouble},
        {"It is asked again every second."}};
    if (answered_at_) {
        all.push_back({"It answered " + human_duration(now - *answered_at_) + " ago."});
    }
    return fitting(all, size.columns, size.rows, "lines");
}

}  // namespace kustodrop::daemon
