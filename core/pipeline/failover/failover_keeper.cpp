#include "pipeline/failover/failover_keeper.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

static constexpr auto posted_metric = "kustodrop_failover_sources_total";
static constexpr auto active_metric = "kustodrop_failover_active";

// Nothing: to its own cluster.
std::optional<std::size_t> failover_keeper::elsewhere(const watch* from) const {
    auto to = with_.names.failover_of(from);
    if (!to) return std::nullopt;
    auto home = with_.names.of(from);
    auto after = from->options.failover.after;
    bool is_away = states_.is_away(home, *to, after, with_.time.now());
    return is_away ? to : std::nullopt;
}

std::size_t failover_keeper::cluster_of(const spool::source& what) const {
    if (auto kept = with_.names.keeper_of(what)) return *kept;
    auto* from = with_.watches.find(what.watch);
    auto home = with_.names.of(from);
    auto to = elsewhere(from);
    if (!to) return home;
    bool is_uploaded = what.cluster && *what.cluster == with_.names[home] &&
                       std::holds_alternative<spool::stage::uploaded>(what.stage);
    return states_.is_trial(home, what.id, is_uploaded, with_.time.now()) ? home : *to;
}

std::size_t failover_keeper::cluster_of_due(const spool::source& what) {
    auto now = cluster_of(what);
    auto home = with_.names.of(with_.watches.find(what.watch));
    if (now == home || with_.names.keeper_of(what)) return now;
    return states_.begins_trial(home, what.id, with_.time.now()) ? home : now;
}

void failover_keeper::note(const std::vector<cluster_look>& seen) {
    for (std::size_t i = 0; i < seen.size(); ++i) states_.note(i, seen[i], with_.time.now());
    bool changes = states_.takes_ended_trial(with_.time.now());
    auto before = std::exchange(away_, {});
    for (auto& [name, from] : with_.watches) {
        auto to = elsewhere(&from);
        if (!from.options.failover.to.empty()) {
            with_.measured.value(active_metric, {{"watch", name}}).set(to ? 1 : 0);
        }
        if (!to) continue;
        auto known = before.extract(name);
        bool is_new = !known || known.mapped().to != *to;
        if (is_new) {
            changes = true;
            begin(name, with_.names.of(&from), *to);
        } else {
            away_.insert(std::move(known));
        }
    }
    for (auto& [name, ended] : before) end(name, ended);
    if (changes || !before.empty()) with_.ready.sort_again();
}

void failover_keeper::begin(const std::string& watch, std::size_t home, std::size_t to) {
    auto why = states_.reason(home).value_or(failure());
    with_.log.warning(
        "the cluster does not work: what is not posted goes to the other cluster",
        {{"watch", watch},
         {"cluster", with_.names[home]},
         {"to", with_.names[to]},
         {"code", why.code.text()},
         {"detail", why.message()}}
    );
    away_.insert_or_assign(watch, absence{home, to, with_.time.wall_now()});
}

void failover_keeper::end(const std::string& watch, const absence& ended) {
    bool works = !states_.reason(ended.home);
    with_.log.write(
        works ? log_level::info : log_level::warning,
        works ? "the watch ships to its own cluster again"
              : "the other cluster does not work either: files wait for their own",
        {{"watch", watch}, {"cluster", with_.names[ended.home]}, {"from", with_.names[ended.to]}}
    );
}

// Where no watch has left it, its own sources show whether it works.
bool failover_keeper::begins_probe(std::size_t cluster) {
    auto left = [&](auto& one) { return one.second.home == cluster; };
    if (std::ranges::none_of(away_, left)) return false;
    return states_.begins_probe(cluster, with_.time.now());
}

void failover_keeper::worked(const std::string& watch, std::size_t cluster) {
    states_.worked(cluster);
    auto* from = with_.watches.find(watch);
    bool is_elsewhere = with_.names.failover_of(from) == cluster && with_.names.of(from) != cluster;
    if (is_elsewhere) with_.measured.count(posted_metric, {{"watch", watch}}).add();
}

std::optional<failure> failover_keeper::reason_to_leave(std::size_t cluster) const {
    auto left = [&](auto& one) { return one.second.home == cluster; };
    return std::ranges::any_of(away_, left) ? states_.reason(cluster) : std::nullopt;
}

std::optional<failover_state> failover_keeper::state_of(const std::string& watch) const {
    auto* from = with_.watches.find(watch);
    if (!with_.names.failover_of(from)) return std::nullopt;
    failover_state out;
    out.to = from->options.failover.to;
    auto posted = with_.measured.count(posted_metric, {{"watch", watch}}).value();
    out.posted = static_cast<std::uint64_t>(posted);
    auto away = away_.find(watch);
    if (away == away_.end()) return out;
    out.since = away->second.since;
    out.why = states_.reason(away->second.home);
    if (auto tried = states_.tried_at(away->second.home)) {
        auto ago = std::chrono::duration_cast<wall_time::duration>(with_.time.now() - *tried);
        out.tried = with_.time.wall_now() - ago;
    }
    return out;
}

}  // namespace kustodrop::pipeline
