#include "core/pipeline/intake/intake_fixture.hpp"
#include "support/in_work.hpp"

#include <sys/stat.h>

using namespace kustodrop;
using namespace kustodrop::pipeline;

using strings = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(intake_changes_, test::taking)

BOOST_AUTO_TEST_CASE(obeys_a_change_of_rules_at_once) {
    options.include = {"*.json"};
    open();
    files.write("a.csv", "1");
    settle_files();
    BOOST_TEST(names().empty());
    auto wanted = options;
    wanted.include = {"*.csv"};
    wanted.target.table = "New";
    subject->change(wanted);
    settle_files();
    BOOST_TEST(names() == strings{"a.csv"}, boost::test_tools::per_element());
    BOOST_TEST(watch->former_targets.find("D.T") != nullptr);
}

BOOST_AUTO_TEST_CASE(moves_to_another_folder_when_all_is_retired) {
    test::temp_folder other;
    other.write("b", "1");
    open();
    files.write("a", "1");
    settle_files();
    auto wanted = options;
    wanted.path = other.path();
    subject->change(wanted);
    files.write("c", "1");
    settle_files();
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
    retire(*claimed().front());
    settle_files();
    BOOST_TEST(names() == strings{"b"}, boost::test_tools::per_element());
    BOOST_TEST(files.has("c"));
}

BOOST_AUTO_TEST_CASE(leaves_its_folder_and_comes_back) {
    open();
    files.write("a", "1");
    settle_files();
    subject->leave();
    settle();
    BOOST_TEST(subject->is_leaving());
    retire(*claimed().front());
    settle_files();
    BOOST_TEST(subject->has_left());
    BOOST_TEST(watch->folder == nullptr);
    files.write("b", "1");
    settle_files();
    BOOST_TEST(names().empty());
    subject->change(options);
    settle_files();
    BOOST_TEST(!subject->has_left());
    BOOST_TEST(names() == strings{"b"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(warns_of_unconfirmed_files_that_stay_in_a_folder_it_leaves) {
    open();
    files.write("a", "1");
    settle_files();
    spool::outcome_record record;
    record.outcome = spool::outcome::unconfirmed;
    sources->park(*claimed().front(), record);
    subject->leave();
    settle_files();
    BOOST_TEST(subject->has_left());
    BOOST_TEST(has_said("unconfirmed files stay in work/"));
}

BOOST_AUTO_TEST_CASE(finishing_claims_what_lies_there_without_a_wait) {
    options.stable_for = 1h;
    open();
    for (auto name : {"a", "b"}) files.write(name, "1");
    settle_files();
    BOOST_TEST(names().empty());
    subject->finish();
    settle();
    pass(100ms);
    BOOST_TEST(names().size() == 2u);
    BOOST_TEST(subject->has_ended());
    BOOST_TEST(running->done());
}

BOOST_AUTO_TEST_CASE(a_closed_one_claims_nothing) {
    open();
    files.write("a", "1");
    subject->close();
    settle();
    BOOST_TEST(subject->has_ended());
    settle_files();
    BOOST_TEST(names().empty());
    BOOST_TEST(files.has("a"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_changed_is_shipped_in_place) {
    options.claim = claim_mode::in_place;
    open();
    files.write("a", "1");
    settle_files();
    auto& what = *claimed().front();
    BOOST_TEST(what.slices[0].location == "a");
    BOOST_TEST(watch->kept.is_in_flight("a"));
    settle_files();
    BOOST_TEST(names().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_kept_file_is_claimed_again_only_when_it_changed) {
    files.write("a", "1");
    spool::kept_file kept;
    kept.watch = "web";
    kept.name = "a";
    kept.identity = files.identity("a");
    journal->record_kept(kept);
    BOOST_TEST_REQUIRE(journal->flush().has_value());
    open();
    settle_files();
    BOOST_TEST(names().empty());
    files.append("a", "2");
    settle_files();
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
