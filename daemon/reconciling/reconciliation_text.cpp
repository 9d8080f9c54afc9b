#include "daemon/reconciling/reconciliation_text.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace kustodrop::daemon {

namespace json = boost::json;

// Empty: nothing can be said.
static std::string result_text(const reconciliation& found) {
    if (found.is_equal()) return "equal";
    auto more = found.difference();
    if (more < 0) {
        auto missing = counted(static_cast<std::uint64_t>(-more), "row") + " missing";
        return found.is_certain ? missing : missing + ", or not recognised";
    }
    if (found.journal.unknown() > 0) return "";
    auto beside = found.rows_beside();
    auto too_many = static_cast<std::uint64_t>(more);
    if (!beside || too_many <= *beside) return "not certain";
    auto surplus = counted(too_many - *beside, "row") + " too many";
    return found.is_certain || *beside > 0 ? surplus : surplus + ", or of others";
}

std::string reconciliation_text(const reconciliation& found) {
    auto& cluster = found.journal.cluster;
    auto out = printable(found.target) + (cluster.empty() ? "" : " at " + printable(cluster)) +
               ", " + to_iso8601(found.journal.first_claimed) + " to " +
               to_iso8601(found.journal.last_changed) + "\n";
    out += "  journal  " + counted(found.journal.records(), "record") + " in " +
           counted(found.journal.sources.size(), "source") + "\n";
    out += "  table    " + counted(found.rows, "row") + ", recognised by " +
           std::string(to_string(found.how)) + "\n";
    if (auto text = result_text(found); !text.empty()) out += "  " + text + "\n";
    static constexpr std::size_t most_shown = 10;
    for (std::size_t i = 0; i < std::min(found.absent.size(), most_shown); ++i) {
        out += "  no row with the tag of source " + found.absent[i] + "\n";
    }
    if (found.absent.size() > most_shown) {
        out += "  and of " + std::to_string(found.absent.size() - most_shown) + " others\n";
    }
    for (auto& note : found.notes) out += "  note: " + printable(note) + "\n";
    return out;
}

std::string reconciliation_json(const std::vector<reconciliation>& all) {
    json::array out;
    for (auto& found : all) {
        json::array absent, notes;
        for (auto& id : found.absent) absent.push_back(json::string(id));
        for (auto& note : found.notes) notes.push_back(json::string(note));
        json::object one{
            {"target", printable(found.target)},
            {"from", to_iso8601(found.journal.first_claimed)},
            {"until", to_iso8601(found.journal.last_changed)},
            {"recognised_by", std::string(to_string(found.how))},
            {"sources", found.journal.sources.size()},
            {"unknown", found.journal.unknown()},
            {"records", found.journal.records()},
            {"rows", found.rows},
            {"difference", found.difference()},
            {"equal", found.is_equal()},
            {"certain", found.is_certain},
            {"absent", std::move(absent)},
            {"notes", std::move(notes)}};
        if (!found.journal.cluster.empty()) one["cluster"] = found.journal.cluster;
        out.push_back(std::move(one));
    }
    return json::serialize(out);
}

}  // namespace kustodrop::daemon
