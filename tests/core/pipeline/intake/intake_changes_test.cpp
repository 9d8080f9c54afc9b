#include "core/pipeline/intake/intake_fixture.hpp"
#include "support/in_work.hpp"

#include <sys/stat.h>

#include <unistd.h>

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

namespace {

/// While it lives, this process may not change the folder, even as root.
struct unwritable {
    explicit unwritable(const std::string& path) : path_(path), user_(::geteuid()) {
        ::chmod(path_.c_str(), 0555);
        if (user_ == 0) BOOST_REQUIRE(::seteuid(65534) == 0);
    }
    ~unwritable() {
        if (user_ == 0) BOOST_CHECK(::seteuid(0) == 0);
        ::chmod(path_.c_str(), 0755);
    }

private:
    std::string path_;
    uid_t user_;
};

std::vector<std::string> codes_of(const std::vector<notice>& all) {
    std::vector<std::string> out;
    for (auto& one : all) out.push_back(one.code);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(files_are_claimed_again_when_the_folder_can_be_changed_again) {
    files.write("a", "1");
    {
        unwritable now(files.path());
        BOOST_TEST_REQUIRE(open().has_value());
        settle_files();
        BOOST_TEST(watch->read_only);
        BOOST_TEST(codes_of(subject->notices()) == strings{"in_place"});
    }
    for (int i = 0; i < 7; ++i) settle_files();
    BOOST_TEST(!watch->read_only);
    BOOST_TEST(!watch->in_place);
    BOOST_TEST(subject->notices().empty());
    files.write("b", "2");
    for (int i = 0; i < 7; ++i) settle_files();
    BOOST_TEST(names() == (strings{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(files.has("a"));
    BOOST_TEST(!files.has("b"));
}

BOOST_AUTO_TEST_CASE(files_that_stay_in_place_surprise_only_where_they_were_to_go) {
    watch_options wanted;
    BOOST_TEST(is_unexpectedly_in_place(wanted, "not writable"));
    BOOST_TEST(!is_unexpectedly_in_place(wanted, ""));
    wanted.claim = claim_mode::in_place;
    BOOST_TEST(is_unexpectedly_in_place(wanted, "not writable"));
    wanted.on_success = success_action::keep;
    BOOST_TEST(!is_unexpectedly_in_place(wanted, "not writable"));
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

// A watch that followed logs before: a range of one is not a dropped file.
BOOST_AUTO_TEST_CASE(what_was_cut_of_logs_is_left_for_the_mode_that_cut_it_and_said) {
    files.write("app.log", "1\n2\n");
    std::vector<spool::source> cut(2);
    for (auto& one : cut) {
        one.id = spool::make_source_id(random, clock.wall_now());
        one.watch = "web";
        one.slices.push_back({"app.log", "app.log", 0, 2, {}});
        one.slices.front().log_id = std::string("a-log");
    }
    cut.back().slices.front().location = "/spill/app.log@0-2.an-id.gz";
    options.include = {"*.json"};
    open(cut);
    settle_files();
    BOOST_TEST(claimed().empty());
    BOOST_TEST(ready.size() == 0u);
    for (auto& one : cut) BOOST_TEST(absent->contains(one.id));
    BOOST_TEST(has_said("what mode: follow has cut is not shipped"));
    BOOST_TEST_REQUIRE(subject->notices().size() == 1u);
    BOOST_TEST(subject->notices().front().code == "cut_before");
    BOOST_TEST(subject->notices().front().files == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
