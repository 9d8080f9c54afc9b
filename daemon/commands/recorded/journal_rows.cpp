#include "daemon/commands/recorded/journal_rows.hpp"

#include "base/text.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/journal_view.hpp"

#include <boost/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr duration longest_search = 30s;
static constexpr std::size_t most_ranges = 1'000'000;
static constexpr std::size_t files_a_page = 1000;  // As many as the daemon hands out at once.

// The daemon has the journal to itself while it runs, and hands it out in pages.
static result<json::array> rows_of_daemon(const std::string& socket, spool::journal_query query) {
    json::array all;
    auto wanted = query.limit;
    for (;;) {
        query.limit = std::min(wanted - all.size(), files_a_page);
        auto answer = ask_daemon(socket, "/journal?" + journal_query_text(query), longest_search);
        if (answer.has_error()) return answer.error();
        auto page = json::parse(*answer).as_array();
        bool is_last = page.size() < query.limit;
        for (auto& row : page) all.push_back(std::move(row));
        if (is_last || all.size() >= wanted) break;
        auto& last = all.back().as_object();
        // Many rows share a millisecond: the text of the time would leave some out.
        auto id = std::string(last.at("source_id").as_string());
        query.after = {last.at("changed_at_us").as_int64(), std::move(id)};
    }
    return {boost::system::in_place_value, std::move(all)};
}

// Where the journal lies is uncertain while the configuration is broken.
result<json::array> rows_of(
    const question_settings& asking, const spool::journal_query& query, missing_journal how
) {
    auto& settings = asking.settings;
    auto answer = rows_of_daemon(settings.admin.listen, query);
    bool is_absent = answer.has_error() && answer.error().code == errc::no_daemon;
    if (!is_absent || !asking.is_whole) return answer;
    auto path = settings.state_directory + "/journal.db";
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
        if (how == missing_journal::is_said) {
            std::fprintf(stderr, "nothing has been recorded yet: there is no %s\n", path.c_str());
        }
        return {boost::system::in_place_value, json::array()};
    }
    auto rows = spool::read_journal(path, query);
    if (rows.has_error()) return rows.error();
    return {boost::system::in_place_value, json::parse(journal_json(*rows)).as_array()};
}

// Its names have the live one in front: what was rotated was cut under that.
static std::string family_pattern(const std::string& name) {
    auto base = name.find_last_of('/') + 1;  // 0 where there is no folder.
    auto end = name.find(".log", base);
    if (end != std::string::npos) return as_pattern(name.substr(0, end)) + "*";
    return as_pattern(name) + "*";
}

result<std::vector<recorded_log>> recorded_logs(
    const question_settings& asking,
    spool::journal_query query,
    const std::string& path,
    missing_journal how
) {
    auto name = query.file_glob.value_or("");
    query.file_glob = family_pattern(name);
    query.limit = most_ranges;
    auto rows = rows_of(asking, query, how);
    if (rows.has_error()) return rows.error();
    struct ::stat facts = {};
    auto inode = ::stat(path.c_str(), &facts) == 0 ? std::uint64_t(facts.st_ino) : 0;
    auto logs = logs_in(json::serialize(*rows));
    return {boost::system::in_place_value, logs_of(logs, printable(name), inode)};
}

}  // namespace kustodrop::daemon
