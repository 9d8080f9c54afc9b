#include "pipeline/questions/plan.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "config/reading/quantities.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/recorded/dealt_with.hpp"
#include "daemon/commands/recorded/journal_rows.hpp"
#include "daemon/commands/recorded/named_watch.hpp"
#include "daemon/program.hpp"
#include "daemon/run/translate.hpp"
#include "daemon/terminal/output.hpp"
#include "pipeline/watch/hung_folder.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <map>
#include <string>

namespace kustodrop::daemon {

namespace json = boost::json;
using pipeline::watch_plan;

static constexpr std::size_t most_files = 100'000;

static constexpr std::size_t files_a_page = 1000;
static constexpr std::size_t most_pages = 1000;

// Whether files of the watch may be shipped from where they are: by its options, or because the
// daemon cannot move them.
static bool may_ship_in_place(const pipeline::watch_options& watch, const std::string& status) {
    using namespace pipeline;
    if (watch.kind == watch_kind::follow) return false;
    bool keeps =
        watch.on_success == success_action::keep || watch.on_failure == failure_action::keep;
    if (keeps || watch.claim == claim_mode::in_place) return true;
    if (status.empty()) return false;
    auto parsed = json::parse(status).as_object();
    for (auto& one : parsed.at("watches").as_array()) {
        auto& of = one.as_object();
        if (of.at("name").as_string() != watch.name) continue;
        for (auto& notice : of.at("notices").as_array()) {
            if (notice.as_object().at("code").as_string() == "in_place") return true;
        }
    }
    return false;
}

// What the record has of the files in the folder; the newest is read first.
static std::map<std::string, std::string> dealt_with_before(
    const config::settings& settings, const pipeline::plan_facts& facts
) {
    auto status = ask_daemon(settings.admin.listen, "/status", 10s);
    if (!may_ship_in_place(facts.watch, status ? *status : std::string())) return {};
    question_settings asking;
    asking.settings = settings;
    asking.is_whole = true;
    dealt_with found(facts.files);
    spool::journal_query query;
    query.watch = facts.watch.name;
    query.limit = files_a_page;
    for (std::size_t page = 0; page < most_pages && !found.is_complete(); ++page) {
        auto rows = rows_of(asking, query);
        if (rows.has_error()) {
            auto why = to_string(rows.error());
            std::fprintf(stderr, "what was shipped before is not known: %s\n", why.c_str());
            break;
        }
        found.take(*rows);
        if (rows->size() < files_a_page) break;
        auto& last = rows->back().as_object();
        auto id = std::string(last.at("source_id").as_string());
        query.after = {last.at("changed_at_us").as_int64(), std::move(id)};
    }
    return found.known();
}

static watch_plan plan_of(const pipeline::watch_options& from, const config::settings& settings) {
    pipeline::plan_facts facts;
    facts.watch = watch_options_of(from, settings.retention);
    if (from.route && !settings.admin.listen.empty()) {
        auto target = "/targets?watch=" + percent_encode(from.name);
        auto answer = ask_daemon(settings.admin.listen, target, 10s);
        if (answer) facts.met_targets = targets_of(*answer);
    }
    if (silence_of({from.path}, patience_for_a_folder)) {
        auto out = pipeline::plan(facts);
        out.problem = to_string(pipeline::folder_hangs());
        return out;
    }
    std::string problem;
    auto folder = spool::drop_folder::open(from.path);
    if (folder.has_error()) {
        problem = to_string(folder.error());
    } else {
        spool::scan_options asked;
        asked.recursive = from.recursive;
        asked.limit = most_files;
        asked.wanted = [](std::string_view) { return true; };
        auto found = spool::scan_folder(*folder, asked);
        if (found.has_error()) {
            problem = to_string(found.error());
        } else {
            facts.files = std::move(found->sightings);
            facts.truncated = found->truncated;
            facts.dealt_with = dealt_with_before(settings, facts);
        }
    }
    auto out = pipeline::plan(facts);
    out.problem = std::move(problem);
    return out;
}

static json::array files_json(const std::vector<pipeline::planned_file>& files) {
    json::array out;
    for (auto& file : files) {
        json::object one{{"name", printable(file.name)}, {"bytes", file.size_bytes}};
        if (!file.why_not.empty()) one["why"] = printable(file.why_not);
        out.push_back(std::move(one));
    }
    return out;
}

static json::object plan_json(const watch_plan& plan) {
    json::array sources;
    for (auto& source : plan.sources) {
        sources.push_back(json::object{
            {"files", files_json(source.files)},
            {"bytes", source.size_bytes},
            {"target", printable(source.target)}});
    }
    json::object out{
        {"watch", plan.watch},
        {"path", printable(plan.path)},
        {"target", plan.target},
        {"format", plan.format},
        {"problem", nullptr},
        {"sources", std::move(sources)},
        {"left", files_json(plan.left)},
        {"truncated", plan.truncated}};
    if (!plan.cluster.empty()) out["cluster"] = plan.cluster;
    if (!plan.problem.empty()) out["problem"] = printable(plan.problem);
    return out;
}

static void print(const watch_plan& plan) {
    auto at = plan.cluster.empty() ? plan.target : plan.target + " at " + plan.cluster;
    put_text(plan.watch + "  " + printable(plan.path) + " -> " + at + " (" + plan.format + ")\n");
    if (!plan.problem.empty()) put_text("  PROBLEM " + printable(plan.problem) + "\n");
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    for (auto& source : plan.sources) {
        files += source.files.size();
        bytes += source.size_bytes;
        const char* sign = source.files.size() > 1 ? "+ " : "  ";
        for (auto& file : source.files) {
            auto size = human_bytes(file.size_bytes);
            // With a route each has a target of its own.
            bool is_own = source.target != plan.target;
            auto where = is_own ? " -> " + printable(source.target) : std::string();
            put_text("  ship  " + (sign + printable(file.name)) + "  " + size + where + "\n");
        }
    }
    for (auto& file : plan.left) {
        put_text("  stay    " + printable(file.name) + "  " + printable(file.why_not) + "\n");
    }
    auto sum = counted(files, "file") + " in " + counted(plan.sources.size(), "blob") + ", " +
               human_bytes(bytes) + "; " + std::to_string(plan.left.size()) +
               (plan.left.size() == 1 ? " stays" : " stay");
    put_text("  " + sum + (plan.truncated ? "; there are more than were looked at" : "") + "\n");
}

int command_plan(const plan_options& options) {
    auto settings = load_settings_without_secrets(options.config);
    if (!settings) return bad_configuration;
    json::array all;
    bool known = options.watch.empty();
    for (auto& from : settings->watches) {
        if (!options.watch.empty() && options.watch != from.name) continue;
        known = true;
        auto plan = plan_of(from, *settings);
        if (options.json) {
            all.push_back(plan_json(plan));
        } else {
            print(plan);
        }
    }
    if (!known) {
        std::fprintf(stderr, "%s\n", unknown_watch(*settings, options.watch).c_str());
        return bad_usage;
    }
    if (options.json) {
        json::object out{{"watches", std::move(all)}};
        std::printf("%s\n", json::serialize(out).c_str());
    }
    return all_well;
}

}  // namespace kustodrop::daemon
