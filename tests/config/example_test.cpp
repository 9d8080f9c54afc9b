#include "config/yaml/yaml_document.hpp"
#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <sstream>

using namespace kustodrop;
using namespace kustodrop::test;

static std::string example() {
    std::ifstream file(KUSTODROP_SOURCE_DIR "/config/kustodrop.example.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

static const machine example_machine{{}, {{"/credentials/client-secret", "hunter2\n"}}};

BOOST_AUTO_TEST_SUITE(example_)

BOOST_AUTO_TEST_CASE(has_no_problems) { BOOST_TEST(problems_of(example(), example_machine) == ""); }

BOOST_AUTO_TEST_CASE(holds_the_default_of_every_key) {
    auto whole = load(example(), example_machine);
    auto least = load(
        "cluster: {ingestion_endpoint: 'https://ingest-mycluster.westeurope.kusto.windows.net'}\n"
        "auth: {kind: client_secret, tenant_id: 72f988bf-86f1-41af-91ab-2d7cd011db47,\n"
        "       client_id: 00000000-0000-0000-0000-000000000001}\n"
        "watches: [{path: /srv/drop/web, database: Logs, table: Web, format: json}]\n",
        example_machine
    );
    BOOST_TEST(printed(least) == "");
    BOOST_TEST((whole.values == least.values));
}

BOOST_AUTO_TEST_SUITE_END()
