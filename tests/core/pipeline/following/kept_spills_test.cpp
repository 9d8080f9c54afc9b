// What is spilled outlives a stop, a kill in the middle of it, and the journal.
#include "core/pipeline/following/spilling_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

using namespace kustodrop;
using test::spilling_logs;
using test::texts;

BOOST_FIXTURE_TEST_SUITE(kept_spills, spilling_logs)

// As a kill does between the files of a batch and the record of them.
BOOST_AUTO_TEST_CASE(files_that_were_written_and_not_recorded_get_sources_at_the_next_start) {
    spill_one("1,a\n2,b\n3");
    auto kept = state.path("kept");
    std::filesystem::copy(spill_folder(), kept);
    forget_cuts();
    std::filesystem::remove_all(spill_folder());
    std::filesystem::copy(kept, spill_folder());
    restart();
    wait(20);
    BOOST_TEST((ranges() == texts{"app.log 0-8", "app.log 8-9"}));
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(spilled_files() == 2u);
    BOOST_TEST(has_said("spilled and not recorded"));
    std::set<std::string> ids;
    for (auto* what : claimed()) {
        BOOST_TEST_REQUIRE(what->slices.size() == 1u);
        BOOST_TEST_REQUIRE(bool(what->slices.front().log_id));
        ids.insert(*what->slices.front().log_id);
    }
    BOOST_TEST(ids.size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_a_batch_some_files_of_which_were_written_the_rest_is_lost_and_counted) {
    spill_one("1,a\n2,b\n3");
    for (auto& file : std::filesystem::directory_iterator(spill_folder())) {
        if (file.path().filename().string().starts_with("app.log@8-")) {
            std::filesystem::remove(file.path());
        }
    }
    auto kept = state.path("kept");
    std::filesystem::copy(spill_folder(), kept);
    forget_cuts();
    std::filesystem::remove_all(spill_folder());
    std::filesystem::copy(kept, spill_folder());
    restart();
    wait(20);
    BOOST_TEST((ranges() == texts{"app.log 0-8", "app.log 8-9"}));
    BOOST_TEST_REQUIRE(lost().size() == 1u);
    BOOST_TEST(spool::outcome_of(lost().front().stage)->code == "deleted_unread");
    BOOST_TEST(lost().front().size_bytes() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_lost_journal_knew_is_shipped) {
    spill_one("1,a\n");
    lose_journal();
    wait(20);
    BOOST_TEST(spilled_files() == 1u);
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    BOOST_TEST(bytes_of(claimed().front()->slices.front()) == "1,a\n");
    retire(*claimed().front());
    wait(10);
    BOOST_TEST(spilled_files() == 0u);
}

BOOST_AUTO_TEST_CASE(it_is_not_taken_for_the_beginning_of_a_log_that_has_the_file_by_now) {
    append("app.log", "1,a\n");
    begin();
    wait();
    auto away = files.path() + ".away";
    std::filesystem::rename(files.path(), away);
    wait(2);
    follows->close();
    wait(2);
    BOOST_TEST(spilled_files() == 1u);
    std::filesystem::rename(away, files.path());
    std::filesystem::resize_file(files.path("app.log"), 0);
    append("app.log", "5,e\n6,f\n");
    restart();
    wait(70);
    options.follow.cut.max_age = 1s;
    lose_journal();
    wait(10);
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 0-8"}));
    for (auto* what : claimed()) {
        auto& range = what->slices.front();
        if (range.length_bytes == 4) BOOST_TEST(bytes_of(range) == "1,a\n");
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_say_what_it_is_is_left_there_and_said) {
    spill_one("1,a\n");
    std::ofstream(spill_folder() + "/app.log@4-8.another-0.gz") << "of an earlier release";
    lose_journal();
    wait(20);
    BOOST_TEST(spilled_files() == 2u);
    BOOST_TEST(has_said("do not say of which log they are"));
}

BOOST_AUTO_TEST_CASE(what_is_held_open_is_spilled_when_the_program_ends) {
    append("app.log", "1,a\n2,b\n3");
    begin();
    wait();
    remove("app.log");
    wait(2);
    BOOST_TEST(spilled_files() == 0u);
    follows->close();
    wait(2);
    BOOST_TEST(spilled_files() == 2u);
    restart();
    wait(20);
    BOOST_TEST((ranges() == texts{"app.log 0-8", "app.log 8-9"}));
    BOOST_TEST(routed.settled_ids.empty());
}

BOOST_AUTO_TEST_CASE(so_is_what_was_cut_of_it_and_is_not_uploaded) {
    options.follow.cut.max_age = 1s;
    append("app.log", "1,a\n");
    append("b.log", "2,b\n");
    begin();
    wait();
    remove("app.log");
    wait(2);
    BOOST_TEST(claimed().size() == 1u);
    follows->close();
    wait(2);
    BOOST_TEST(spilled_files() == 1u);
    for (auto& one : claimed().front()->slices) {
        BOOST_TEST(spool::is_spilled(one.location) == (one.name == "app.log"));
    }
    restart();
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4", "b.log 0-4"}));
    BOOST_TEST(spilled_files() == 1u);
}

BOOST_AUTO_TEST_CASE(the_folder_that_is_absent_then_may_be_back_with_an_unfinished_end) {
    append("app.log", "1,a\n2,b\n3");
    append("b.log", "4,d\n5");
    begin();
    wait();
    auto away = files.path() + ".away";
    std::filesystem::rename(files.path(), away);
    std::filesystem::remove(away + "/b.log");
    wait(2);
    follows->close();
    wait(2);
    std::filesystem::rename(away, files.path());
    append("app.log", ",c\n");
    options.follow.cut.max_age = 1s;
    restart();
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-8", "app.log 8-12", "b.log 0-4", "b.log 4-5"}));
    BOOST_TEST(routed.settled_ids.empty());
}

BOOST_AUTO_TEST_CASE(what_has_a_name_is_not_spilled_then) {
    append("app.log", "1,a\n");
    begin();
    wait();
    follows->close();
    wait(2);
    BOOST_TEST(spilled_files() == 0u);
    BOOST_TEST(claimed().empty());
}

BOOST_AUTO_TEST_CASE(a_watch_that_is_taken_out_ships_what_is_held_open_first) {
    append("app.log", "1,a\n");
    append("b.log", "2,b\n");
    begin();
    wait();
    remove("app.log");
    wait(2);
    follows->leave();
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    BOOST_TEST(!follows->has_left());
    retire(*claimed().front());
    wait();
    BOOST_TEST(follows->has_left());
}

BOOST_AUTO_TEST_SUITE_END()
