#include "daemon/service/target_questions.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::daemon;
using kusto::data_format;
using kusto::dataset;

static failure refused(const char* code) { return {service_code(code), remedy::reconfigure, "no"}; }

BOOST_AUTO_TEST_SUITE(target_questions_)

BOOST_AUTO_TEST_CASE(names_of_tables_are_quoted) {
    BOOST_TEST(mappings_command("Web") == ".show table ['Web'] ingestion mappings");
    BOOST_TEST(mappings_command("a'b\\") == ".show table ['a\\'b\\\\'] ingestion mappings");
}

BOOST_AUTO_TEST_CASE(a_mapping_fits_by_its_kind) {
    dataset answer;
    answer.tables.push_back(
        {"Table_0", {"Name", "Kind"}, {{"A", "Json"}, {"B", "csv"}, {"C", "Avro"}}}
    );
    kusto::target where;
    where.format = data_format::multijson;
    BOOST_TEST((fitting_mappings(answer, where) == std::vector<std::string>{"A"}));
    where.format = data_format::tsv;
    BOOST_TEST((fitting_mappings(answer, where) == std::vector<std::string>{"B"}));
    where.format = data_format::apacheavro;
    BOOST_TEST((fitting_mappings(answer, where) == std::vector<std::string>{"C"}));
    BOOST_TEST(fitting_mappings({}, where).empty());
}

BOOST_AUTO_TEST_CASE(absent_and_denied_are_different_things) {
    BOOST_TEST(is_absent(refused("BadRequest_EntityNotFound")));
    BOOST_TEST(is_absent(refused("BadRequest_DatabaseNotExist")));
    BOOST_TEST(!is_absent(refused("Forbidden")));
    for (auto code : {"Forbidden", "http_403", "BadRequest_DatabaseAccessDenied"}) {
        BOOST_TEST(is_denied(refused(code)));
    }
    BOOST_TEST(!is_denied(refused("ServiceBusy")));
}

BOOST_AUTO_TEST_SUITE_END()
