#include "core/pipeline/intake/intake_fixture.hpp"
#include "support/in_work.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

using strings = std::vector<std::string>;

// A folder that is watched under another name than before.
BOOST_FIXTURE_TEST_SUITE(taking_over_, test::taking)

BOOST_AUTO_TEST_CASE(unconfirmed_files_of_a_watch_that_has_left_belong_to_the_next_one) {
    open();
    files.write("a", "1");
    settle_files();
    spool::outcome_record record;
    record.outcome = spool::outcome::unconfirmed;
    auto id = claimed().front()->id;
    sources->park(*claimed().front(), record);
    subject->leave();
    settle_files();
    cancel(*running);
    options.name = "site";
    add();
    settle_files();
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == id);
    BOOST_TEST(claimed().front()->watch == "site");
    BOOST_TEST(sources->counts("web").parked_files == 0u);
    BOOST_TEST(sources->counts("site").parked_files == 1u);
}

BOOST_AUTO_TEST_CASE(what_an_earlier_run_claimed_under_another_name_is_not_new) {
    open();
    files.write("a", "1");
    settle_files();
    auto known = *claimed().front();
    known.stage = spool::stage::posted{{}, clock.wall_now()};
    known.posts = 1;
    cancel(*running);
    subject.reset();
    sources = std::make_unique<pipeline::roster>(*journal, clock, measured);
    options.name = "site";
    open({known});
    settle_files();
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == known.id);
    BOOST_TEST(claimed().front()->watch == "site");
    BOOST_TEST(spool::name_of(claimed().front()->stage) == "posted");
    BOOST_TEST(absent->empty());
}

BOOST_AUTO_TEST_CASE(sources_of_another_folder_stay_where_they_are) {
    spool::source other;
    other.id = "other";
    other.watch = "else";
    other.slices.push_back({"b", test::in_work("other~b"), 0, 1, {}});
    files.write("a", "1");
    open({other});
    settle_files();
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
    BOOST_TEST(absent->count().at("else") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
