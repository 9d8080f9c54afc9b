#include "daemon/commands/failures/quarantined.hpp"

#include "base/text.hpp"
#include "config/reading/file_content.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace kustodrop::daemon {

namespace json = boost::json;
namespace files = std::filesystem;

static constexpr std::string_view note = ".error.json";
static constexpr std::size_t largest_note = 256 << 10;

static json::object read_note(const files::path& path) {
    auto content = config::read_whole_file(path.string(), largest_note);
    if (content.has_error()) return {};
    boost::system::error_code malformed;
    auto parsed = json::parse(content->text, malformed);
    auto* object = malformed ? nullptr : parsed.if_object();
    return object ? std::move(*object) : json::object();
}

static std::string member_text(const json::object& from, std::string_view name) {
    auto* value = from.if_contains(name);
    return value && value->is_string() ? printable(value->as_string()) : std::string();
}

static void explain(const json::object& from, quarantined_file& out) {
    out.code = member_text(from, "code");
    out.details = member_text(from, "details");
    out.outcome = member_text(from, "outcome");
    out.source_id = member_text(from, "source_id");
    out.time = member_text(from, "time");
    auto file = member_text(from, "file");
    if (!file.empty()) out.file = std::move(file);
}

namespace {

// One folder of the quarantine.
struct folder_listing {
    std::vector<files::directory_entry> plain;
    std::set<std::string> names;
};

}  // namespace

static void sort_entry(const files::directory_entry& entry, folder_listing& out) {
    auto name = entry.path().filename().string();
    out.names.insert(name);
    out.plain.push_back(entry);
}

static void collect(
    const folder_listing& from,
    const std::string& watch,
    const files::path& base,
    std::vector<quarantined_file>& out
) {
    std::map<std::string, json::object> by_file;
    auto is_note_of_a_file = [&](const std::string& name) {
        if (!name.ends_with(note)) return false;
        return from.names.contains(name.substr(0, name.size() - note.size()));
    };
    std::vector<const files::directory_entry*> rest;
    for (auto& entry : from.plain) {
        auto name = entry.path().filename().string();
        if (is_note_of_a_file(name)) continue;
        // SOURCE_ID.error.json of a file with a long name, or of one that someone took away.
        bool is_id = name.size() == 36 + note.size() && name.ends_with(note);
        if (!is_id) {
            rest.push_back(&entry);
            continue;
        }
        auto found = read_note(entry.path());
        auto file = files::path(member_text(found, "file")).filename().string();
        by_file[file] = std::move(found);
    }
    for (auto* entry : rest) {
        auto name = entry->path().filename().string();
        if (name.ends_with(note) && !from.names.contains(name + std::string(note))) {
            auto orphan = read_note(entry->path());
            if (!member_text(orphan, "source_id").empty()) continue;
        }
        quarantined_file one;
        one.watch = watch;
        one.place = printable(entry->path().string());
        one.file = printable(entry->path().lexically_relative(base).string());
        std::error_code unknown;
        auto size = entry->file_size(unknown);
        one.bytes = unknown ? 0 : size;
        bool has_note = from.names.contains(name + std::string(note));
        auto by_id = by_file.find(printable(name));
        if (has_note) {
            explain(read_note(entry->path().string() + std::string(note)), one);
        } else if (by_id != by_file.end()) {
            explain(by_id->second, one);
        }
        out.push_back(std::move(one));
    }
}

result<std::vector<quarantined_file>> quarantined_in(
    const std::string& watch, const std::string& folder
) {
    std::vector<quarantined_file> out;
    std::error_code problem;
    auto base = files::path(folder) / ".kustodrop" / "quarantine";
    auto kind = files::symlink_status(base, problem).type();
    if (kind == files::file_type::not_found) {
        // A folder that is away must not look like one without failures.
        if (files::is_directory(folder, problem)) return out;
        auto why = problem ? problem.message() : "is not there";
        return failure{errc::unreadable, remedy::retry, folder + ": " + why};
    }
    if (!problem && kind != files::file_type::directory) {
        return failure{errc::unreadable, remedy::retry, base.string() + ": is not a folder"};
    }
    std::map<files::path, folder_listing> folders;
    files::recursive_directory_iterator walk(base, problem);
    for (; !problem && walk != files::recursive_directory_iterator(); walk.increment(problem)) {
        std::error_code unknown;
        bool is_plain = walk->is_regular_file(unknown) && !walk->is_symlink(unknown);
        if (is_plain) sort_entry(*walk, folders[walk->path().parent_path()]);
    }
    if (problem) {
        return failure{errc::unreadable, remedy::retry, base.string() + ": " + problem.message()};
    }
    for (auto& [path, listed] : folders) collect(listed, watch, base, out);
    return out;
}

std::vector<failure_group> grouped_by_code(const std::vector<quarantined_file>& files) {
    std::map<std::string, failure_group> by_code;
    for (auto& file : files) {
        auto& group = by_code[file.code];
        group.code = file.code;
        ++group.files;
        group.bytes += file.bytes;
        auto at = std::lower_bound(group.watches.begin(), group.watches.end(), file.watch);
        bool is_known = at != group.watches.end() && *at == file.watch;
        if (!is_known) group.watches.insert(at, file.watch);
        bool is_older = group.oldest_at.empty() || file.time < group.oldest_at;
        if (is_older && !file.time.empty()) group.oldest_at = file.time;
        if (group.files == 1 || file.time > group.newest.time) {
            group.newest = file;
            group.outcome = file.outcome;
        }
    }
    std::vector<failure_group> out;
    for (auto& [code, group] : by_code) out.push_back(std::move(group));
    std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.files > b.files; });
    return out;
}

std::string shell_quoted(const std::string& text) {
    static constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/:@%+=,";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string retry_command(const failure_group& group, const std::string& context) {
    if (group.code.empty()) return {};
    auto out = "kustodrop retry --error " + shell_quoted(group.code);
    if (group.watches.size() == 1) out += " --watch " + shell_quoted(group.watches.front());
    return out + context;
}

}  // namespace kustodrop::daemon
