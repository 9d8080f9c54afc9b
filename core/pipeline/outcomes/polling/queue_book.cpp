#include "pipeline/outcomes/polling/queue_book.hpp"

#include "azure/storage/sas_rights.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static failure not_listed(errc code, const std::string& what, std::string hint) {
    return {
        .code = code,
        .next = remedy::reconfigure,
        .detail = "the cluster lists no " + what + ", so outcomes cannot be read",
        .hint = std::move(hint)};
}

static std::optional<failure> lacking_right(
    const std::vector<azure::storage_place>& list, std::string_view rights
) {
    for (auto& place : list) {
        for (char right : rights) {
            if (azure::allows(place, right)) continue;
            failure out{.code = errc::not_allowed, .next = remedy::reconfigure};
            out.detail = "the SAS of " + azure::key_of(place) + " lacks the right \"" +
                         std::string(1, right) + "\" (" + azure::sas_description(place) +
                         "), so outcomes cannot be read";
            out.hint = "choose another notifications.report_method";
            return out;
        }
    }
    return std::nullopt;
}

std::optional<failure> reporting_problem(
    const kusto::resource_set& resources, report_level level, report_method method
) {
    if (level == report_level::none) return std::nullopt;
    if (method == report_method::table) {
        if (resources.status_tables.empty()) {
            return not_listed(
                errc::no_status_table, "status table", "set notifications.report_method to queue"
            );
        }
        return lacking_right(resources.status_tables, "ra");
    }
    bool wants_success = level == report_level::all;
    if (wants_success && resources.successful_queues.empty()) {
        return not_listed(
            errc::no_resources,
            "queue for successes",
            "set notifications.report_method to table, or notifications.report_level to failures"
        );
    }
    if (resources.failed_queues.empty()) {
        return not_listed(
            errc::no_resources, "queue for failures", "set notifications.report_method to table"
        );
    }
    auto lacking = lacking_right(resources.failed_queues, "p");
    if (!lacking && wants_success) lacking = lacking_right(resources.successful_queues, "p");
    return lacking;
}

void queue_book::keep_only(const std::vector<azure::storage_place>& listed) {
    auto is_removed = [&](const std::string& key) {
        return std::ranges::none_of(listed, [&](auto& one) { return azure::key_of(one) == key; });
    };
    std::erase_if(met_before_, [&](auto& one) { return is_removed(one.first); });
    std::erase_if(unpeekable_, is_removed);
}

bool queue_book::is_hidden(const azure::storage_place& queue, std::size_t met) {
    auto& before = met_before_[azure::key_of(queue)];
    bool hidden = met < before / 2;
    before = std::max(met, before - before / 8);
    return hidden;
}

bool queue_book::may_peek(const azure::storage_place& queue) const {
    return azure::allows(queue, 'r') && !unpeekable_.contains(azure::key_of(queue));
}

}  // namespace kustodrop::pipeline
