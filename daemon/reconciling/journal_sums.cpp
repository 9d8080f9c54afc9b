#include "daemon/reconciling/journal_sums.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

std::uint64_t journal_sum::records() const {
    std::uint64_t out = 0;
    for (auto& [id, count] : sources) out += count.value_or(0);
    return out;
}

std::size_t journal_sum::unknown() const {
    auto is_unknown = [](auto& one) { return !one.second; };
    return static_cast<std::size_t>(std::ranges::count_if(sources, is_unknown));
}

namespace {

// One entry of the journal.
class entry {
public:
    explicit entry(const json::object& row) : row_(row) {}

    std::string text(std::string_view name) const {
        auto* value = row_.if_contains(name);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    }

    std::optional<std::uint64_t> number(std::string_view name) const {
        auto* value = row_.if_contains(name);
        if (!value || !value->is_number()) return std::nullopt;
        boost::system::error_code error;
        auto out = value->to_number<std::uint64_t>(error);
        return error ? std::nullopt : std::optional(out);
    }

    wall_time moment(std::string_view name) const {
        return parse_iso8601(text(name)).value_or(wall_time());
    }

    // Nothing: they are not recorded.
    std::optional<std::vector<std::string>> tags() const {
        auto* value = row_.if_contains("tags");
        auto* list = value ? value->if_array() : nullptr;
        if (!list) return std::nullopt;
        std::vector<std::string> out;
        for (auto& one : *list) {
            if (one.is_string()) out.emplace_back(one.get_string());
        }
        return out;
    }

    std::string cluster(const std::string& present) const {
        auto out = text("cluster");
        return out.empty() ? present : out;
    }

    // The service may have rows of it, or get some.
    bool may_have_rows() const {
        auto outcome = text("outcome");
        if (outcome.empty()) return number("posts").value_or(0) > 0;
        return outcome == "succeeded" || outcome == "presumed" || outcome == "unconfirmed";
    }

private:
    const json::object& row_;
};

// Sums by cluster and table. "a.b.c" may be two tables: where the journal names database and table,
// these decide.
class table_index {
public:
    explicit table_index(std::vector<journal_sum>& sums) : sums_(sums) {
        for (std::size_t i = 0; i < sums.size(); ++i) {
            at_[{sums[i].cluster, sums[i].target}].push_back(i);
        }
    }

    journal_sum* find(const entry& row, const std::string& cluster) {
        auto found = at_.find({cluster, row.text("target")});
        if (found == at_.end()) return nullptr;
        auto database = row.text("database");
        for (auto i : found->second) {
            auto& one = sums_[i].database;
            if (one.empty() || database.empty() || one == database) return &sums_[i];
        }
        return nullptr;
    }

    journal_sum& make(const entry& row, const std::string& cluster) {
        auto target = row.text("target");
        at_[{cluster, target}].push_back(sums_.size());
        auto& out = sums_.emplace_back();
        out.cluster = cluster;
        out.target = std::move(target);
        return out;
    }

private:
    std::vector<journal_sum>& sums_;
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> at_;
};

void add(journal_sum& sum, const entry& row) {
    if (sum.database.empty()) {
        sum.database = row.text("database");
        sum.table = row.text("table");
    }
    auto [at, is_new] = sum.sources.try_emplace(row.text("source_id"));
    if (!is_new) return;
    at->second = row.number("records");
    if (row.text("delivery").find("streaming") != std::string::npos) ++sum.without_tags;
    if (auto tags = row.tags()) {
        sum.tags.insert(std::move(*tags));
    } else {
        sum.are_tags_recorded = false;
    }
    auto claimed = row.moment("claimed_at"), changed = row.moment("changed_at");
    bool is_first = sum.sources.size() == 1;
    sum.first_claimed = is_first ? claimed : std::min(sum.first_claimed, claimed);
    sum.last_changed = is_first ? changed : std::max(sum.last_changed, changed);
}

void add_neighbour(journal_sum& sum, const entry& row) {
    auto claimed = row.moment("claimed_at"), changed = row.moment("changed_at");
    bool has_ended = !row.text("outcome").empty();
    if (claimed > sum.last_changed) {
        sum.begun_after = std::min(sum.begun_after.value_or(claimed), claimed);
    } else if (has_ended && changed < sum.first_claimed) {
        sum.ended_before = std::max(sum.ended_before.value_or(changed), changed);
    } else {
        auto records = row.number("records");
        ++sum.beside.sources;
        sum.beside.records += records.value_or(0);
        if (!records) ++sum.beside.unknown;
    }
}

}  // namespace

std::vector<journal_sum> sums_of_journal(std::string_view text, const std::string& present) {
    std::vector<journal_sum> out;
    table_index index(out);
    auto rows = json::parse({text.data(), text.size()});
    for (auto& one : rows.as_array()) {
        entry row(one.as_object());
        auto cluster = row.cluster(present);
        auto* sum = index.find(row, cluster);
        add(sum ? *sum : index.make(row, cluster), row);
    }
    return out;
}

void add_neighbours(
    std::vector<journal_sum>& sums, std::string_view text, const std::string& present
) {
    std::set<std::string> known;
    for (auto& sum : sums) {
        for (auto& [id, count] : sum.sources) known.insert(id);
    }
    table_index index(sums);
    auto rows = json::parse({text.data(), text.size()});
    for (auto& one : rows.as_array()) {
        entry row(one.as_object());
        if (!row.may_have_rows() || !known.insert(row.text("source_id")).second) continue;
        if (auto* sum = index.find(row, row.cluster(present))) add_neighbour(*sum, row);
    }
}

}  // namespace kustodrop::daemon
