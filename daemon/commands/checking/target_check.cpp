#include "daemon/commands/checking/target_check.hpp"

#include "base/text.hpp"
#include "config/reading/suggest.hpp"
#include "daemon/service/target_questions.hpp"

#include <algorithm>

namespace kustodrop::daemon {

std::string absent_name(
    std::string_view name, std::string_view what, const std::vector<std::string>& existing
) {
    std::vector<std::string_view> candidates(existing.begin(), existing.end());
    auto meant = config::suggestion(name, candidates);
    for (auto& one : existing) {
        if (equals_ignoring_case(one, name)) meant = one;
    }
    auto out = "\"" + std::string(name) + "\" is not " + std::string(what);
    if (!meant.empty()) out += "; did you mean " + std::string(meant) + "?";
    return printable(out);
}

static const std::string remedy_of_watch = "create it or correct its name in the configuration";

static std::string with_remedy(const std::string& absent, const std::string& remedy) {
    return absent + (absent.ends_with('?') ? " If not, " : "; ") + remedy;
}

static std::string step_of(std::string_view watch) { return "target " + std::string(watch); }

asio::awaitable<std::string> target_check::why_unreachable() {
    auto& place = engine_.endpoint();
    if (place == service_.endpoint()) co_return std::string();
    auto trusted = kusto::check_endpoint(place, service_.trusted_hosts());
    if (trusted.has_error() && trusted.error().code != errc::engine_endpoint) {
        co_return place.host() + " is not in cluster.trusted_hosts";
    }
    auto steps = co_await service_.network->probe(place);
    for (auto& step : steps) {
        if (!step.ok) co_return place.host() + " cannot be reached: " + step.detail;
    }
    co_return std::string();
}

asio::awaitable<target_check::answer> target_check::tables_of(std::string database) {
    auto known = tables_.find(database);
    if (known != tables_.end()) co_return known->second;
    auto listed = co_await engine_.execute_in(database, ".show tables");
    answer names =
        listed.has_error() ? answer(listed.error()) : answer(names_in(*listed, "TableName"));
    tables_.insert_or_assign(database, names);
    co_return names;
}

asio::awaitable<target_check::answer> target_check::mappings_of(kusto::target where) {
    auto command = mappings_command(where.table);
    auto listed = co_await engine_.execute_in(where.database, std::move(command));
    if (listed.has_error()) co_return listed.error();
    co_return fitting_mappings(*listed, where);
}

asio::awaitable<std::string> target_check::similar_database(std::string name) {
    auto listed = co_await engine_.execute(".show databases");
    std::vector<std::string> names;
    if (listed.has_value()) names = names_in(*listed, "DatabaseName");
    co_return absent_name(name, "a database of " + engine_.endpoint().host(), names);
}

void target_check::report(
    std::string_view step, const kusto::target& where, const failure& refused
) {
    if (is_denied(refused)) {
        return out_.skipped(
            step,
            where.name() + " may not be looked at: the role Database Viewer on " + where.database +
                " would allow it; shipping does not need it"
        );
    }
    out_.skipped(step, where.name() + " cannot be looked at: " + refused.message());
}

// More are not asked for one by one.
static constexpr std::size_t most_routed_targets = 50;

asio::awaitable<void> target_check::check_route(const pipeline::watch_options& watch) {
    auto targets = pipeline::listed_targets(watch.route, watch.target, most_routed_targets);
    if (targets.empty()) {
        out_.skipped(
            step_of(watch.name),
            "its targets follow from names of folders that match patterns, or are more than 50"
        );
    }
    for (auto& where : targets) {
        auto step = step_of(watch.name);
        co_await check_table(std::move(step), where, remedy_of_watch);
    }
}

asio::awaitable<void> target_check::check_table(
    std::string step, kusto::target where, std::string remedy
) {
    auto tables = co_await tables_of(where.database);
    if (tables.has_error() && is_absent(tables.error())) {
        auto absent = co_await similar_database(where.database);
        co_return out_.bad(step, with_remedy(absent, remedy_of_watch), bad_configuration);
    }
    if (tables.has_error()) co_return report(step, where, tables.error());
    if (std::ranges::count(*tables, where.table) == 0) {
        auto absent = absent_name(where.table, "a table of " + where.database, *tables);
        co_return out_.bad(step, with_remedy(absent, remedy), bad_configuration);
    }
    auto& mapping = where.mapping_reference;
    if (mapping.empty()) co_return out_.good(step, where.name());
    auto mappings = co_await mappings_of(where);
    if (mappings.has_error()) co_return report(step, where, mappings.error());
    if (std::ranges::count(*mappings, mapping) == 0) {
        auto what = "a mapping of " + where.name() + " for the format " +
                    std::string(kusto::to_string(where.format));
        auto absent = absent_name(mapping, what, *mappings);
        co_return out_.bad(step, with_remedy(absent, remedy), bad_configuration);
    }
    out_.good(step, where.name() + " with mapping " + mapping);
}

asio::awaitable<void> target_check::run() {
    auto why = co_await why_unreachable();
    for (auto& watch : watches_) {
        if (!why.empty()) {
            out_.skipped(step_of(watch.name), why + "; shipping does not need it");
        } else if (watch.route) {
            co_await check_route(watch);
        } else {
            auto step = step_of(watch.name);
            co_await check_table(std::move(step), watch.target, remedy_of_watch);
        }
    }
}

}  // namespace kustodrop::daemon
