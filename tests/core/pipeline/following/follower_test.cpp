#include "core/pipeline/following/follower_fixture.hpp"

#include <cstdlib>

using namespace kustodrop;
using test::following;
using test::texts;

BOOST_FIXTURE_TEST_SUITE(follower_, following)

BOOST_AUTO_TEST_CASE(what_is_added_to_a_log_becomes_sources) {
    append("app.log", "1,a\n");
    begin();
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    BOOST_TEST(ready.size() == 1u);
    append("app.log", "2,b\nhalf");
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-8"}));
}

BOOST_AUTO_TEST_CASE(nothing_is_cut_before_it_is_due) {
    options.follow.cut.max_age = 1min;
    append("app.log", "1,a\n");
    begin();
    wait();
    BOOST_TEST(ranges().empty());
    BOOST_TEST(follows->waiting_in_folder() == 1u);
    wait(60);
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
}

BOOST_AUTO_TEST_CASE(no_byte_waits_longer_than_until_a_cut_is_due) {
    options.follow.cut.max_age = 61s;
    begin();
    append("app.log", "1,a\n");
    wait(60);
    BOOST_TEST(ranges().empty());
    wait(1);
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
}

BOOST_AUTO_TEST_CASE(a_hole_that_is_larger_than_a_source_holds_nothing_up) {
    options.follow.max_record_bytes = options.follow.cut.max_bytes = 1000;
    options.follow.record_wait = 5s;
    append("app.log", "");
    std::filesystem::resize_file(files.path("app.log"), 5000);
    append("app.log", "half");
    append("b.log", "1,a\n");
    begin();
    wait();
    BOOST_TEST((ranges() == texts{"b.log 0-4"}));
    append("app.log", "\n2,b\n");
    wait();
    BOOST_TEST((ranges() == texts{"app.log 5000-5009", "b.log 0-4"}));
}

BOOST_AUTO_TEST_CASE(several_logs_share_a_source) {
    append("a.log", "1,a\n");
    append("b.log", "1,a\n");
    begin();
    wait();
    BOOST_TEST((ranges() == texts{"a.log 0-4", "b.log 0-4"}));
    BOOST_TEST(claimed().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_newline_in_quotes_ends_no_record) {
    append("app.log", "1,\"a\nb");
    begin();
    wait();
    BOOST_TEST(ranges().empty());
    append("app.log", "\"\n");
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-8"}));
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_after_the_last_cut_and_resumes_what_was_cut) {
    append("app.log", "1,a\n");
    begin();
    wait();
    auto id = claimed().front()->id;
    append("app.log", "2,b\n");
    std::filesystem::rename(files.path("app.log"), files.path("app.log.1"));
    append("app.log", "3,c\n");
    restart();
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 0-4", "app.log.1 4-8"}));
    BOOST_TEST(sources->find(id) != nullptr);
    BOOST_TEST(watch->logs->find(sources->find(id)->slices.front()) != nullptr);
}

BOOST_AUTO_TEST_CASE(while_cuts_are_not_posted_bytes_wait_in_the_logs) {
    begin();
    for (int i = 0; i < 40; ++i) {
        append("app.log", "1,a\n");
        wait(2);
    }
    BOOST_TEST(claimed().size() == 16u);
    for (auto* what : claimed()) post(*what);
    wait();
    BOOST_TEST(claimed().size() == 17u);
    std::uint64_t bytes = 0;
    for (auto* what : claimed()) bytes += what->size_bytes();
    BOOST_TEST(bytes == 160u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_any_more_has_an_outcome_with_its_bytes) {
    append("app.log", "1,a\n");
    begin();
    wait();
    auto& what = *claimed().front();
    std::filesystem::resize_file(files.path("app.log"), 0);
    follows->look_again(what);
    wait(2);
    BOOST_TEST(routed.settled_ids.empty());
    wait(5);
    BOOST_TEST((routed.settled_ids == texts{what.id}));
    auto record = spool::outcome_of(what.stage);
    BOOST_TEST_REQUIRE(record != nullptr);
    BOOST_TEST(record->code == "truncated_unread");
    BOOST_TEST(record->details.starts_with("4 bytes of app.log from 0 on were truncated"));
}

BOOST_AUTO_TEST_CASE(what_has_to_be_read_again_is_found_in_what_was_compressed_since) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += std::to_string(i) + ",some text\n";
    append("app.log", text);
    begin();
    wait();
    auto& what = *claimed().front();
    std::filesystem::copy_file(files.path("app.log"), files.path("app.log.1"));
    std::filesystem::resize_file(files.path("app.log"), 0);
    append("app.log", "1,a\n");
    wait();
    for (auto* one : claimed()) post(*one);
    BOOST_TEST_REQUIRE(std::system(("gzip " + files.path("app.log.1")).c_str()) == 0);
    wait(20);  // The plain one is closed by now.
    what.stage = spool::stage::claimed();
    follows->look_again(what);
    wait(7);
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(what.slices.front().location == "app.log.1.gz");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_for_a_moment_is_shipped) {
    append("app.log", "1,a\n");
    begin();
    wait();
    auto waiting = ready.size();
    follows->look_again(*claimed().front());
    wait();
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(ready.size() == waiting + 1);
}

BOOST_AUTO_TEST_CASE(the_last_lines_are_cut_before_the_end) {
    options.follow.cut.max_age = 1h;
    append("app.log", "1,a\nhalf");
    begin();
    wait(1);
    follows->finish();
    wait(1);
    BOOST_TEST(follows->has_ended());
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-8"}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_goes_and_comes_back_is_followed_again) {
    append("app.log", "1,a\n");
    begin();
    wait();
    auto aside = files.path() + ".aside";
    std::filesystem::rename(files.path(), aside);
    wait(6);
    BOOST_TEST(has_said("the folder is absent"));
    std::filesystem::rename(aside, files.path());
    append("app.log", "2,b\n");
    wait(10);
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-8"}));
}

BOOST_AUTO_TEST_CASE(a_watch_that_a_restart_renames_continues_at_its_positions) {
    append("app.log", "1,a\n");
    begin();
    wait();
    auto id = claimed().front()->id;
    options.name = "site";
    restart();
    append("app.log", "2,b\n");
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-8"}));
    BOOST_TEST_REQUIRE(sources->find(id));
    BOOST_TEST(sources->find(id)->watch == "site");
    BOOST_TEST(journal->logs("web").value().empty());
}

BOOST_AUTO_TEST_CASE(start_end_counts_again_when_a_restart_brings_another_folder) {
    options.follow.start = pipeline::start_place::end;
    append("app.log", "1,a\n");
    begin();
    wait();
    append("app.log", "2,b\n");
    wait();
    BOOST_TEST((ranges() == texts{"app.log 4-8"}));
    test::temp_folder other;
    std::ofstream(other.path("web.log")) << "old\n";
    options.path = other.path();
    restart();
    wait();
    for (auto* what : claimed()) retire(*what);
    wait();
    std::ofstream(other.path("web.log"), std::ios::app) << "new\n";
    std::ofstream(other.path("later.log")) << "x\n";
    wait();
    BOOST_TEST((ranges() == texts{"later.log 0-2", "web.log 4-8"}));
    restart();
    std::ofstream(other.path("more.log")) << "y\n";
    wait();
    BOOST_TEST(ranges().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_has_another_path_now_is_the_same) {
    options.follow.start = pipeline::start_place::end;
    append("app.log", "1,a\n");
    begin();
    wait();
    append("app.log", "2,b\n");
    append("web.log", "z\n");
    options.path = files.path() + "/.";
    restart();
    wait();
    BOOST_TEST((ranges() == texts{"app.log 4-8", "web.log 0-2"}));
}

BOOST_AUTO_TEST_CASE(another_path_is_followed_when_all_of_the_former_folder_is_shipped) {
    test::temp_folder other;
    options.follow.cut.max_age = 1h;
    append("app.log", "1,a\n2,b");
    begin();
    wait();
    BOOST_TEST(ranges().empty());
    auto wanted = options;
    wanted.path = other.path();
    follows->change(wanted);
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4", "app.log 4-7"}));
    BOOST_TEST(watch->options.path == files.path());
    for (auto* what : claimed()) retire(*what);
    wait();
    BOOST_TEST(watch->options.path == other.path());
    BOOST_TEST(claimed().empty());
    other.write("web.log", "5,e\n");
    follows->finish();
    wait();
    BOOST_TEST((ranges() == texts{"web.log 0-4"}));
}

BOOST_AUTO_TEST_CASE(what_was_seen_in_the_former_folder_and_not_cut_has_an_outcome) {
    test::temp_folder other;
    append("app.log", "1,a\n");
    begin();
    wait();
    auto wanted = options;
    wanted.path = other.path();
    follows->change(wanted);
    wait();
    append("app.log", "2,b\n3");
    wait();
    BOOST_TEST((ranges() == texts{"app.log 0-4"}));
    retire(*claimed().front());
    wait();
    BOOST_TEST(watch->options.path == other.path());
    BOOST_TEST((ranges() == texts{"app.log 4-9"}));
    auto* record = spool::outcome_of(claimed().front()->stage);
    BOOST_TEST_REQUIRE(record != nullptr);
    BOOST_TEST(record->code == "left_unread");
    BOOST_TEST(
        record->details ==
        "5 bytes of app.log from 4 on were left behind with the former folder of the watch before "
        "they were read"
    );
}

BOOST_AUTO_TEST_SUITE_END()
