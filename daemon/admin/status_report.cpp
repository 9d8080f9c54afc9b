#include "daemon/admin/status_report.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <map>

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
        {"held_bytes", logs.held_bytes}};
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

static void add_watch_problems(const watch_status& watch, std::vector<std::string>& out) {
    auto add = [&](const std::string& text) { out.push_back(watch.name + ": " + text); };
    if (watch.leaving) return;
    bool is_absent = !watch.trouble || watch.trouble->code == errc::folder_absent;
    if (!watch.present && is_absent) {
        add("its folder is absent: " + watch.path);
    } else if (watch.trouble) {
        add((watch.present ? "" : "its folder is not open: ") + to_string(*watch.trouble));
    }
    if (!watch.paused.empty()) add("paused: " + watch.paused);
    if (watch.low_on_space) add("too little space is free: the archive is cleared");
}

std::string next_try(duration wait) {
    if (wait < std::chrono::milliseconds(50)) return "it is tried again now";
    return "it is tried again in " + human_duration(wait);
}

std::vector<std::string> status_report::problems() const {
    std::vector<std::string> out;
    if (!journal_healthy) {
        auto why = journal_problem.empty() ? "" : ": " + journal_problem;
        out.push_back("the journal cannot be written" + why);
    }
    if (trouble) {
        auto next = next_request ? "; " + next_try(*next_request) : "";
        out.push_back(to_string(*trouble) + next);
    }
    if (polling_trouble) out.push_back("outcomes cannot be read: " + to_string(*polling_trouble));
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
    for (auto& one : out) one = printable(one);
    return out;
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
        {"journal_healthy", journal_healthy},
        {"stopping", stopping},
        {"takes_files", takes_files()},
        {"outstanding", outstanding},
        {"watches", std::move(all)}};
    if (!config_problem.empty()) out["config_problem"] = printable(config_problem);
    return json::serialize(out);
}

static std::string text_of(const json::value* value) {
    if (!value || value->is_null()) return "-";
    if (value->is_string()) return std::string(value->get_string());
    if (value->is_double()) {
        using std::chrono::duration_cast;
        std::chrono::duration<double> time(value->get_double());
        return human_duration(duration_cast<duration>(time));
    }
    return json::serialize(*value);
}

static std::string trouble_text(
    const json::object& of, const char* name, const std::string& indent = ""
) {
    auto* trouble = of.if_contains(name);
    if (!trouble || !trouble->is_object()) return {};
    auto& fields = trouble->get_object();
    return indent + "TROUBLE " + text_of(fields.if_contains("code")) + ": " +
           text_of(fields.if_contains("detail")) + "\n";
}

static std::string notices_text(const json::array& notices) {
    std::string out;
    for (auto& one : notices) {
        auto& notice = one.as_object();
        auto field = [&](const char* name) { return text_of(notice.if_contains(name)); };
        out += "  note " + field("code") + ": ";
        auto example = field("example");
        if (!example.empty()) out += field("files") + " (" + example + "): ";
        out += field("detail") + "\n";
    }
    return out;
}

static std::string bytes_text(const json::object& of, const char* name) {
    auto* value = of.if_contains(name);
    return human_bytes(value && value->is_number() ? value->to_number<std::uint64_t>() : 0);
}

// 812 logs (3 rotated, 1 deleted: held 4 MiB), behind 12 s, waiting 1.2 MiB, lost 0 B
static std::string logs_text(const json::object& logs) {
    auto out = "\n  " + text_of(logs.if_contains("followed")) + " logs";
    std::string others;
    for (auto& [state, count] : logs.at("states").as_object()) {
        if (state == "live" || text_of(&count) == "0") continue;
        others += (others.empty() ? " (" : ", ") + text_of(&count) + " " + std::string(state);
        if (state == "deleted") others += ": held " + bytes_text(logs, "held_bytes");
    }
    out += others.empty() ? others : others + ")";
    auto* behind = logs.if_contains("behind_seconds");
    if (behind && behind->is_double()) out += ", behind " + text_of(behind);
    return out + ", waiting " + bytes_text(logs, "waiting_bytes") + ", lost " +
           bytes_text(logs, "lost_bytes");
}

static std::string watch_text(const json::object& watch) {
    auto field = [&](const char* name) { return text_of(watch.if_contains(name)); };
    std::string out = "\n" + field("name") + "  " + field("path") + " -> " + field("target");
    out += watch.at("present").as_bool() ? "  (" + field("mode") + ")" : "  (folder not open)";
    auto* logs = watch.if_contains("logs");
    if (logs && logs->is_object()) out += logs_text(logs->get_object());
    out += "\n  in the folder " + field("waiting_in_folder") + ", settling " + field("settling");
    out += ", pending " + field("pending") + ", oldest " + field("oldest_age_seconds");
    out += ", unconfirmed " + field("unconfirmed") + ", in quarantine " + field("quarantined");
    auto* next = watch.if_contains("next_attempt_in_seconds");
    if (next && next->is_double()) out += ", next attempt in " + text_of(next);
    out += "\n ";
    for (auto& [name, count] : watch.at("stages").as_object()) {
        out += " " + std::string(name) + " " + text_of(&count);
    }
    out += "\n  since the start: seen " + field("seen");
    for (auto& [name, count] : watch.at("outcomes").as_object()) {
        if (text_of(&count) != "0") out += ", " + std::string(name) + " " + text_of(&count);
    }
    out += "\n";
    if (watch.at("paused").is_string()) {
        out += "  PAUSED " + field("paused") + "; " + field("held") + " wait\n";
    }
    auto* unstreamed = watch.if_contains("streaming_paused");
    if (unstreamed && unstreamed->is_string()) {
        out += "  streaming pauses, files are queued: " + text_of(unstreamed) + "\n";
    }
    out += trouble_text(watch, "trouble", "  ");
    if (auto* notices = watch.if_contains("notices")) out += notices_text(notices->as_array());
    if (watch.at("leaving").as_bool()) out += "  no longer watched: claimed files are finished\n";
    if (auto* last = watch.at("last_outcome").if_object()) {
        out += "  last outcome " + text_of(last->if_contains("outcome"));
        auto code = text_of(last->if_contains("code"));
        if (!code.empty()) out += " " + code;
        out += " at " + text_of(last->if_contains("at")) + "\n";
    }
    return out;
}

static std::string transport_text(const std::string& transport, const std::string& reason) {
    static const std::map<std::string, std::string> reasons{
        {"preferred", "the service prefers that"},
        {"not_supported", "the service offers no other way"},
        {"refused", "the service does not say what it prefers"},
        {"unknown_yet", "the service has not been asked yet"},
        {"kept", "as before: the service cannot be asked now"},
        {"configured", "as configured"}};
    auto found = reasons.find(reason);
    auto why = found == reasons.end() ? reason : found->second;
    return std::string("posts by ") + (transport == "rest" ? "REST" : "queue messages") + " (" +
           why + ")";
}

std::string status_text(const std::string& text) {
    auto parsed = json::parse(text).as_object();
    auto field = [&](const char* name) { return text_of(parsed.if_contains(name)); };
    std::string out = "kustodrop " + field("version") + " on " + field("host") +
                      ", running since " + field("started_at");
    out += "\n" + field("endpoint") + "\n";
    out += transport_text(field("transport"), field("transport_reason")) + "\n";
    out += "token good for " + field("token_expires_in_seconds");
    out += ", resources " + field("resources_age_seconds") + " old";
    out += ", SAS good for " + field("sas_expires_in_seconds");
    out += ", awaiting an outcome " + field("outstanding") + "\n";
    auto* wrong = parsed.if_contains("problems");
    if (wrong && wrong->is_array()) {
        for (auto& problem : wrong->get_array()) out += "TROUBLE " + text_of(&problem) + "\n";
    }
    for (auto& watch : parsed.at("watches").as_array()) out += watch_text(watch.as_object());
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
    if (stopping) out += "stopping; ";
    if (!config_problem.empty())
        out += "CONFIGURATION REFUSED, the old one works: " + config_problem + "; ";
    if (!journal_healthy) out += "JOURNAL CANNOT BE WRITTEN; ";
    if (trouble) out += "HOLDING: " + to_string(*trouble) + "; ";
    out += std::to_string(watches.size()) + " watches, " + std::to_string(pending) + " pending";
    if (oldest) out += " (oldest " + human_duration(duration(now - *oldest)) + ")";
    if (unconfirmed > 0) out += ", " + std::to_string(unconfirmed) + " unconfirmed";
    return printable(out);
}

}  // namespace kustodrop::daemon
