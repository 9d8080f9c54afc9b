#include "daemon/fleet/fleet_hosts.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

// Three heartbeats are missing, whatever the service needs to ingest one.
static constexpr duration longest_ingestion = 10min;

static constexpr duration tolerated_clock = 1min;

// What a row may name: 30 days, as far as is looked back, and what a duration holds.
static constexpr std::int64_t most_seconds = 30 * 86'400;
static constexpr double most_age_seconds = 1e9;

static std::int64_t whole_number(const std::string& text) {
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

// A bool may come as a number.
static bool is_true(const std::string& text) {
    return equals_ignoring_case(text, "true") || text == "1";
}

static constexpr auto numbers = std::to_array<std::pair<const char*, std::string fleet_host::*>>({
    {"Backlog", &fleet_host::backlog},
    {"OldestAgeSeconds", &fleet_host::oldest_age_seconds},
    {"Quarantined", &fleet_host::quarantined},
    {"Succeeded", &fleet_host::succeeded},
    {"Failed", &fleet_host::failed},
    {"Rejected", &fleet_host::rejected},
    {"Unconfirmed", &fleet_host::unconfirmed},
    {"LeftOut", &fleet_host::left_out},
});

static fleet_host host_of(
    const kusto::dataset_table& answer, const std::vector<std::string>& row, wall_time now
) {
    auto cell = [&](std::string_view name) {
        return std::string(answer.value(row, answer.column(name, row.size())));
    };
    fleet_host out;
    out.host = cell("Host");
    out.seen = cell("Time");
    out.reason = cell("Reason");
    out.version = cell("Version");
    out.configuration = cell("Configuration");
    for (auto& [name, member] : numbers) out.*member = cell(name);
    auto seen = parse_iso8601(out.seen);
    if (seen) out.age = std::max<duration>(now - *seen, duration::zero());
    if (seen && *seen - now > tolerated_clock) {
        out.reason += (out.reason.empty() ? "" : "; ") + std::string("its clock is ") +
                      human_duration(*seen - now) + " ahead";
    }
    auto interval =
        std::clamp<std::int64_t>(whole_number(cell("IntervalSeconds")), 0, most_seconds);
    auto patience = 3 * std::chrono::seconds(interval);
    if (!seen || out.age > patience + longest_ingestion) {
        out.state = "silent";
    } else {
        out.state = is_true(cell("Healthy")) ? "healthy" : "trouble";
    }
    return out;
}

std::vector<fleet_host> fleet_hosts(const kusto::dataset_table& answer, wall_time now) {
    std::vector<fleet_host> out;
    for (auto& row : answer.rows) out.push_back(host_of(answer, row, now));
    std::ranges::stable_sort(out, {}, &fleet_host::host);
    return out;
}

// In characters.
static std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (c & '\xc0') != '\x80';
    }));
}

static std::string padded(const std::string& text, std::size_t width) {
    auto shown = width_of(text);
    return text + std::string(std::max(width, shown + 1) - shown, ' ');
}

static std::string age_text(const std::string& seconds) {
    if (seconds.empty()) return "-";
    auto number = std::clamp(std::strtod(seconds.c_str(), nullptr), 0.0, most_age_seconds);
    auto age = std::chrono::duration<double>(number);
    return human_duration(std::chrono::duration_cast<duration>(age));
}

static std::uint64_t did_not_succeed(const fleet_host& one) {
    auto sum =
        whole_number(one.failed) + whole_number(one.rejected) + whole_number(one.unconfirmed);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(sum, 0));
}

std::string fleet_text(const std::vector<fleet_host>& hosts) {
    if (hosts.empty()) return "no host has reported in the last 30 days\n";
    std::size_t width = 6;
    for (auto& one : hosts) width = std::max(width, width_of(printable(one.host)) + 2);
    width = std::min<std::size_t>(width, 40);
    auto out = padded("HOST", width) + padded("STATE", 10) + padded("SEEN", 15) +
               padded("BACKLOG", 10) + padded("OLDEST", 10) + padded("FAILED", 8) +
               padded("QUARANTINE", 12) + "VERSION\n";
    std::map<std::string, std::size_t> states;
    for (auto& one : hosts) {
        ++states[one.state];
        out += padded(printable(one.host), width) + padded(one.state, 10) +
               padded(human_duration(one.age) + " ago", 15) + padded(one.backlog, 10) +
               padded(age_text(one.oldest_age_seconds), 10) +
               padded(std::to_string(did_not_succeed(one)), 8) + padded(one.quarantined, 12) +
               printable(one.version) + "\n";
        if (!one.reason.empty()) out += "  " + printable(one.reason) + "\n";
    }
    out += std::to_string(hosts.size()) + (hosts.size() == 1 ? " host:" : " hosts:");
    for (auto state : {"healthy", "trouble", "silent"}) {
        out += " " + std::to_string(states[state]) + " " + state;
    }
    return out + "\n";
}

static json::value number(const std::string& text) {
    if (text.empty()) return nullptr;
    if (text.find_first_of(".eE") == text.npos) return whole_number(text);
    return std::strtod(text.c_str(), nullptr);
}

std::string fleet_json(const std::vector<fleet_host>& hosts) {
    json::array out;
    for (auto& one : hosts) {
        out.push_back(json::object{
            {"host", printable(one.host)},
            {"state", one.state},
            {"seen", one.seen},
            {"age_seconds", std::chrono::duration<double>(one.age).count()},
            {"reason", printable(one.reason)},
            {"version", printable(one.version)},
            {"configuration", printable(one.configuration)},
            {"backlog", number(one.backlog)},
            {"oldest_age_seconds", number(one.oldest_age_seconds)},
            {"quarantined", number(one.quarantined)},
            {"succeeded", number(one.succeeded)},
            {"failed", number(one.failed)},
            {"rejected", number(one.rejected)},
            {"unconfirmed", number(one.unconfirmed)},
            {"left_out", number(one.left_out)}});
    }
    return json::serialize(out);
}

}  // namespace kustodrop::daemon
