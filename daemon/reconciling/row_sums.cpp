#include "daemon/reconciling/row_sums.hpp"

#include "base/text.hpp"
#include "kusto/dataset.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr std::string_view source_tag = "ingest-by:";

std::uint64_t journal_sum::records() const {
    std::uint64_t out = 0;
    for (auto& [id, count] : sources) out += count.value_or(0);
    return out;
}

std::size_t journal_sum::unknown() const {
    auto is_unknown = [](auto& one) { return !one.second; };
    return static_cast<std::size_t>(std::ranges::count_if(sources, is_unknown));
}

static std::string text_in(const json::object& row, std::string_view name) {
    auto* value = row.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

static std::optional<std::uint64_t> number_in(const json::object& row, std::string_view name) {
    auto* value = row.if_contains(name);
    std::uint64_t out = 0;
    if (!value || !value->is_number()) return std::nullopt;
    boost::system::error_code error;
    out = value->to_number<std::uint64_t>(error);
    return error ? std::nullopt : std::optional(out);
}

std::map<std::string, journal_sum> sums_of_journal(std::string_view text) {
    std::map<std::string, journal_sum> out;
    auto rows = json::parse({text.data(), text.size()});
    for (auto& one : rows.as_array()) {
        auto& row = one.as_object();
        auto& sum = out[text_in(row, "target")];
        auto [at, is_new] = sum.sources.try_emplace(text_in(row, "source_id"));
        if (!is_new) continue;
        at->second = number_in(row, "records");
        if (text_in(row, "delivery").find("streaming") != std::string::npos) ++sum.without_tags;
        auto claimed = parse_iso8601(text_in(row, "claimed_at")).value_or(wall_time());
        auto changed = parse_iso8601(text_in(row, "changed_at")).value_or(wall_time());
        bool is_first = sum.sources.size() == 1;
        sum.first_claimed = is_first ? claimed : std::min(sum.first_claimed, claimed);
        sum.last_changed = is_first ? changed : std::max(sum.last_changed, changed);
    }
    return out;
}

std::string_view to_string(recognised_by how) {
    if (how == recognised_by::source) return "source";
    return how == recognised_by::tags ? "tags" : "time";
}

recognised_by way_for(const kusto::target& where, const journal_sum& sum) {
    if (sum.without_tags > 0) return recognised_by::time;
    if (where.deduplicate) return recognised_by::source;
    // With a route a tag may hold a capture.
    auto is_open = [](auto& tag) { return tag.find('{') != std::string::npos; };
    bool has_tags = !where.tags.empty() && std::ranges::none_of(where.tags, is_open);
    return has_tags ? recognised_by::tags : recognised_by::time;
}

std::string rows_question(const kusto::target& where, const journal_sum& sum, recognised_by how) {
    // With tags the time only bounds what is looked at, and clocks may differ.
    bool is_exact = how == recognised_by::time;
    auto from = sum.first_claimed - (is_exact ? std::chrono::seconds(0) : std::chrono::hours(1));
    auto until = sum.last_changed + (is_exact ? std::chrono::seconds(1) : std::chrono::hours(1));
    return kusto::entity_name(where.table) + " | where ingestion_time() >= datetime(" +
           to_iso8601(from) + ") and ingestion_time() <= datetime(" + to_iso8601(until) +
           ") | summarize Rows = count() by Tags = tostring(extent_tags())";
}

static std::vector<std::string> tags_in(std::string_view text) {
    std::vector<std::string> out;
    boost::system::error_code error;
    auto value = json::parse({text.data(), text.size()}, error);
    auto* list = error ? nullptr : value.if_array();
    if (!list) return out;
    for (auto& one : *list) {
        if (one.is_string()) out.emplace_back(one.get_string());
    }
    return out;
}

std::vector<table_group> groups_in(const kusto::dataset& answer) {
    std::vector<table_group> out;
    auto* table = answer.first();
    if (!table) return out;
    auto tags = table->column("Tags", 0), rows = table->column("Rows", 1);
    for (auto& row : table->rows) {
        table_group one{tags_in(kusto::dataset_table::value(row, tags)), 0};
        auto count = kusto::dataset_table::value(row, rows);
        std::from_chars(count.data(), count.data() + count.size(), one.rows);
        out.push_back(std::move(one));
    }
    return out;
}

bool reconciliation::is_equal() const {
    return journal.unknown() == 0 && rows == journal.records();
}

std::int64_t reconciliation::difference() const {
    return static_cast<std::int64_t>(rows) - static_cast<std::int64_t>(journal.records());
}

static bool has_all(const table_group& group, const std::vector<std::string>& tags) {
    return std::ranges::all_of(tags, [&](auto& tag) {
        return std::ranges::count(group.tags, tag) > 0;
    });
}

static void count_by_source(const std::vector<table_group>& groups, reconciliation& out) {
    std::map<std::string, bool> seen;
    bool has_others = false;
    for (auto& group : groups) {
        bool is_ours = false, is_others = false;
        for (auto& tag : group.tags) {
            if (!tag.starts_with(source_tag)) continue;
            auto id = tag.substr(source_tag.size());
            bool is_known = out.journal.sources.contains(id);
            if (is_known) seen[id] = true;
            (is_known ? is_ours : is_others) = true;
        }
        if (!is_ours) continue;
        out.rows += group.rows;
        has_others = has_others || is_others;
    }
    if (has_others) {
        out.notes.emplace_back(
            "extents were merged: rows of sources beyond the time that was asked for count too"
        );
    }
    for (auto& [id, count] : out.journal.sources) {
        if (!seen.contains(id) && count.value_or(1) > 0) out.absent.push_back(id);
    }
}

reconciliation reconcile(
    const kusto::target& where,
    journal_sum sum,
    recognised_by how,
    const std::vector<table_group>& groups
) {
    reconciliation out;
    out.target = where.name();
    out.how = how;
    out.journal = std::move(sum);
    if (how == recognised_by::source) {
        count_by_source(groups, out);
    } else {
        for (auto& group : groups) {
            bool is_ours = how == recognised_by::time || has_all(group, where.tags);
            if (is_ours) out.rows += group.rows;
        }
    }
    if (how == recognised_by::time) {
        out.notes.emplace_back(
            "rows are recognised by the time of their ingestion: those of other senders count too; "
            "with tags they would not"
        );
    }
    if (auto unknown = out.journal.unknown(); unknown > 0) {
        out.notes.push_back(
            "the records of " + std::to_string(unknown) +
            " sources are not known (binary, compressed by another program or sent by an earlier "
            "release): the sums cannot be compared"
        );
    }
    return out;
}

static std::string plural(std::uint64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string reconciliation_text(const reconciliation& found) {
    auto out = printable(found.target) + ", " + to_iso8601(found.journal.first_claimed) + " to " +
               to_iso8601(found.journal.last_changed) + "\n";
    out += "  journal  " + plural(found.journal.records(), "record") + " in " +
           plural(found.journal.sources.size(), "source") + "\n";
    out += "  table    " + plural(found.rows, "row") + ", recognised by " +
           std::string(to_string(found.how)) + "\n";
    auto more = found.difference();
    if (found.is_equal()) {
        out += "  equal\n";
    } else if (more < 0) {
        out += "  " + plural(static_cast<std::uint64_t>(-more), "row") + " missing\n";
    } else if (found.journal.unknown() == 0) {
        out += "  " + plural(static_cast<std::uint64_t>(more), "row") + " too many\n";
    }
    static constexpr std::size_t most_shown = 10;
    for (std::size_t i = 0; i < std::min(found.absent.size(), most_shown); ++i) {
        out += "  no row of source " + found.absent[i] + "\n";
    }
    if (found.absent.size() > most_shown) {
        out += "  and of " + std::to_string(found.absent.size() - most_shown) + " others\n";
    }
    for (auto& note : found.notes) out += "  note: " + note + "\n";
    return out;
}

std::string reconciliation_json(const std::vector<reconciliation>& all) {
    json::array out;
    for (auto& one : all) {
        json::array absent, notes;
        for (auto& id : one.absent) absent.push_back(json::string(id));
        for (auto& note : one.notes) notes.push_back(json::string(note));
        out.push_back(json::object{
            {"target", printable(one.target)},
            {"from", to_iso8601(one.journal.first_claimed)},
            {"until", to_iso8601(one.journal.last_changed)},
            {"recognised_by", std::string(to_string(one.how))},
            {"sources", one.journal.sources.size()},
            {"unknown", one.journal.unknown()},
            {"records", one.journal.records()},
            {"rows", one.rows},
            {"difference", one.difference()},
            {"equal", one.is_equal()},
            {"absent", std::move(absent)},
            {"notes", std::move(notes)}});
    }
    return json::serialize(out);
}

}  // namespace kustodrop::daemon
