#include "daemon/commands/recorded/ending.hpp"

#include "spool/source/place.hpp"

#include <boost/json.hpp>

#include <filesystem>

namespace kustodrop::daemon {

namespace json = boost::json;

// What this user may not look at counts as there.
static bool is_absent(const std::string& path) {
    std::error_code error;
    auto found = std::filesystem::symlink_status(path, error);
    return found.type() == std::filesystem::file_type::not_found;
}

std::string ending_of(const json::object& row, const std::string& root) {
    auto text = [&](const char* name) {
        auto* value = row.if_contains(name);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    auto outcome = text("outcome");
    auto at = text("changed_at");
    if (outcome.empty()) return {};
    if (outcome == "succeeded" || outcome == "presumed") return "shipped at " + at;
    if (outcome == "skipped") return "skipped at " + at + ": it held no data";
    auto where = text("location");
    if (!where.starts_with(spool::quarantine_folder)) {
        return outcome + " at " + at + ": " + text("code");
    }
    // An unusual name is shown in another way than it has on the disk.
    bool is_plain = where.find('\\') == std::string::npos;
    if (!is_plain || !is_absent(root + "/" + where)) {
        return "in quarantine since " + at + ": " + text("code");
    }
    return outcome + " at " + at + ": " + text("code") + "; no longer in quarantine";
}

}  // namespace kustodrop::daemon
