#include "daemon/reconciling/named_targets.hpp"

#include <algorithm>

namespace kustodrop::daemon {

static kusto::target with_names(
    const kusto::target& from, std::string database, std::string table
) {
    auto out = from;
    out.database = std::move(database);
    out.table = std::move(table);
    return out;
}

std::vector<kusto::target> named_targets(const kusto::target& of_watch, const journal_sum& sum) {
    if (!sum.database.empty()) return {with_names(of_watch, sum.database, sum.table)};
    auto& name = sum.target;
    if (name == of_watch.name()) return {of_watch};
    std::vector<kusto::target> out;
    for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
        out.push_back(with_names(of_watch, name.substr(0, dot), name.substr(dot + 1)));
    }
    std::ranges::stable_partition(out, [&](auto& one) {
        return one.database == of_watch.database || one.table == of_watch.table;
    });
    if (out.empty()) out.push_back(of_watch);
    return out;
}

}  // namespace kustodrop::daemon
