#include "pipeline/absent_sources.hpp"

#include "spool/source/place.hpp"
#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace kustodrop;
using pipeline::absent_sources;

static std::string id_of(int number) {
    return "00000000-0000-4000-8000-00000000000" + std::to_string(number);
}

static spool::source waiting(const std::string& id, const std::string& watch) {
    spool::source what;
    what.id = id;
    what.watch = watch;
    what.slices.push_back({"a", spool::work_location(id, "a"), 0, 1});
    what.stage = spool::stage::posted{};
    return what;
}

struct absent_ones : test::world {
    absent_ones() {
        subject.add(waiting(id_of(1), "web"));
        subject.add(waiting(id_of(2), "api"));
        subject.add(waiting("no-guid", "web"));
    }

    std::unique_ptr<spool::journal> open_journal() {
        spool::journal_options where;
        where.path = state.path("journal.db");
        where.synced = false;
        return spool::journal::open(io.get_executor(), where, clock, pool, log, measured).value();
    }

    std::vector<std::string> ids() {
        std::vector<std::string> out;
        subject.each([&](const spool::source& one) { out.push_back(one.id); });
        std::ranges::sort(out);
        return out;
    }

    test::temp_folder state;
    worker_pool pool{0};
    logger log{clock, log_level::info, log_format::text, [](std::string_view) {}};
    metrics measured;
    std::unique_ptr<spool::journal> journal = open_journal();
    absent_sources subject{*journal};
};

using strings = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(absent_sources_, absent_ones)

BOOST_AUTO_TEST_CASE(what_is_found_may_be_changed_and_is_taken_out_changed) {
    auto* one = subject.find(id_of(1));
    BOOST_TEST_REQUIRE(one != nullptr);
    one->posts = 3;
    BOOST_TEST(subject.find(id_of(1)) == one);
    BOOST_TEST(subject.contains(id_of(1)));
    BOOST_TEST(subject.take(*spool::key_of(id_of(1)))->posts == 3u);
    BOOST_TEST(!subject.contains(id_of(1)));
    BOOST_TEST(subject.find(id_of(1)) == nullptr);
    BOOST_TEST(!subject.take(*spool::key_of(id_of(1))).has_value());
}

BOOST_AUTO_TEST_CASE(takes_out_those_of_a_watch_with_a_key_or_without) {
    BOOST_TEST(subject.keys_of("web").size() == 1u);
    subject.find(id_of(1));
    BOOST_TEST(subject.keys_of("web").size() == 1u);
    BOOST_TEST(subject.take("web").size() == 2u);
    BOOST_TEST(ids() == strings{id_of(2)}, boost::test_tools::per_element());
    BOOST_TEST(subject.size() == 1u);
}

BOOST_AUTO_TEST_CASE(those_without_a_key_are_taken_by_themselves) {
    subject.find(id_of(1));
    auto taken = subject.take_without_key("web");
    BOOST_TEST_REQUIRE(taken.size() == 1u);
    BOOST_TEST(taken.front().id == "no-guid");
    BOOST_TEST(subject.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_added_again_is_there_once) {
    subject.find(id_of(1));
    auto changed = waiting(id_of(1), "web");
    changed.posts = 7;
    subject.add(changed);
    subject.add(waiting("no-guid", "web"));
    BOOST_TEST(subject.size() == 3u);
    BOOST_TEST(subject.find(id_of(1))->posts == 7u);
}

BOOST_AUTO_TEST_CASE(those_of_a_former_name_are_of_the_new_one) {
    subject.find("no-guid");
    subject.rename_watch("web", "site");
    BOOST_TEST(subject.count().at("site") == 2u);
    BOOST_TEST(!subject.count().contains("web"));
    BOOST_TEST(subject.count().at("api") == 1u);
}

BOOST_AUTO_TEST_CASE(those_with_a_file_at_a_place_are_taken) {
    auto taken = subject.take_by_place({spool::work_location(id_of(2), "a"), "elsewhere"});
    BOOST_TEST_REQUIRE(taken.size() == 1u);
    BOOST_TEST(taken.front().watch == "api");
    BOOST_TEST(subject.take_by_place({}).empty());
    BOOST_TEST(subject.size() == 2u);
}

BOOST_AUTO_TEST_CASE(knows_where_outcomes_are_reported_until_none_is_left) {
    BOOST_TEST(subject.any_unsaid());
    BOOST_TEST(!subject.reported().in_table);
    auto in_table = waiting(id_of(3), "web");
    in_table.reported.in_table = true;
    subject.add(in_table);
    BOOST_TEST(subject.reported().in_table);
    BOOST_TEST(!subject.reported().in_queue);
    subject.take("web");
    BOOST_TEST(subject.reported().in_table);
    subject.take("api");
    BOOST_TEST(subject.empty());
    BOOST_TEST(!subject.reported().in_table);
    BOOST_TEST(!subject.any_unsaid());
}

BOOST_AUTO_TEST_SUITE_END()
