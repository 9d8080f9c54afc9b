#include "daemon/commands/recorded/summary.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace kustodrop::daemon {

namespace json = boost::json;

static std::string text_in(const json::object& row, const char* name) {
    auto* value = row.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

void journal_summary::take(const json::array& rows) {
    for (auto& one : rows) {
        auto& row = one.as_object();
        auto state = text_in(row, "outcome");
        if (state.empty()) state = "(" + text_in(row, "stage") + ")";
        auto day = text_in(row, "changed_at").substr(0, 10);
        ++counts_[{std::move(day), text_in(row, "watch"), std::move(state), text_in(row, "code")}];
    }
}

std::string journal_summary::to_text() const {
    if (is_empty()) return "nothing is recorded for that question\n";
    std::vector<std::vector<std::string>> rows{{"DAY", "WATCH", "OUTCOME", "FILES", "CODE"}};
    for (auto& [group, files] : counts_) {
        auto& [day, watch, state, code] = group;
        rows.push_back({day, watch, state, std::to_string(files), printable(code)});
    }
    std::string out;
    for (auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::size_t width = 0;
            for (auto& other : rows) width = std::max(width, other[i].size());
            line += row[i] + std::string(width - row[i].size() + 2, ' ');
        }
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

std::string journal_summary::to_json() const {
    json::array out;
    for (auto& [group, files] : counts_) {
        auto& [day, watch, state, code] = group;
        bool has_outcome = !state.starts_with('(');
        json::object one{
            {"day", day},
            {"watch", watch},
            {"outcome", nullptr},
            {"stage", nullptr},
            {"code", printable(code)},
            {"files", files}};
        if (has_outcome) one["outcome"] = state;
        if (!has_outcome) one["stage"] = state.substr(1, state.size() - 2);
        out.push_back(std::move(one));
    }
    return json::serialize(out) + "\n";
}

}  // namespace kustodrop::daemon
