#include "daemon/commands/failures/failures_report.hpp"

#include "base/text.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/commands/answering.hpp"
#include "daemon/commands/failures/quarantined.hpp"
#include "pipeline/targets/remedies.hpp"

#include <boost/json.hpp>

namespace kustodrop::daemon {

namespace json = boost::json;

namespace {
struct place_of_watch {
    std::string name;
    std::string path;
};
}  // namespace

// The daemon knows also those that a reload has removed.
static std::vector<place_of_watch> watches_of(const std::string& status) {
    std::vector<place_of_watch> out;
    boost::system::error_code malformed;
    auto parsed = json::parse(status, malformed);
    if (malformed) return out;
    for (auto& one : parsed.at("watches").as_array()) {
        out.push_back({one.at("name").as_string().c_str(), one.at("path").as_string().c_str()});
    }
    return out;
}

static json::object group_json(const failure_group& group, const std::string& context) {
    auto& newest = group.newest;
    json::object example{
        {"watch", newest.watch},
        {"file", newest.file},
        {"place", newest.place},
        {"source_id", newest.source_id},
        {"time", newest.time},
        {"details", newest.details}};
    return {
        {"code", group.code},
        {"outcome", group.outcome},
        {"watches", json::array(group.watches.begin(), group.watches.end())},
        {"files", group.files},
        {"bytes", group.bytes},
        {"oldest_at", group.oldest_at},
        {"newest", std::move(example)},
        {"remedy", pipeline::remedy_for(group.code)},
        {"retry", retry_command(group, context)}};
}

result<json::object> failures_report(const question_settings& asking, const std::string& context) {
    auto answer = ask_daemon(asking.settings.admin.listen, "/status");
    std::vector<place_of_watch> watches;
    if (answer) {
        watches = watches_of(*answer);
    } else if (!asking.is_whole) {
        return answer.error();
    } else {
        for (auto& one : asking.settings.watches) {
            if (one.kind == pipeline::watch_kind::follow) continue;
            watches.push_back({one.name, one.path});
        }
    }
    std::vector<quarantined_file> found;
    json::array left_out;
    for (auto& watch : watches) {
        auto silence = silence_of({watch.path}, patience_for_a_folder);
        auto files = silence ? *silence : quarantined_in(watch.name, watch.path);
        if (files.has_error()) {
            left_out.push_back(json::object{
                {"watch", watch.name}, {"detail", printable(files.error().detail)}});
            continue;
        }
        found.insert(found.end(), files->begin(), files->end());
    }
    json::array groups;
    for (auto& group : grouped_by_code(found)) groups.push_back(group_json(group, context));
    json::object out{
        {"files", found.size()}, {"groups", std::move(groups)}, {"left_out", std::move(left_out)}};
    return {boost::system::in_place_value, std::move(out)};
}

static std::string string_of(const json::value& from, const char* name) {
    return from.at(name).as_string().c_str();
}

static std::string names_in_line(const json::array& names) {
    std::string out;
    for (auto& name : names) out += (out.empty() ? "" : ", ") + std::string(name.as_string());
    return out;
}

std::string failures_text(const json::object& report) {
    std::string out;
    for (auto& group : report.at("groups").as_array()) {
        auto code = string_of(group, "code");
        auto files = group.at("files").to_number<std::uint64_t>();
        auto& newest = group.at("newest");
        out += (code.empty() ? "not explained" : code) + ": " + std::to_string(files) +
               (files == 1 ? " file, " : " files, ") +
               human_bytes(group.at("bytes").to_number<std::uint64_t>()) + ", watch " +
               names_in_line(group.at("watches").as_array()) + "\n";
        auto line = [&](const char* title, const std::string& text) {
            if (!text.empty()) out += std::string("  ") + title + text + "\n";
        };
        line("newest   ", string_of(newest, "place"));
        line("at       ", string_of(newest, "time"));
        line("says     ", string_of(newest, "details"));
        line("remedy   ", string_of(group, "remedy"));
        line("retry    ", string_of(group, "retry"));
        out += "\n";
    }
    if (!out.empty()) out.pop_back();
    bool is_whole = report.at("left_out").as_array().empty();
    if (out.empty() && is_whole) out = "nothing is in quarantine\n";
    return out;
}

}  // namespace kustodrop::daemon
