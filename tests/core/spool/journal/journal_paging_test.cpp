#include "core/spool/journal/journal_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::test;

BOOST_FIXTURE_TEST_SUITE(journal_paging_, keeping)

BOOST_AUTO_TEST_CASE(a_reading_continues_after_its_last_row) {
    open();
    for (int i = 0; i < 25; ++i) book->record(a_source(i));
    settle();
    auto all = found_ids({});
    std::vector<std::string> met;
    journal_query query;
    query.limit = 10;
    for (;;) {
        auto page = find(query);
        for (auto& row : page) met.push_back(row.source.id);
        if (page.size() < query.limit) break;
        auto& last = page.back();
        query.after = {last.changed_at.time_since_epoch().count(), last.source.id};
    }
    BOOST_TEST(met == all, boost::test_tools::per_element());
    query.after = {0, ""};
    BOOST_TEST(find(query).empty());
}

BOOST_AUTO_TEST_SUITE_END()
