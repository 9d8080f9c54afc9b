#include "daemon/admin/status_text.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <boost/json.hpp>

#include <map>

namespace kustodrop::daemon {

namespace json = boost::json;

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

// 812 logs (3 rotated, 1 deleted: held 4 MiB), behind 12 s, waiting 1.2 MiB, spilled 2 MiB, lost 0
// B
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
    out += ", waiting " + bytes_text(logs, "waiting_bytes");
    auto* spilled = logs.if_contains("spilled_files");
    if (spilled && text_of(spilled) != "0") out += ", spilled " + bytes_text(logs, "spilled_bytes");
    return out + ", lost " + bytes_text(logs, "lost_bytes");
}

static std::string failover_text(const json::object& of) {
    auto field = [&](const char* name) { return text_of(of.if_contains(name)); };
    auto posted = ", posted there " + field("posted");
    posted += field("tried") == "-" ? "\n" : ", its own last tried " + field("tried") + "\n";
    bool is_active = field("since") != "-";
    if (!is_active) return field("posted") == "0" ? "" : "  failover to " + field("to") + posted;
    return "  FAILOVER to " + field("to") + " since " + field("since") + posted;
}

static std::string watch_text(const json::object& watch) {
    auto field = [&](const char* name) { return text_of(watch.if_contains(name)); };
    auto* cluster = watch.if_contains("cluster");
    auto at = cluster ? " at " + text_of(cluster) : std::string();
    std::string out = "\n" + field("name") + "  " + field("path") + " -> " + field("target") + at;
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
        out += "  PAUSED " + and_also(field("paused"), field("held") + " wait") + "\n";
    }
    auto* unstreamed = watch.if_contains("streaming_paused");
    if (unstreamed && unstreamed->is_string()) {
        out += "  streaming pauses, files are queued: " + text_of(unstreamed) + "\n";
    }
    if (auto* failover = watch.if_contains("failover"); failover && failover->is_object()) {
        out += failover_text(failover->get_object());
    }
    auto* unposted = watch.if_contains("rest_paused");
    if (unposted && unposted->is_string()) {
        out += "  posts by REST pause, files are queued: " + text_of(unposted) + "\n";
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

static std::string cluster_text(const json::object& of) {
    auto field = [&](const char* name) { return text_of(of.if_contains(name)); };
    auto out = field("endpoint") + "\n";
    out += transport_text(field("transport"), field("transport_reason")) + "\n";
    out += "token good for " + field("token_expires_in_seconds");
    out += ", resources " + field("resources_age_seconds") + " old";
    out += ", SAS good for " + field("sas_expires_in_seconds");
    return out + ", awaiting an outcome " + field("outstanding") + "\n";
}

std::string status_text(const std::string& text) {
    auto parsed = json::parse(text).as_object();
    auto field = [&](const char* name) { return text_of(parsed.if_contains(name)); };
    std::string out = "kustodrop " + field("version") + " on " + field("host") +
                      ", running since " + field("started_at");
    out += "\n";
    auto* clusters = parsed.if_contains("clusters");
    if (clusters && clusters->is_array()) {
        for (auto& one : clusters->get_array()) {
            out += text_of(one.as_object().if_contains("name")) + "  ";
            out += cluster_text(one.as_object());
        }
    } else {
        out += cluster_text(parsed);
    }
    auto* wrong = parsed.if_contains("problems");
    if (wrong && wrong->is_array()) {
        for (auto& problem : wrong->get_array()) out += "TROUBLE " + text_of(&problem) + "\n";
    }
    auto* aside = parsed.if_contains("journal_set_aside");
    if (aside && aside->is_bool() && aside->get_bool()) {
        out +=
            "note journal_set_aside: the journal was damaged at the start and was set aside: "
            "files in work/ were sent again; it is kept beside the new one as "
            "journal.db.corrupt-TIME\n";
    }
    for (auto& watch : parsed.at("watches").as_array()) out += watch_text(watch.as_object());
    return out;
}

}  // namespace kustodrop::daemon
