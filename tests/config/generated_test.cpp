// The files that are made from the table of keys are those that stand in the repository.
//
// After a change of the table: KUSTODROP_WRITE_GENERATED=1 config_tests --run_test=generated
#include "config/generated/example.hpp"
#include "config/generated/manual.hpp"
#include "config/generated/schema.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace kustodrop;

static void check_file(const std::string& name, const std::string& made) {
    auto path = std::string(KUSTODROP_SOURCE_DIR "/") + name;
    if (std::getenv("KUSTODROP_WRITE_GENERATED")) std::ofstream(path) << made;
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    bool same = text.str() == made;
    BOOST_TEST(same, name + " is not what the table of keys makes: KUSTODROP_WRITE_GENERATED=1");
}

BOOST_AUTO_TEST_SUITE(generated)

BOOST_AUTO_TEST_CASE(the_example_is_made_from_the_table) {
    check_file("config/kustodrop.example.yaml", config::example_file());
}

BOOST_AUTO_TEST_CASE(the_manual_page_is_made_from_the_table) {
    check_file("packaging/man/kustodrop.yaml.5.keys", config::manual_keys());
}

BOOST_AUTO_TEST_CASE(the_schema_is_made_from_the_table) {
    check_file("packaging/schema/kustodrop.schema.json", config::json_schema());
    check_file("packaging/schema/kustodrop.fragment.schema.json", config::fragment_schema());
}

BOOST_AUTO_TEST_SUITE_END()
