#include "core/spool/journal/journal_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
using namespace kustodrop::test;

BOOST_FIXTURE_TEST_SUITE(journal_ways, keeping)

BOOST_AUTO_TEST_CASE(it_knows_which_way_a_source_went) {
    open();
    auto s = a_source();
    s.reported.in_answer = true;
    // A stream has sizes and no blob.
    s.stage = stage::posting{{"", "", "", 10, 5}, wall_time(11us)};
    book->record(s);
    settle();
    reopen();
    BOOST_TEST((book->unretired()->at(0) == s));
    BOOST_TEST(is_streamed(book->unretired()->at(0)));
}

BOOST_AUTO_TEST_CASE(it_knows_how_many_records_a_source_has) {
    open();
    auto known = a_source();
    known.records = 0;
    book->record(known);
    settle();
    reopen();
    BOOST_TEST((book->unretired()->at(0).records == std::uint64_t(0)));
    known.records.reset();
    book->record(known);
    settle();
    reopen();
    BOOST_TEST(!book->unretired()->at(0).records.has_value());
}

BOOST_AUTO_TEST_CASE(it_knows_the_cluster_of_a_post) {
    open();
    auto s = a_source();
    s.cluster = std::string("west");
    s.stage = stage::posted{{"account", "container", "blob", 10, 5}, wall_time(11us)};
    book->record(s);
    settle();
    reopen();
    BOOST_TEST((book->unretired()->at(0) == s));
    BOOST_TEST(*book->unretired()->at(0).cluster == "west");
}

BOOST_AUTO_TEST_SUITE_END()
