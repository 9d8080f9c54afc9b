#include "daemon/commands/recorded/dealt_with.hpp"

#include "base/text.hpp"
#include "daemon/commands/recorded/ending.hpp"

#include <boost/json.hpp>

#include <cstdint>

namespace kustodrop::daemon {

namespace json = boost::json;

dealt_with::dealt_with(const std::vector<spool::sighting>& files) {
    for (auto& seen : files) {
        if (seen.kind == spool::file_kind::regular) asked_.emplace(printable(seen.name), seen);
    }
}

static std::uint64_t number_in(const json::object& row, const char* name) {
    auto* value = row.if_contains(name);
    return value && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

// Where inode numbers do not last there are none.
static bool is_unchanged(const json::object& row, const spool::sighting& seen) {
    auto inode = number_in(row, "inode");
    bool is_same = inode == 0 || seen.identity.inode == 0 || inode == seen.identity.inode;
    auto end = number_in(row, "offset") + number_in(row, "bytes");
    return is_same && end == seen.identity.size_bytes;
}

void dealt_with::take(const json::array& rows) {
    for (auto& one : rows) {
        auto& row = one.as_object();
        auto found = asked_.find(std::string(row.at("location").as_string()));
        if (found == asked_.end()) continue;
        auto seen = std::move(found->second);
        asked_.erase(found);  // An older row says nothing more.
        if (!is_unchanged(row, seen)) continue;
        auto ended = ending_of(row, {});
        auto stage = std::string(row.at("stage").as_string());
        known_[seen.name] =
            ended.empty() ? "on its way: " + stage : ended + ", and unchanged since";
    }
}

}  // namespace kustodrop::daemon
