#include "daemon/admin/status_report.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace kustodrop::daemon {

namespace json = boost::json;

static json::value seconds(const std::optional<duration>& time) {
    if (!time) return nullptr;
    return std::chrono::duration<double>(*time).count();
}

static json::value trouble_json(const std::optional<failure>& trouble) {
    if (!trouble) return nullptr;
    return json::object{
        {"code", trouble->code.text()},
        {"detail", trouble->message()},
        {"remedy", std::string(to_string(trouble->next))}};
}

static json::array notices_json(const std::vector<pipeline::notice>& notices) {
    json::array out;
    for (auto& one : notices) {
        out.push_back(json::object{
            {"code", one.code},
            {"files", one.files},
            {"example", printable(one.example)},
            {"detail", printable(one.detail)}});
    }
    return out;
}

static constexpr std::array stage_names{
    "claimed", "uploaded", "posting", "posted", "settled", "retired"};

static json::value logs_json(const watch_status& watch) {
    if (!watch.logs) return nullptr;
    auto& logs = *watch.logs;
    json::object states;
    for (auto& [state, count] : logs.by_state) states[state] = count;
    return json::object{
        {"followed", logs.followed()},
        {"states", std::move(states)},
        {"behind_seconds", seconds(logs.behind)},
        {"waiting_bytes", logs.waiting_bytes},
        {"in_stage_bytes", watch.counts.pending_log_bytes},
        {"lost_bytes", watch.lost_log_bytes},
        {"held_files", logs.held_files},
        {"held_bytes", logs.held_bytes},
        {"spilled_files", logs.spilled_files},
        {"spilled_bytes", logs.spilled_bytes}};
}

static json::value failover_json(const std::optional<pipeline::failover_state>& of) {
    if (!of) return nullptr;
    json::object out{
        {"to", of->to}, {"since", nullptr}, {"tried", nullptr}, {"posted", of->posted}};
    if (of->since) out["since"] = to_iso8601(*of->since);
    if (of->tried) out["tried"] = to_iso8601(*of->tried);
    return out;
}

static json::object watch_json(const watch_status& watch, wall_time now) {
    json::object stages;
    for (std::size_t i = 0; i + 1 < stage_names.size(); ++i) {
        stages[stage_names[i]] = watch.counts.files_in_stage[i];
    }
    json::object out{
        {"name", watch.name},
        {"path", printable(watch.path)},
        {"target", watch.target},
        {"mode", watch.mode},
        {"present", watch.present},
        {"leaving", watch.leaving},
        {"paused", nullptr},
        {"held", watch.held},
        {"delivery", watch.delivery.streams ? "streaming" : "queued"},
        {"streaming_paused", nullptr},
        {"failover", failover_json(watch.delivery.failover)},
        {"rest_paused", nullptr},
        {"trouble", trouble_json(watch.trouble)},
        {"notices", notices_json(watch.notices)},
        {"low_on_space", watch.low_on_space},
        {"waiting_in_folder", watch.waiting_in_folder},
        {"settling", watch.settling},
        {"pending", watch.counts.pending_files},
        {"unconfirmed", watch.counts.parked_files},
        {"quarantined", watch.quarantined},
        {"next_attempt_in_seconds", seconds(watch.delivery.next_attempt)},
        {"stages", std::move(stages)},
        {"seen", watch.seen},
        {"raw_bytes", watch.raw_bytes},
        {"uploaded_bytes", watch.uploaded_bytes},
        {"outcomes", json::object()},
        {"logs", logs_json(watch)},
        {"oldest_age_seconds", nullptr},
        {"last_outcome", nullptr}};
    if (!watch.cluster.empty()) out["cluster"] = watch.cluster;
    auto& outcomes = out["outcomes"].as_object();
    for (auto& [name, count] : watch.outcomes) outcomes[name] = count;
    if (!watch.paused.empty()) out["paused"] = printable(watch.paused);
    if (!watch.paused_targets.empty()) {
        json::array targets;
        for (auto& one : watch.paused_targets) targets.push_back(json::string(printable(one)));
        out["paused_targets"] = std::move(targets);
    }
    if (!watch.delivery.streaming_paused.empty()) {
        out["streaming_paused"] = printable(watch.delivery.streaming_paused);
    }
    if (!watch.delivery.rest_paused.empty()) {
        out["rest_paused"] = printable(watch.delivery.rest_paused);
    }
    if (watch.counts.oldest) {
        out["oldest_age_seconds"] = seconds(duration(now - *watch.counts.oldest));
    }
    if (auto& record = watch.counts.last_outcome) {
        out["last_outcome"] = json::object{
            {"outcome", std::string(to_string(record->outcome))},
            {"code", record->code},
            {"details", printable(record->details)},
            {"at", to_iso8601(record->at)}};
    }
    return out;
}

// Entra and storage tolerate so much.
static constexpr duration tolerated_skew = 5min;

// "cannot claim a.csv: Permission denied" without what the sentence says already.
static std::string without_file(const pipeline::notice& one) {
    for (auto* what : {"cannot claim ", "cannot move "}) {
        auto known = what + printable(one.example) + ": ";
        if (one.detail.starts_with(known)) return one.detail.substr(known.size());
    }
    return one.detail;
}

static void add_watch_problems(const watch_status& watch, std::vector<std::string>& out) {
    auto at = watch.cluster.empty() ? std::string() : " at " + watch.cluster;
    auto add = [&](const std::string& text) { out.push_back(watch.name + at + ": " + text); };
    if (watch.leaving) return;
    if (!watch.present && !watch.trouble) {
        add("its folder is being opened: " + watch.path);
    } else if (watch.trouble) {
        // A folder may be absent although there is one at its path: the detail says why.
        add((watch.present ? "" : "its folder is not open: ") + to_string(*watch.trouble));
    }
    if (!watch.paused.empty()) add("paused: " + watch.paused);
    for (auto& one : watch.notices) {
        auto files = std::to_string(one.files) + (one.files == 1 ? " file" : " files");
        auto why = ", first " + one.example + ": " + without_file(one);
        // By rights, by what lies in the place of work/, or by an error of the disk.
        bool is_unclaimed = one.code == "claim_refused" || one.code == "target_blocked" ||
                            one.code == "move_failed";
        if (is_unclaimed) add(files + " cannot be claimed" + why);
        if (one.code == "read_refused") add(files + " cannot be read" + why);
        if (one.code == "move_refused") add(files + " cannot be moved" + why);
        if (one.code == "too_large_to_post") add(files + " cannot be posted" + why);
        if (one.code == "disk_full") add(files + " cannot be claimed or moved" + why);
    }
    if (watch.low_on_space) {
        add("too little space is free where " + watch.path +
            " lies (df, df -i): the archive is cleared; make room there");
    }
}

std::string next_try(duration wait) {
    if (wait < std::chrono::milliseconds(50)) return "it is tried again now";
    return "it is tried again in " + human_duration(wait);
}

void status_report::sum_up() {
    auto in_trouble = [](auto& one) { return one.trouble.has_value(); };
    auto first = std::ranges::find_if(clusters, in_trouble);
    static_cast<cluster_status&>(*this) = first == clusters.end() ? clusters.front() : *first;
    outstanding = 0;
    for (auto& one : clusters) outstanding += one.outstanding;
    if (clusters.size() == 1) clusters.clear();
}

static void add_cluster_problems(const cluster_status& of, std::vector<std::string>& out) {
    auto name = of.cluster.empty() ? std::string() : "cluster " + of.cluster + ": ";
    if (of.trouble) {
        auto next = of.next_request ? next_try(*of.next_request) : "";
        out.push_back(name + and_also(to_string(*of.trouble), next));
    }
    if (of.polling_trouble) {
        out.push_back(name + "outcomes cannot be read: " + to_string(*of.polling_trouble));
    }
}

std::vector<std::string> status_report::problems() const {
    std::vector<std::string> out;
    if (!journal_healthy) {
        auto why = journal_problem.empty() ? "" : ": " + journal_problem;
        out.push_back("the journal cannot be written" + why);
    }
    if (clusters.empty()) add_cluster_problems(*this, out);
    for (auto& one : clusters) add_cluster_problems(one, out);
    if (!config_problem.empty()) {
        out.push_back("the new configuration is refused: " + config_problem);
    }
    if (clock_skew && std::chrono::abs(*clock_skew) > tolerated_skew) {
        out.push_back(
            "this machine's clock differs by " + human_duration(std::chrono::abs(*clock_skew)) +
            " from the service's: set it right"
        );
    }
    for (auto& watch : watches) add_watch_problems(watch, out);
    if (!fleet_trouble.empty())
        out.push_back("the fleet table is not reported to: " + fleet_trouble);
    for (auto& one : out) one = printable(one);
    return out;
}

static json::object cluster_json(const cluster_status& of) {
    return {
        {"name", of.cluster},
        {"endpoint", of.endpoint},
        {"transport", of.transport},
        {"transport_reason", of.transport_reason},
        {"token_expires_in_seconds", seconds(of.token_time_left)},
        {"resources_age_seconds", seconds(of.resources_age)},
        {"sas_expires_in_seconds", seconds(of.sas_time_left)},
        {"clock_skew_seconds", seconds(of.clock_skew)},
        {"trouble", trouble_json(of.trouble)},
        {"next_request_in_seconds", seconds(of.next_request)},
        {"notification_trouble", trouble_json(of.polling_trouble)},
        {"outstanding", of.outstanding}};
}

std::string status_report::to_json() const {
    auto wrong = problems();
    json::array all;
    for (auto& watch : watches) all.push_back(watch_json(watch, now));
    json::object out{
        {"version", version},
        {"host", host},
        {"started_at", to_iso8601(started_at)},
        {"now", to_iso8601(now)},
        {"endpoint", endpoint},
        {"transport", transport},
        {"transport_reason", transport_reason},
        {"token_expires_in_seconds", seconds(token_time_left)},
        {"resources_age_seconds", seconds(resources_age)},
        {"sas_expires_in_seconds", seconds(sas_time_left)},
        {"clock_skew_seconds", seconds(clock_skew)},
        {"healthy", wrong.empty()},
        {"problems", json::array(wrong.begin(), wrong.end())},
        {"config_problem", nullptr},
        {"trouble", trouble_json(trouble)},
        {"next_request_in_seconds", seconds(next_request)},
        {"notification_trouble", trouble_json(polling_trouble)},
        {"fleet_trouble", nullptr},
        {"journal_healthy", journal_healthy},
        {"journal_set_aside", set_journal_aside},
        {"stopping", stopping},
        {"takes_files", takes_files()},
        {"outstanding", outstanding},
        {"watches", std::move(all)}};
    if (!config_problem.empty()) out["config_problem"] = printable(config_problem);
    if (!fleet_trouble.empty()) out["fleet_trouble"] = printable(fleet_trouble);
    if (!clusters.empty()) {
        json::array each;
        for (auto& one : clusters) each.push_back(cluster_json(one));
        out["clusters"] = std::move(each);
    }
    return json::serialize(out);
}

// " at west and east"; nothing where there is one.
static std::string names_of(const std::vector<cluster_status>& clusters) {
    std::string out;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
        auto before = i == 0 ? " at " : (i + 1 == clusters.size() ? " and " : ", ");
        out += before + clusters[i].cluster;
    }
    return out;
}

std::string status_report::to_text() const { return status_text(to_json()); }

bool status_report::takes_files() const { return !stopping && journal_healthy; }

std::string status_report::one_line() const {
    std::uint64_t pending = 0;
    std::uint64_t unconfirmed = 0;
    std::optional<wall_time> oldest;
    for (auto& watch : watches) {
        pending += watch.counts.pending_files;
        unconfirmed += watch.counts.parked_files;
        if (!watch.counts.oldest) continue;
        oldest = oldest ? std::min(*oldest, *watch.counts.oldest) : *watch.counts.oldest;
    }
    std::string out;
    auto add = [&](std::string_view part) { out = and_also(std::move(out), part); };
    if (stopping) add("stopping");
    if (!config_problem.empty()) add("CONFIGURATION REFUSED, the old one works: " + config_problem);
    if (!journal_healthy) add("JOURNAL CANNOT BE WRITTEN");
    if (trouble && clusters.empty()) add("HOLDING: " + to_string(*trouble));
    for (auto& one : clusters) {
        if (!one.trouble) continue;
        auto is_away = [&](auto& watch) {
            auto& failover = watch.delivery.failover;
            return watch.cluster != one.cluster || (failover && failover->since);
        };
        auto what = std::ranges::all_of(watches, is_away) ? "FAILOVER from" : "HOLDING for";
        add(what + (" cluster " + one.cluster) + ": " + to_string(*one.trouble));
    }
    if (!fleet_trouble.empty()) add("FLEET TABLE: " + fleet_trouble);
    add(std::to_string(watches.size()) + (watches.size() == 1 ? " watch" : " watches") +
        names_of(clusters) + ", ");
    out += std::to_string(pending) + " pending";
    if (oldest) out += " (oldest " + human_duration(duration(now - *oldest)) + ")";
    if (unconfirmed > 0) out += ", " + std::to_string(unconfirmed) + " unconfirmed";
    return printable(out);
}

}  // namespace kustodrop::daemon
