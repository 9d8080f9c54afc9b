#include "daemon/commands/explaining/status_facts.hpp"

#include "base/text.hpp"
#include "daemon/admin/status_report.hpp"
#include "pipeline/shipping/uploading/unread_files.hpp"
#include "pipeline/watch/watch_routes.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace kustodrop::daemon {

namespace json = boost::json;

static std::string text_of_failure(const json::object& problem) {
    return std::string(problem.at("code").as_string()) + ": " +
           std::string(problem.at("detail").as_string());
}

// Of the watch: what keeps its files, and why it is polled.
static void read_notices(const json::object& watch, pipeline::explain_facts& facts) {
    auto* trouble = watch.if_contains("trouble");
    if (trouble && trouble->is_object()) facts.held = text_of_failure(trouble->get_object());
    auto* notices = watch.if_contains("notices");
    if (!notices || !notices->is_array()) return;
    for (auto& one : notices->get_array()) {
        auto& notice = one.as_object();
        auto code = std::string(notice.at("code").as_string());
        bool is_of_events = code == to_string(errc::inotify_limit) ||
                            code == to_string(errc::already_watched) ||
                            code == to_string(errc::folder_unreadable);
        if (is_of_events) facts.polled = text_of_failure(notice);
        auto folder_of = [](std::string_view name) { return name.substr(0, name.rfind('/') + 1); };
        auto example = std::string(notice.at("example").as_string());
        auto detail = std::string(notice.at("detail").as_string());
        bool is_near = folder_of(example) == folder_of(facts.name);
        bool is_it = example == printable(facts.name);
        bool is_of_folder =
            code == to_string(errc::claim_refused) || code == to_string(errc::target_blocked);
        bool is_of_claim = detail.starts_with("cannot claim ");
        if (is_of_claim && (is_it || (is_of_folder && is_near))) facts.unclaimed = detail;
        bool is_claimed = is_it && !facts.claimed_as.empty();
        if (code == pipeline::unread_files::code && is_claimed) facts.unread = detail;
        if (code == "in_place") facts.in_place = detail;
        if (code == "failover") facts.failover = detail;
        bool is_of_moves = code == "move_refused" || code == to_string(errc::disk_full);
        if (is_of_moves && facts.is_settled) facts.unmoved = detail;
    }
}

// With a route some targets may be paused and others not.
static bool is_paused_elsewhere(const json::object& watch, const pipeline::explain_facts& facts) {
    auto* targets = watch.if_contains("paused_targets");
    if (!targets || !targets->is_array()) return false;
    auto made = pipeline::watch_routes(facts.watch).decide(facts.name);
    auto* where = std::get_if<pipeline::target>(&made);
    if (!where) return true;  // It has no target, and its route says why.
    return std::ranges::none_of(targets->get_array(), [&](auto& one) {
        return one.as_string() == printable(where->name());
    });
}

// Whether its files go to the cluster of `failover` now.
static bool is_away(const json::object& status, const pipeline::watch_options& watch) {
    for (auto& one : status.at("watches").as_array()) {
        if (one.as_object().at("name").as_string() != watch.name) continue;
        auto* failover = one.as_object().if_contains("failover");
        return failover && failover->is_object() && failover->at("since").is_string();
    }
    return false;
}

// What is said of the cluster that its files go to; of the only one in the status itself.
static const json::object& cluster_of_watch(
    const json::object& status, const pipeline::watch_options& watch
) {
    auto* clusters = status.if_contains("clusters");
    if (!clusters || !clusters->is_array()) return status;
    auto& name = is_away(status, watch) ? watch.failover.to : watch.cluster;
    for (auto& one : clusters->get_array()) {
        if (one.as_object().at("name").as_string() == name) return one.as_object();
    }
    return status;
}

// With its cause, which is in the sentence that every surface shows.
static std::string journal_trouble_in(const json::object& status) {
    if (status.at("journal_healthy").as_bool()) return {};
    std::string out = "cannot be written";
    auto* problems = status.if_contains("problems");
    if (!problems || !problems->is_array()) return out;
    auto known = "the journal " + out;
    for (auto& one : problems->get_array()) {
        bool is_it = one.is_string() && one.get_string().starts_with(known);
        if (is_it)
            out = std::string(one.get_string().subview(std::string_view("the journal ").size()));
    }
    return out;
}

void read_status(const result<std::string>& answer, pipeline::explain_facts& facts) {
    facts.daemon_runs = answer || answer.error().code != errc::no_daemon;
    if (!answer) {
        facts.daemon_silence = answer.error().detail;
        return;
    }
    auto status = json::parse(*answer).as_object();
    auto& cluster = cluster_of_watch(status, facts.watch);
    auto trouble_in = [&](const char* name) {
        auto* trouble = cluster.at(name).if_object();
        return trouble ? text_of_failure(*trouble) : std::string();
    };
    facts.trouble = trouble_in("trouble");
    auto* next_request = cluster.if_contains("next_request_in_seconds");
    if (!facts.trouble.empty() && next_request && next_request->is_number()) {
        std::chrono::duration<double> time(next_request->to_number<double>());
        auto wait = std::chrono::duration_cast<duration>(time);
        facts.trouble = and_also(std::move(facts.trouble), next_try(wait));
    }
    facts.outcome_trouble = trouble_in("notification_trouble");
    facts.journal_trouble = journal_trouble_in(status);
    for (auto& one : status.at("watches").as_array()) {
        auto& watch = one.as_object();
        if (watch.at("name").as_string() != facts.watch.name) continue;
        auto* paused = watch.at("paused").if_string();
        if (paused && !is_paused_elsewhere(watch, facts)) facts.paused = *paused;
        facts.folder_present = watch.at("present").as_bool();
        read_notices(watch, facts);
        facts.low_on_space = watch.at("low_on_space").as_bool();
        auto* next = watch.if_contains("next_attempt_in_seconds");
        if (next && next->is_number()) {
            std::chrono::duration<double> time(next->to_number<double>());
            facts.next_attempt = std::chrono::duration_cast<duration>(time);
        }
        facts.pending_files = watch.at("pending").to_number<std::uint64_t>();
    }
}

}  // namespace kustodrop::daemon
