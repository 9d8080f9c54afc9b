#include "daemon/reconciling/row_sums.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

static constexpr std::string_view source_tag = "ingest-by:";
static constexpr auto margin = std::chrono::hours(1);

std::string_view to_string(recognised_by how) {
    if (how == recognised_by::source) return "source";
    return how == recognised_by::tags ? "tags" : "time";
}

void assume_tags(journal_sum& sum, const kusto::target& of_watch, bool has_route) {
    if (sum.are_tags_recorded) return;
    auto is_open = [](auto& tag) { return tag.find('{') != std::string::npos; };
    bool may_differ = has_route && std::ranges::any_of(of_watch.tags, is_open);
    sum.tags.insert(may_differ ? std::vector<std::string>() : of_watch.tags);
}

recognised_by way_for(const kusto::target& where, const journal_sum& sum) {
    if (sum.without_tags > 0) return recognised_by::time;
    if (where.deduplicate) return recognised_by::source;
    auto is_empty = [](auto& tags) { return tags.empty(); };
    bool has_tags = !sum.tags.empty() && std::ranges::none_of(sum.tags, is_empty);
    return has_tags ? recognised_by::tags : recognised_by::time;
}

static std::string between(wall_time from, wall_time until) {
    return "ingestion_time() >= datetime(" + to_iso8601(from) +
           ") and ingestion_time() <= datetime(" + to_iso8601(until) + ")";
}

// Static tags do not distinguish the sources of the watch. The margin bridges clocks that differ
// and late copies; it ends half-way to the next source.
static std::string near_time(const journal_sum& sum) {
    auto from = sum.first_claimed - margin, until = sum.last_changed + margin;
    if (sum.ended_before) {
        from = std::max(from, sum.first_claimed - (sum.first_claimed - *sum.ended_before) / 2);
    }
    if (sum.begun_after) {
        until = std::min(until, sum.last_changed + (*sum.begun_after - sum.last_changed) / 2);
    }
    return between(from, until);
}

std::string rows_question(const kusto::target& where, const journal_sum& sum) {
    auto inside = between(sum.first_claimed, sum.last_changed + std::chrono::seconds(1));
    return kusto::entity_name(where.table) + " | where " +
           between(sum.first_claimed - margin, sum.last_changed + margin) +
           " | summarize Rows = count() by Tags = tostring(extent_tags()), Inside = (" + inside +
           "), Near = (" + near_time(sum) + ")";
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
    auto tags = table->column("Tags", 0), inside = table->column("Inside", 1);
    auto near = table->column("Near", 2), rows = table->column("Rows", 3);
    for (auto& row : table->rows) {
        auto value = [&](std::size_t column) { return kusto::dataset_table::value(row, column); };
        // A bool is true or 1, by the kind of answer.
        auto is_true = [&](std::size_t column) {
            auto text = to_lower(value(column));
            return text == "true" || text == "1";
        };
        table_group one{tags_in(value(tags)), 0, is_true(inside), is_true(near)};
        auto count = value(rows);
        std::from_chars(count.data(), count.data() + count.size(), one.rows);
        out.push_back(std::move(one));
    }
    return out;
}

bool reconciliation::is_equal() const {
    return journal.unknown() == 0 && rows == journal.records() && rows_beside() == 0U;
}

std::int64_t reconciliation::difference() const {
    return static_cast<std::int64_t>(rows) - static_cast<std::int64_t>(journal.records());
}

std::optional<std::uint64_t> reconciliation::rows_beside() const {
    if (how == recognised_by::source) return 0U;
    if (journal.beside.unknown > 0) return std::nullopt;
    return journal.beside.records;
}

static bool has_all(const table_group& group, const std::vector<std::string>& tags) {
    return std::ranges::all_of(tags, [&](auto& tag) {
        return std::ranges::count(group.tags, tag) > 0;
    });
}

static bool has_source_tag(const table_group& group) {
    return std::ranges::any_of(group.tags, [](auto& tag) { return tag.starts_with(source_tag); });
}

namespace {

// Recognises the rows of one table.
class recognising {
public:
    recognising(const std::vector<table_group>& groups, reconciliation& out)
        : groups_(groups), out_(out) {}

    void by_source() {
        std::set<std::string> seen;
        bool has_others = false;
        out_.how = recognised_by::source;
        for (auto& group : groups_) {
            bool is_ours = false, is_others = false;
            for (auto& tag : group.tags) {
                if (!tag.starts_with(source_tag)) continue;
                auto id = tag.substr(source_tag.size());
                bool is_known = out_.journal.sources.contains(id);
                if (is_known) seen.insert(id);
                (is_known ? is_ours : is_others) = true;
            }
            if (!is_ours) continue;
            out_.rows += group.rows;
            has_others = has_others || is_others;
        }
        for (auto& [id, count] : out_.journal.sources) {
            if (!seen.contains(id) && count.value_or(1) > 0) out_.absent.push_back(id);
        }
        if (!has_others) return;
        out_.is_certain = false;
        out_.notes.emplace_back(
            "extents were merged: rows of sources beyond the time that was asked for count too"
        );
    }

    void by_tags() {
        std::uint64_t further = 0;
        out_.how = recognised_by::tags;
        for (auto& group : groups_) {
            auto is_in = [&](auto& tags) { return has_all(group, tags); };
            auto found = std::ranges::find_if(out_.journal.tags, is_in);
            if (!group.is_near || found == out_.journal.tags.end()) continue;
            out_.rows += group.rows;
            if (group.tags.size() > found->size()) further += group.rows;
        }
        if (further == 0) return;
        if (out_.difference() != 0) out_.is_certain = false;
        out_.notes.push_back(
            std::to_string(further) +
            " of the rows have other tags as well: they may be of other senders that have these "
            "tags too"
        );
    }

    void by_time() {
        out_.how = recognised_by::time;
        for (auto& group : groups_) out_.rows += group.is_inside ? group.rows : 0;
        if (out_.difference() > 0) out_.is_certain = false;
        out_.notes.emplace_back(
            "rows are recognised by the time of their ingestion: those of other senders count too; "
            "with tags they would not"
        );
    }

    // Ingested in that time, but not recognised by the tags that were looked for.
    std::uint64_t unrecognised() const {
        std::uint64_t out = 0;
        for (auto& group : groups_) {
            bool is_tagged =
                out_.how == recognised_by::source ? has_source_tag(group) : has_tags(group);
            if (group.is_inside && !is_tagged) out += group.rows;
        }
        return out;
    }

    // Whether each source can be recognised by its own tag, whatever the configuration says now.
    bool has_each_source() const {
        reconciliation copy;
        copy.journal = out_.journal;
        recognising(groups_, copy).by_source();
        return copy.rows > 0 && copy.absent.empty();
    }

private:
    bool has_tags(const table_group& group) const {
        return std::ranges::any_of(out_.journal.tags, [&](auto& tags) {
            return has_all(group, tags);
        });
    }

    const std::vector<table_group>& groups_;
    reconciliation& out_;
};

}  // namespace

// What the present configuration does not recognise may have been sent under another one.
static void allow_for_change(const recognising& rows, reconciliation& out) {
    bool by_source = out.how == recognised_by::source;
    bool is_known = out.how == recognised_by::tags && out.journal.are_tags_recorded;
    if (out.how == recognised_by::time || is_known || out.difference() >= 0) return;
    auto more = rows.unrecognised();
    if (more == 0) return;
    out.is_certain = false;
    auto key = std::string(by_source ? "deduplicate" : "tags");
    auto found =
        counted(more, "row") + " without " + (by_source ? "the tag of a source" : "these tags");
    if (static_cast<std::uint64_t>(-out.difference()) != more) {
        out.notes.push_back(
            found + " came in that time and may be of these sources, if " + key +
            " had another value when that was sent"
        );
        return;
    }
    out.notes.push_back(
        found + " came in that time" + by_number(more, " and accounts", " and account") +
        " for the rest: " + key + " probably had another value when that was sent"
    );
    out.rows += more;
    out.how = recognised_by::time;
    out.absent.clear();
}

static std::string plural(std::uint64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

static void note_neighbours(reconciliation& out) {
    auto& beside = out.journal.beside;
    if (out.rows_beside() == 0U) return;
    auto of = plural(beside.sources, "source") +
              " beyond those that were asked for: the times overlap. With deduplicate: tags they "
              "can be distinguished";
    auto most = beside.unknown > 0 ? "any number" : "up to " + std::to_string(beside.records);
    out.notes.push_back(most + " of the rows may be of " + of);
    if (out.difference() >= 0) out.is_certain = false;
}

static void note_clock(std::optional<duration> ahead, reconciliation& out) {
    static constexpr auto tolerated = std::chrono::seconds(5);
    bool is_off = ahead && (*ahead > tolerated || *ahead < -tolerated);
    if (!is_off || out.how == recognised_by::source) return;
    out.is_certain = false;
    bool is_behind = *ahead > duration(0);
    out.notes.push_back(
        "the clock of this machine is " + human_duration(is_behind ? *ahead : -*ahead) +
        (is_behind ? " behind" : " ahead of") +
        " that of the service: the times of the journal do not fit those of the rows"
    );
}

reconciliation reconcile(
    const kusto::target& where,
    journal_sum sum,
    const std::vector<table_group>& groups,
    std::optional<duration> clock_ahead
) {
    reconciliation out;
    out.target = where.name();
    out.how = way_for(where, sum);
    out.journal = std::move(sum);
    recognising rows(groups, out);
    if (out.how == recognised_by::source || rows.has_each_source()) {
        rows.by_source();
    } else if (out.how == recognised_by::tags) {
        rows.by_tags();
    } else {
        rows.by_time();
    }
    allow_for_change(rows, out);
    note_neighbours(out);
    note_clock(clock_ahead, out);
    if (auto unknown = out.journal.unknown(); unknown > 0) {
        out.notes.push_back(
            "the records of " + plural(unknown, "source") +
            " are not known: the sums cannot be compared. Not counted are binary formats, "
            "multijson, raw, lines of json that are not one object, a last quote that is not "
            "closed, files that were compressed already or on several threads, and what an "
            "earlier release has read"
        );
    }
    return out;
}

}  // namespace kustodrop::daemon
