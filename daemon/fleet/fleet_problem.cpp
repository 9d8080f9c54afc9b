#include "daemon/fleet/fleet_problem.hpp"

#include "daemon/fleet/fleet_rows.hpp"
#include "daemon/service/target_questions.hpp"
#include "kusto/target.hpp"

#include <algorithm>
#include <string>

namespace kustodrop::daemon {

static constexpr auto remedy_of_table = "run the commands that kustodrop gen-fleet prints";

std::optional<failure> fleet_table_problem(
    const config::fleet_settings& fleet, const result<kusto::dataset>& mappings
) {
    failure out;
    out.next = remedy::reconfigure;
    out.hint = remedy_of_table;
    if (mappings.has_error()) {
        if (!is_absent(mappings.error())) return std::nullopt;
        out.code = mappings.error().code;
        out.detail = "the database or the table does not exist";
        return out;
    }
    if (!mappings->first()) return std::nullopt;
    kusto::target where{fleet.database, fleet.table, kusto::data_format::json, fleet_mapping};
    auto names = fitting_mappings(*mappings, where);
    if (std::ranges::count(names, fleet_mapping) > 0) return std::nullopt;
    out.code = service_code("BadRequest_MappingReferenceWasNotFound");
    out.detail = std::string("the table has no mapping ") + fleet_mapping;
    return out;
}

}  // namespace kustodrop::daemon
