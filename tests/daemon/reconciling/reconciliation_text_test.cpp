#include "daemon/reconciling/reconciliation_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::daemon;

namespace {

reconciliation found(std::uint64_t records, std::uint64_t rows) {
    reconciliation out;
    out.target = "Demo.Web";
    out.journal.sources["a"] = records;
    out.rows = rows;
    return out;
}

bool says(const reconciliation& one, std::string_view line) {
    return reconciliation_text(one).find("  " + std::string(line) + "\n") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reconciliation_text_)

BOOST_AUTO_TEST_CASE(it_says_what_is_missing_or_too_many) {
    BOOST_TEST(says(found(3, 3), "equal"));
    BOOST_TEST(says(found(3, 5), "2 rows too many"));
    BOOST_TEST(says(found(3, 2), "1 row missing"));
    auto unsure = found(3, 1);
    unsure.is_certain = false;
    BOOST_TEST(says(unsure, "2 rows missing, or not recognised"));
    unsure.rows = 4;
    BOOST_TEST(says(unsure, "1 row too many, or of others"));
}

BOOST_AUTO_TEST_CASE(rows_of_neighbours_are_allowed_for) {
    auto one = found(3, 5);
    one.journal.beside = {1, 2, 0};
    BOOST_TEST(says(one, "not certain"));
    one.rows = 6;
    BOOST_TEST(says(one, "1 row too many"));
    one.rows = 3;
    BOOST_TEST(says(one, "not certain"));
    one.rows = 2;
    BOOST_TEST(says(one, "1 row missing"));
    one.rows = 9;
    one.journal.beside.unknown = 1;
    BOOST_TEST(says(one, "not certain"));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_no_surplus) {
    auto one = found(3, 5);
    one.journal.sources["b"] = std::nullopt;
    BOOST_TEST(reconciliation_text(one).find("too many") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_many_absent_sources_some_are_named) {
    auto one = found(15, 0);
    for (int i = 0; i < 15; ++i) one.absent.push_back("s" + std::to_string(i));
    BOOST_TEST(says(one, "no row with the tag of source s9"));
    BOOST_TEST(says(one, "and of 5 others"));
    BOOST_TEST(reconciliation_json({one}).find("\"difference\":-15") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_cluster_is_named_where_there_are_several) {
    auto one = found(1, 1);
    BOOST_TEST(reconciliation_json({one}).find("cluster") == std::string::npos);
    one.journal.cluster = "east";
    BOOST_TEST(reconciliation_text(one).starts_with("Demo.Web at east, "));
    BOOST_TEST(reconciliation_json({one}).find("\"cluster\":\"east\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
