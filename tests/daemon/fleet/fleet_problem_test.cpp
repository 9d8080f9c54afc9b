#include "daemon/fleet/fleet_problem.hpp"

#include "daemon/fleet/fleet_rows.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace kustodrop;
using daemon::fleet_table_problem;

namespace {

result<kusto::dataset> mappings(std::vector<std::vector<std::string>> rows) {
    kusto::dataset out;
    out.tables.push_back({"Table_0", {"Name", "Kind"}, std::move(rows)});
    return out;
}

failure refused(const char* code) { return {service_code(code), remedy::reconfigure, "why"}; }

std::string problem_of(const result<kusto::dataset>& answer) {
    auto found = fleet_table_problem({}, answer);
    return found ? to_string(*found) : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fleet_problem)

BOOST_AUTO_TEST_CASE(a_table_with_its_mapping_is_right) {
    BOOST_TEST(problem_of(mappings({{"KustodropFleet", "Json"}})) == "");
}

BOOST_AUTO_TEST_CASE(a_missing_table_or_mapping_names_the_remedy) {
    BOOST_TEST(
        problem_of(refused("BadRequest_EntityNotFound")) ==
        "BadRequest_EntityNotFound: the database or the table does not exist; run the commands "
        "that kustodrop gen-fleet prints"
    );
    for (auto& answer :
         {mappings({}), mappings({{"Other", "Json"}}), mappings({{"KustodropFleet", "Csv"}})}) {
        auto said = problem_of(answer);
        BOOST_TEST(said.find("the table has no mapping KustodropFleet; run") != said.npos);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_shows_nothing) {
    BOOST_TEST(problem_of(refused("Forbidden")) == "");
    BOOST_TEST(problem_of(kusto::dataset()) == "");
    BOOST_TEST(problem_of(failure{errc::timeout, remedy::retry, "no answer"}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
