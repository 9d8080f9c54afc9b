#include "pipeline/questions/explain.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/journal_view.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/explaining/status_facts.hpp"
#include "daemon/commands/recorded/ending.hpp"
#include "daemon/commands/recorded/journal_rows.hpp"
#include "daemon/program.hpp"
#include "daemon/run/translate.hpp"
#include "daemon/terminal/causes.hpp"
#include "daemon/terminal/output.hpp"
#include "pipeline/intake/watching/copy_check.hpp"
#include "pipeline/watch/hung_folder.hpp"
#include "pipeline/watch/watch_routes.hpp"
#include "spool/following/keeping/positions.hpp"
#include "spool/source/place.hpp"

#include <boost/json.hpp>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

// The watch whose folder the path lies in.
static const pipeline::watch_options* watch_of(
    const config::settings& settings, const std::string& path
) {
    for (auto& watch : settings.watches) {
        if (path.starts_with(watch.path + "/")) return &watch;
    }
    return nullptr;
}

// The names of which the file may be a compressed copy, or the reverse.
static std::vector<std::string> copies_of(const std::string& name) {
    if (auto stem = pipeline::uncompressed_name(name)) return {*stem};
    return {name + ".gz", name + ".zip"};
}

// Why this user cannot look, in words; empty: nothing hides the file, or its folder is absent.
static std::string hidden_because(const failure& why) {
    if (why.code != errc::folder_unreadable) return {};
    return why.code.text() + ": " + why.detail + "; ask as root or as the daemon's user";
}

// Returns why the file cannot be looked for by this user; or empty.
static std::string look(pipeline::explain_facts& facts) {
    auto folder = spool::drop_folder::open(facts.watch.path);
    if (folder.has_error()) return hidden_because(folder.error());
    auto seen = folder->look(facts.name);
    if (seen.has_error()) return hidden_because(seen.error());
    if (*seen) facts.seen = **seen;
    for (auto& name : copies_of(facts.name)) {
        auto other = folder->look(name);
        if (other && *other && (*other)->kind == spool::file_kind::regular) facts.copy = name;
    }
    if (facts.watch.done_marker.empty()) return {};
    auto marker = folder->look(facts.name + facts.watch.done_marker);
    if (marker && *marker) facts.marker = **marker;
    return {};
}

static std::optional<spool::sighting> daemon_look(
    const std::string& socket, const pipeline::explain_facts& facts, const std::string& name
) {
    auto answer = ask_daemon(socket, "/look?" + look_request_text({facts.watch.name, name}));
    return answer ? sighting_of(*answer) : std::nullopt;
}

// The daemon's own look, because its rights decide. Where it cannot be had, ours stays, and the
// answer says whose it is.
static void look_as_daemon(const std::string& socket, pipeline::explain_facts& facts) {
    auto seen = daemon_look(socket, facts, facts.name);
    if (!seen) return;
    facts.looked_as = "the daemon";
    if (facts.seen) {
        facts.seen->readable = seen->readable;
    } else {
        facts.seen = *seen;
        facts.seen->name = facts.name;
    }
}

// A file that was claimed may have become unreadable since.
static void look_in_work(const std::string& socket, pipeline::explain_facts& facts) {
    if (facts.claimed_as.empty()) return;
    auto seen = daemon_look(socket, facts, facts.claimed_as);
    if (seen && !seen->readable) facts.unread = "the daemon's user has no right to";
}

static void read_targets(const std::string& socket, pipeline::explain_facts& facts) {
    if (!facts.watch.route) return;
    auto answer = ask_daemon(socket, "/targets?watch=" + percent_encode(facts.watch.name));
    if (answer) facts.met_targets = targets_of(*answer);
}

// Only reads the daemon's folder: the daemon may be at work there, and tidies it itself.
static std::string place_in_work(const std::string& root, const std::string& name) {
    namespace fs = std::filesystem;
    auto own = std::string(spool::work_folder);
    std::error_code error;
    for (fs::directory_iterator at(root + "/" + own, error), end; !error && at != end;
         at.increment(error)) {
        auto base = at->path().filename().string();
        auto place = spool::parse_work_place(base);
        if (place && place->name == name) return own + "/" + base;
        // One with a long name, or from a folder below, has a folder of its own.
        std::error_code unreadable;
        bool inside = is_guid(base) && fs::exists(at->path() / name, unreadable);
        if (inside) return own + "/" + base + "/" + name;
    }
    return {};
}

static constexpr std::size_t files_of_name = 1000;

// Without a daemon the journal itself is read.
static void read_record(const question_settings& asking, pipeline::explain_facts& facts) {
    auto& settings = asking.settings;
    spool::journal_query query;
    query.watch = facts.watch.name;
    query.file_glob = as_pattern(facts.name);
    query.limit = files_of_name;
    auto answer = rows_of(asking, query, missing_journal::is_normal);
    if (!answer) {
        auto why = to_string(answer.error());
        bool is_known = answer.error().code == errc::no_daemon;  // It is among the rules.
        if (!is_known) std::fprintf(stderr, "what was recorded is not known: %s\n", why.c_str());
        return;
    }
    auto& rows = *answer;
    // The pattern of a name without a folder is about folders below as well.
    auto shown = printable(facts.name);
    auto newest = std::ranges::find_if(rows, [&](auto& one) {
        return one.as_object().at("file").as_string() == shown;
    });
    if (newest == rows.end()) return;
    auto& row = newest->as_object();
    auto text = [&](const char* name) {
        auto* value = row.if_contains(name);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    auto outcome = text("outcome");
    facts.history = text("stage") + (outcome.empty() ? "" : ", " + outcome) + " at " +
                    text("changed_at") + ", source " + text("source_id");
    if (!text("delivery").empty()) facts.history += ", " + text("delivery");
    facts.is_recorded = text("stage") != "retired";
    facts.is_settled = text("stage") == "settled";
    if (facts.is_recorded && spool::is_spilled(text("location"))) {
        auto own = spool::follow_folder(settings.state_directory, facts.watch.name);
        facts.history += ", read from " + own + text("location") + " because it exceeded hold";
    }
    facts.ended = ending_of(row, facts.watch.path);
    // What lies in the folder may be another file of that name; in place it is the same one.
    facts.is_of_seen = text("location") == shown;
    if (text("stage") == "posted") facts.posted_at = text("changed_at");
    auto cause = with_code(text("code"), text("details"));
    if (!cause.empty()) facts.history += ", " + cause;
    // A retired file whose record still names this place was processed and stays there.
    if (text("location") == printable(facts.name) && text("stage") == "retired") {
        facts.is_kept = true;
    }
}

// How far a followed log is dealt with. Without a daemon the journal itself is read.
static void read_progress(
    const question_settings& asking, const std::string& path, pipeline::explain_facts& facts
) {
    if (facts.watch.kind != pipeline::watch_kind::follow) return;
    spool::journal_query query;
    query.watch = facts.watch.name;
    query.file_glob = facts.name;
    auto logs = recorded_logs(asking, std::move(query), path, missing_journal::is_normal);
    if (logs.has_error() || logs->empty()) return;
    facts.progress = progress_of(logs->back());
}

static void print_json(
    const std::vector<pipeline::explained>& rules, const pipeline::explain_facts& facts
) {
    json::array list;
    for (auto& one : rules) {
        list.push_back(json::object{
            {"rule", one.rule}, {"answer", printable(one.answer)}, {"lets_pass", one.lets_pass}});
    }
    json::object out{
        {"conclusion", printable(pipeline::conclusion(rules))}, {"rules", std::move(list)}};
    if (auto& log = facts.progress) {
        out["log"] = json::object{
            {"first", log->first},
            {"read", log->read},
            {"posted", log->posted},
            {"confirmed", log->confirmed},
            {"lost_bytes", log->lost_bytes},
            {"lost", printable(log->lost)}};
    }
    std::printf("%s\n", json::serialize(out).c_str());
}

// Without the slash that a shell's completion leaves behind a folder's name.
static std::string whole_path(const std::string& given) {
    auto path = std::filesystem::absolute(given).lexically_normal().string();
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

// Why nothing can be said of a path; empty: something can.
static std::string unexplainable(
    const config::settings& settings, const std::string& path, const pipeline::watch_options* watch
) {
    for (auto& one : settings.watches) {
        if (path == one.path) {
            return "is the folder of watch \"" + one.name + "\": name a file in it";
        }
    }
    if (!watch) return "lies in no watch's folder";
    bool is_own = path.starts_with(watch->path + "/.kustodrop/");
    return is_own ? "belongs to kustodrop: name the file as it was in " + watch->path : "";
}

int command_explain(const explain_options& options) {
    if (options.path.empty()) {
        std::fprintf(stderr, "the path is empty\n");
        return bad_usage;
    }
    auto asking = load_for_questions(options.config, options.socket);
    auto* settings = &asking.settings;
    auto path = whole_path(options.path);
    auto* watch = watch_of(*settings, path);
    if (auto why = unexplainable(*settings, path, watch); !why.empty()) {
        std::fprintf(stderr, "%s %s\n", printable(path).c_str(), printable(why).c_str());
        return asking.is_whole ? some_failed : bad_configuration;
    }
    pipeline::explain_facts facts;
    facts.watch = watch_options_of(*watch, settings->retention);
    facts.name = path.substr(watch->path.size() + 1);
    if (::geteuid() == 0) facts.looked_as = "root, as whom this was asked";
    bool answers = answers_in_time([facts]() mutable { look(facts); });
    auto& socket = settings->admin.listen;
    auto status = ask_daemon(socket, "/status");
    // One that gives no status does not answer other questions either.
    bool may_ask = status || status.error().code == errc::no_daemon;
    std::string hidden;
    if (answers) {
        hidden = look(facts);
        if (may_ask) look_as_daemon(socket, facts);
        if (!facts.seen) facts.claimed_as = place_in_work(watch->path, facts.name);
    }
    if (may_ask) {
        look_in_work(socket, facts);
        read_record(asking, facts);
        read_progress(asking, answers ? path : "", facts);
        read_targets(socket, facts);
    }
    read_status(status, facts);
    // The daemon's own look decides, if it runs.
    if (!status && !facts.seen && !hidden.empty()) {
        facts.folder_present = false;
        facts.held = hidden;
    }
    if (!answers) {
        facts.folder_present = false;
        if (facts.held.empty()) facts.held = to_string(pipeline::folder_hangs());
    }
    auto rules = pipeline::explain(facts);
    if (options.json) {
        print_json(rules, facts);
        return all_well;
    }
    for (auto& one : rules) {
        auto rule = one.rule;
        rule.resize(std::max<std::size_t>(rule.size(), 12), ' ');
        put_text((one.lets_pass ? "yes  " : "NO   ") + rule + " " + printable(one.answer) + "\n");
    }
    put_text(printable(pipeline::conclusion(rules)) + "\n");
    return all_well;
}

}  // namespace kustodrop::daemon
