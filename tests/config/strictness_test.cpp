#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace kustodrop;
using namespace kustodrop::test;

BOOST_AUTO_TEST_SUITE(strictness_)

BOOST_AUTO_TEST_CASE(reads_json) {
    auto text =
        "{\n"
        "\t\"cluster\": {\"ingestion_endpoint\": \"https://ingest-c.kusto.windows.net\"},\n"
        "\t\"auth\": {\"kind\": \"client_secret\", \"tenant_id\": \"t\", \"client_id\": \"c\",\n"
        "\t\t\"client_secret\": \"hunter2\"},\n"
        "\t\"watches\": [{\"path\": \"/d\", \"database\": \"D\", \"table\": \"T\",\n"
        "\t\t\"format\": \"csv\", \"recursive\": true, \"max_pending\": 7}]\n"
        "}\n";
    auto loaded = load(text);
    BOOST_TEST_REQUIRE(printed(loaded) == "");
    BOOST_TEST(loaded.values.watches.at(0).recursive);
    BOOST_TEST(loaded.values.watches.at(0).backlog.max_files == 7U);
}

BOOST_AUTO_TEST_CASE(takes_off_but_no_other_values_of_yaml_1_1_for_booleans) {
    for (auto* value : {"yes", "no", "on", "off", "y", "True", "FALSE", "~"}) {
        auto text = std::string(whole_cluster) + std::string(whole_auth) +
                    "watches: [{path: /d, database: D, table: T, format: csv, deduplicate: off, "
                    "recursive: " +
                    value + "}]\n";
        auto loaded = load(text);
        BOOST_TEST_CONTEXT(value) {
            BOOST_TEST_REQUIRE(loaded.problems.size() == 1U);
            BOOST_TEST(loaded.problems[0].key == "watches[0].recursive");
        }
    }
}

BOOST_AUTO_TEST_CASE(interpolates_values_and_never_keys) {
    machine machine{{{"N", "7"}, {"KEY", "log"}, {"YAML", "a: [b]\nc: d"}}, {}};
    auto text = minimal() + "upload: {concurrency: '${env:N}'}\n";
    auto loaded = load(text, machine);
    BOOST_TEST(printed(loaded) == "");
    BOOST_TEST(loaded.values.upload.concurrency == 7U);
    auto problems = problems_of(minimal() + "'${env:KEY}': {}\n", machine);
    BOOST_TEST(problems.starts_with("k.yaml:4:1: ${env:KEY}: is an unknown key"));
    BOOST_TEST(
        problems_of(minimal() + "log: {level: '${env:YAML}'}\n", machine) ==
        "k.yaml:4:14: log.level: the value of \"${env:YAML}\" is not a valid level; use one of "
        "error, "
        "warning, info, debug, trace\n"
    );
    BOOST_TEST(
        problems_of(minimal() + "log: {level: '${env:ABSENT}'}\n", machine) ==
        "k.yaml:4:14: log.level: refers to the environment variable ABSENT, which is not set; set "
        "it or write ${env:ABSENT:-default}\n"
    );
}

BOOST_AUTO_TEST_CASE(shows_a_hostile_value_on_one_harmless_line) {
    auto problems =
        problems_of(minimal() + "log: {level: \"a\\nb\\e[31m" + std::string(100, 'x') + "\"}\n");
    BOOST_TEST(
        problems == "k.yaml:4:14: log.level: \"a\\x0ab\\x1b[31m" + std::string(46, 'x') +
                        "…\" is not a valid level; use one of error, warning, info, debug, trace\n"
    );
    auto key = problems_of(minimal() + "\"a\\nb\": 1\n");
    BOOST_TEST(key.starts_with("k.yaml:4:1: a\\x0ab: is an unknown key"));
}

BOOST_AUTO_TEST_CASE(points_at_merge_keys) {
    BOOST_TEST(
        problems_of(minimal() + "log: &l {level: info}\nadmin:\n  <<: *l\n") ==
        "k.yaml:6:3: admin.<<: merge keys are not supported; write the keys out\n"
    );
}

BOOST_AUTO_TEST_CASE(lets_watches_share_values_through_aliases) {
    auto loaded = load(
        std::string(whole_cluster) + std::string(whole_auth) +
        "watches:\n"
        "  - {path: /a, database: D, table: T, format: csv, include: &i ['*.csv']}\n"
        "  - {path: /b, database: D, table: T, format: csv, include: *i }\n"
    );
    BOOST_TEST(printed(loaded) == "");
    BOOST_TEST((loaded.values.watches.at(1).include == std::vector<std::string>{"*.csv"}));
}

BOOST_AUTO_TEST_CASE(survives_any_damage_to_the_file) {
    std::mt19937 random(20260822);
    auto pick = [&](std::size_t below) { return random() % below; };
    static constexpr std::string_view pieces = "{}[]:,&*!|>'\"%@`#-?~$\n\t \\\x80\xC3\x04";
    for (int round = 0; round < 3000; ++round) {
        std::string text(documented);
        for (auto count = 1 + pick(6); count > 0; --count) {
            auto at = pick(text.size());
            switch (pick(4)) {
            case 0:
                text.erase(at, pick(20));
                break;
            case 1:
                text[at] = pieces[pick(pieces.size())];
                break;
            case 2:
                text.insert(at, 1, pieces[pick(pieces.size())]);
                break;
            default:
                text.insert(at, text.substr(pick(text.size()), pick(60)));
                break;
            }
        }
        auto loaded = load(text);
        for (auto& problem : loaded.problems) {
            BOOST_TEST_REQUIRE(problem.line >= 1);
            BOOST_TEST_REQUIRE(problem.column >= 1);
            BOOST_TEST_REQUIRE(to_string(problem).find('\n') == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
