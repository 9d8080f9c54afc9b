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

BOOST_AUTO_TEST_CASE(a_file_is_found_by_its_place_and_by_its_name_and_inode) {
    open();
    auto place = [](int number, std::string location, std::uint64_t inode) {
        auto what = a_source(number);
        what.slices.front().location = std::move(location);
        what.slices.front().identity.inode = inode;
        return what;
    };
    book->record(place(1, "archive/a", 7));
    book->record(place(2, "archive/a", 8));
    book->record(place(3, "archive/b", 7));
    book->record(place(4, "archive/c", 0));
    settle();
    auto found = [&](std::string location, std::uint64_t inode) {
        journal_query query;
        query.file.emplace();
        query.file->name = a_source(1).slices.front().name;
        query.file->location = std::move(location);
        query.file->identity.inode = inode;
        auto ids = found_ids(query);
        std::ranges::sort(ids);
        return ids;
    };
    using ids = std::vector<std::string>;
    BOOST_TEST((found("archive/a", 0) == ids{id_of(1), id_of(2)}));
    BOOST_TEST((found("elsewhere", 7) == ids{id_of(1), id_of(3)}));
    BOOST_TEST((found("archive/c", 8) == ids{id_of(2), id_of(4)}));
    BOOST_TEST(found("elsewhere", 0).empty());
}

BOOST_AUTO_TEST_SUITE_END()
