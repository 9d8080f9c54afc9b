#include "config/reading/suggest.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::config;

BOOST_AUTO_TEST_SUITE(suggest_)

BOOST_AUTO_TEST_CASE(counts_letters_to_change_add_drop_or_swap) {
    BOOST_TEST(edit_distance("", "") == 0U);
    BOOST_TEST(edit_distance("", "abc") == 3U);
    BOOST_TEST(edit_distance("abc", "") == 3U);
    BOOST_TEST(edit_distance("table", "table") == 0U);
    BOOST_TEST(edit_distance("tabel", "table") == 1U);
    BOOST_TEST(edit_distance("tble", "table") == 1U);
    BOOST_TEST(edit_distance("tabble", "table") == 1U);
    BOOST_TEST(edit_distance("kitten", "sitting") == 3U);
}

BOOST_AUTO_TEST_CASE(finds_what_was_meant) {
    std::vector<std::string_view> keys{"table", "tags", "database", "ingestion_endpoint"};
    BOOST_TEST(suggestion("tabel", keys) == "table");
    BOOST_TEST(suggestion("tag", keys) == "tags");
    BOOST_TEST(suggestion("databse", keys) == "database");
    BOOST_TEST(suggestion("ingestionEndpoint", keys) == "ingestion_endpoint");
    BOOST_TEST(suggestion("Ingestion-Endpoint", keys) == "ingestion_endpoint");
}

BOOST_AUTO_TEST_CASE(knows_what_other_programs_call_it) {
    std::vector<std::string_view> keys{"watches", "database", "kind", "path", "log", "warning"};
    BOOST_TEST(suggestion("watch", keys) == "watches");
    BOOST_TEST(suggestion("db", keys) == "database");
    BOOST_TEST(suggestion("type", keys) == "kind");
    BOOST_TEST(suggestion("Folder", keys) == "path");
    BOOST_TEST(suggestion("warn", keys) == "warning");
    // Only where there is such a key.
    BOOST_TEST(suggestion("db", {"table"}) == "");
}

BOOST_AUTO_TEST_CASE(is_silent_when_nothing_is_near) {
    std::vector<std::string_view> keys{"table", "tags"};
    BOOST_TEST(suggestion("", keys) == "");
    BOOST_TEST(suggestion("compression", keys) == "");
    BOOST_TEST(suggestion(std::string(1000, 't'), keys) == "");
    BOOST_TEST(suggestion("x", {}) == "");
}

BOOST_AUTO_TEST_CASE(ends_a_message) {
    BOOST_TEST(advice("", "a or b") == "; use a or b");
    BOOST_TEST(advice("a", "a or b") == "; did you mean a? Use a or b");
    BOOST_TEST(advice("a", "") == "; did you mean a?");
}

BOOST_AUTO_TEST_SUITE_END()
