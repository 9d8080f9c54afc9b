#include "daemon/fleet/fleet_rows.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "config/effective.hpp"
#include "pipeline/targets/target_route.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

// A message of the service may be long, and a cell of a table of many hosts should not be.
static constexpr std::size_t longest_text_bytes = 1000;

static std::string cell(const std::string& text) {
    auto out = printable(text);
    if (out.size() <= longest_text_bytes) return out;
    auto end = longest_text_bytes;
    auto is_inside = [&](std::size_t at) { return (out[at] & '\xc0') == '\x80'; };
    while (end > 0 && is_inside(end)) --end;
    return out.substr(0, end) + "…";
}

// As the status names an outcome, and the table its column.
static constexpr auto outcome_columns = std::to_array<std::pair<const char*, const char*>>({
    {"succeeded", "Succeeded"},
    {"failed", "Failed"},
    {"rejected", "Rejected"},
    {"unconfirmed", "Unconfirmed"},
    {"presumed", "Presumed"},
    {"skipped", "Skipped"},
});

// What is waiting: in the folder, and claimed.
static std::uint64_t backlog_of(const watch_status& watch) {
    return watch.waiting_in_folder + watch.counts.pending_files;
}

static std::uint64_t count_of(const watch_status& watch, const std::string& outcome) {
    auto found = watch.outcomes.find(outcome);
    return found == watch.outcomes.end() ? 0 : found->second;
}

static json::value age_of(const std::optional<wall_time>& oldest, wall_time now) {
    if (!oldest) return nullptr;
    return std::max(0.0, std::chrono::duration<double>(now - *oldest).count());
}

static json::object watch_object(const watch_status& watch, wall_time now) {
    json::object out{{"name", watch.name}, {"target", watch.target}};
    if (!watch.cluster.empty()) out["cluster"] = watch.cluster;
    for (auto& [outcome, column] : outcome_columns) out[outcome] = count_of(watch, outcome);
    out["seen"] = watch.seen;
    out["raw_bytes"] = watch.raw_bytes;
    out["uploaded_bytes"] = watch.uploaded_bytes;
    out["backlog"] = backlog_of(watch);
    out["oldest_age_seconds"] = age_of(watch.counts.oldest, now);
    out["quarantined"] = watch.quarantined;
    out["present"] = watch.present;
    return out;
}

static void add_sums(const std::vector<watch_status>& watches, wall_time now, json::object& out) {
    for (auto& [outcome, column] : outcome_columns) {
        std::uint64_t sum = 0;
        for (auto& one : watches) sum += count_of(one, outcome);
        out[column] = sum;
    }
    std::uint64_t bytes = 0, backlog = 0, quarantined = 0;
    std::optional<wall_time> oldest;
    for (auto& one : watches) {
        bytes += one.raw_bytes;
        backlog += backlog_of(one);
        quarantined += one.quarantined;
        auto& since = one.counts.oldest;
        if (since) oldest = std::min(oldest.value_or(*since), *since);
    }
    out["Bytes"] = bytes;
    out["Backlog"] = backlog;
    out["OldestAgeSeconds"] = age_of(oldest, now);
    out["Quarantined"] = quarantined;
}

std::string heartbeat_row(const status_report& now, const heartbeat_facts& facts) {
    auto problems = now.problems();
    std::string reason;
    for (auto& one : problems) reason = and_also(std::move(reason), one);
    if (now.stopping && reason.empty()) reason = "the daemon stops";
    json::object out{
        {"Time", to_iso8601(now.now)},
        {"Kind", "heartbeat"},
        {"Host", now.host},
        {"Version", now.version},
        {"StartedAt", to_iso8601(now.started_at)},
        {"IntervalSeconds",
         std::chrono::duration_cast<std::chrono::seconds>(facts.interval).count()},
        {"Healthy", problems.empty()},
        {"Reason", cell(reason)},
        {"Configuration", facts.configuration}};
    add_sums(now.watches, now.now, out);
    out["LeftOut"] = facts.left_out;
    json::array watches;
    for (auto& one : now.watches) watches.push_back(watch_object(one, now.now));
    out["Watches"] = std::move(watches);
    return json::serialize(out);
}

std::string fleet_host_name(const std::string& host, const std::string& state_directory) {
    static constexpr std::string_view of_instances = "/var/lib/kustodrop/";  // StateDirectory=
    std::string_view name(state_directory);
    if (!name.starts_with(of_instances)) return host;
    name.remove_prefix(of_instances.size());
    while (name.ends_with('/')) name.remove_suffix(1);
    return name.empty() ? host : host + "/" + std::string(name);
}

std::string configuration_hash(const config::settings& settings) {
    config::loaded from{settings, {}};
    std::string text;
    for (auto& one : config::effective_values(from)) text += one.key + ": " + one.value + "\n";
    return hex_encode(sha256(text)).substr(0, 16);
}

static std::string row_of(
    const std::string& host, const spool::journal_row& row, const spool::slice& file
) {
    auto& what = row.source;
    auto& record = *spool::outcome_of(what.stage);
    // Of a blob of several files it is not known which has how many.
    bool is_known = what.records && what.slices.size() == 1;
    auto records = is_known ? json::value(*what.records) : json::value(nullptr);
    return json::serialize(json::object{
        {"Time", to_iso8601(record.at)},
        {"Kind", "source"},
        {"Host", host},
        {"Watch", what.watch},
        {"SourceId", what.id},
        {"File", cell(file.name)},
        {"Bytes", file.length_bytes},
        {"Target", cell(pipeline::shown_target(what.target))},
        {"Outcome", std::string(to_string(record.outcome))},
        {"Code", record.code},
        {"Details", cell(record.details)},
        {"Attempts", what.attempts},
        {"Records", records}});
}

file_rows rows_of_sources(
    const std::string& host,
    const std::vector<spool::journal_row>& found,
    const outcome_span& span,
    std::size_t most
) {
    std::vector<std::pair<const spool::journal_row*, const spool::slice*>> files;
    for (auto& row : found) {
        auto* record = spool::outcome_of(row.source.stage);
        if (!record || record->at <= span.after || record->at > span.until) continue;
        for (auto& file : row.source.slices) files.emplace_back(&row, &file);
    }
    std::ranges::stable_sort(files, {}, [](auto& one) {
        return spool::outcome_of(one.first->source.stage)->at;
    });
    file_rows out;
    out.left_out = files.size() - std::min(files.size(), most);
    for (auto i = out.left_out; i < files.size(); ++i) {
        out.rows.push_back(row_of(host, *files[i].first, *files[i].second));
    }
    return out;
}

std::vector<spool::outcome> reported_outcomes(config::fleet_sources which) {
    using spool::outcome;
    std::vector<outcome> out{outcome::failed, outcome::rejected, outcome::unconfirmed};
    if (which == config::fleet_sources::all) {
        out.insert(out.end(), {outcome::succeeded, outcome::presumed, outcome::skipped});
    }
    return out;
}

}  // namespace kustodrop::daemon
