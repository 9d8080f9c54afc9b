#include "core/pipeline/intake/intake_fixture.hpp"
#include "support/in_work.hpp"

#include <sys/stat.h>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

using strings = std::vector<std::string>;

static const std::string an_id = "11111111-aaaa-4bbb-8ccc-000000000001";

BOOST_FIXTURE_TEST_SUITE(intake_, test::taking)

BOOST_AUTO_TEST_CASE(claims_a_file_when_it_has_settled) {
    BOOST_TEST_REQUIRE(open().has_value());
    files.write("a.json", "{}");
    pass(2s);
    BOOST_TEST(names().empty());
    BOOST_TEST(subject->settling() == 1u);
    settle_files();
    BOOST_TEST(names() == strings{"a.json"}, boost::test_tools::per_element());
    auto& what = *claimed().front();
    BOOST_TEST(what.watch == "web");
    BOOST_TEST(what.target == "D.T");
    BOOST_TEST(files.has(what.slices[0].location));
    BOOST_TEST(!files.has("a.json"));
    BOOST_TEST(ready.size() == 1u);
    BOOST_TEST(subject->mode() == "poll");
}

BOOST_AUTO_TEST_CASE(waits_for_a_file_that_grows) {
    open();
    files.write("a.json", "1");
    for (int i = 0; i < 6; ++i) {
        pass(1s);
        files.append("a.json", "2");
    }
    BOOST_TEST(names().empty());
    settle_files();
    BOOST_TEST(claimed().front()->size_bytes() == 7u);
}

BOOST_AUTO_TEST_CASE(claims_no_more_than_max_pending_and_goes_on_when_some_are_retired) {
    options.backlog.max_files = 2;
    open();
    for (auto name : {"a", "b", "c"}) files.write(name, "1");
    settle_files();
    BOOST_TEST(names().size() == 2u);
    BOOST_TEST(subject->waiting_in_folder() == 1u);
    retire(*claimed().front());
    settle_files();
    BOOST_TEST(names().size() == 2u);
    BOOST_TEST(subject->waiting_in_folder() == 0u);
}

BOOST_AUTO_TEST_CASE(unconfirmed_files_do_not_count_towards_max_pending) {
    options.backlog.max_files = 2;
    open();
    for (auto name : {"a", "b", "c"}) files.write(name, "1");
    settle_files();
    BOOST_TEST(names().size() == 2u);
    for (auto* what : claimed()) {
        spool::outcome_record record;
        record.outcome = spool::outcome::unconfirmed;
        sources->park(*what, record);
    }
    settle_files();
    BOOST_TEST(names().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_watch_that_a_reload_adds_knows_the_files_that_were_kept) {
    files.write("a", "1");
    spool::kept_file kept;
    kept.watch = "web";
    kept.name = "a";
    kept.identity = files.identity("a");
    journal->record_kept(kept);
    BOOST_TEST_REQUIRE(journal->flush().has_value());
    add();
    settle_files();
    BOOST_TEST(names().empty());
    files.write("b", "1");
    settle_files();
    BOOST_TEST(names() == strings{"b"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_claimed_is_reported_once) {
    open();
    files.write("a", "1");
    std::filesystem::create_hard_link(files.path("a"), files.path("b"));
    settle_files();
    settle_files();
    BOOST_TEST(names().empty());
    auto about = [](auto& line) { return line.find("left in the folder") != std::string::npos; };
    BOOST_TEST(std::ranges::count_if(lines, about) == 2);
    std::filesystem::remove(files.path("b"));
    settle_files();
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(joins_small_files_in_one_blob) {
    options.coalesce.max_files = 10;
    options.coalesce.max_age = 5s;
    open();
    for (auto name : {"a", "b", "c"}) files.write(name, "{\"x\":1}\n");
    for (int i = 0; i < 20; ++i) pass(1s);
    BOOST_TEST(claimed().size() == 1u);
    BOOST_TEST(names().size() == 3u);
    BOOST_TEST(ready.size() == 1u);
}

BOOST_AUTO_TEST_CASE(joins_only_files_whose_records_have_equally_many_fields) {
    options.target.format = kusto::data_format::csv;
    options.coalesce.max_files = 10;
    options.coalesce.max_age = 5s;
    open();
    files.write("a", "1,2\n");
    files.write("b", "1,2\n3,4");
    files.write("c", "1,2,3\n");
    files.write("d", "<html><body>1,2</body></html>\n");
    files.write("e", "1,2\n3");
    for (int i = 0; i < 20; ++i) pass(1s);
    BOOST_TEST(names().size() == 5u);
    std::vector<std::size_t> shared;
    for (auto* what : claimed()) shared.push_back(what->slices.size());
    std::ranges::sort(shared);
    BOOST_TEST(shared == (std::vector<std::size_t>{1, 1, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_absent_folder_is_looked_for_until_it_comes) {
    std::filesystem::remove(files.path());
    BOOST_TEST(open().error().code == errc::folder_absent);
    BOOST_TEST(has_said("cannot open the folder"));
    files.make_folder("");
    files.write("a", "1");
    settle_files();
    settle_files();
    BOOST_TEST(names().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_goes_away_and_comes_back_keeps_its_sources) {
    open();
    files.write("a", "1");
    settle_files();
    auto away = files.path() + ".away";
    std::filesystem::rename(files.path(), away);
    settle_files();
    BOOST_TEST(watch->folder == nullptr);
    BOOST_TEST(has_said("the folder is absent"));
    std::filesystem::rename(away, files.path());
    settle_files();
    BOOST_TEST(watch->folder != nullptr);
    BOOST_TEST(names().size() == 1u);
}

BOOST_AUTO_TEST_CASE(another_daemon_keeps_it_out) {
    auto other = spool::drop_folder::open(files.path());
    BOOST_TEST_REQUIRE(other->prepare().has_value());
    BOOST_TEST_REQUIRE(other->lock("/elsewhere").has_value());
    BOOST_TEST(open().error().code == errc::folder_locked);
    BOOST_TEST_REQUIRE(subject->absence().has_value());
    BOOST_TEST(subject->absence()->code == errc::folder_locked);
    files.write("a", "1");
    settle_files();
    BOOST_TEST(has_said("the watch is held"));
    BOOST_TEST(names().empty());
    *other = {};
    settle_files();
    BOOST_TEST(!subject->absence());
    BOOST_TEST(names().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_no_file_or_has_more_names_does_not_wait_in_the_folder) {
    options.done_marker = ".ok";
    open();
    std::filesystem::create_symlink("/dev/null", files.path("link"));
    files.write("half.ok", "");
    files.write("half", "1");
    std::filesystem::create_hard_link(files.path("half"), files.path("other"));
    std::filesystem::create_directory(files.path("below"));
    files.write("waits", "1");
    for (int i = 0; i < 70; ++i) pass(1s);
    BOOST_TEST(subject->waiting_in_folder() == 1u);
    std::vector<std::string> codes;
    for (auto& one : subject->notices()) codes.push_back(one.code);
    BOOST_TEST(codes == (strings{"hard_link", "not_a_file", "not_recursive"}));
    BOOST_TEST(has_said("the watch is not recursive"));
}

BOOST_AUTO_TEST_CASE(a_file_that_gets_another_name_while_it_settles_is_no_reason_for_looks) {
    open();
    files.write("a", "1");
    pass(1s);
    std::filesystem::create_hard_link(files.path("a"), files.path("b"));
    files.write("c", "1");
    settle_files();
    BOOST_TEST(names() == strings{"c"}, boost::test_tools::per_element());
    BOOST_TEST(subject->settling() == 0u);
}

static spool::source journaled(const std::string& id, spool::any_stage at) {
    spool::source out;
    out.id = id;
    out.watch = "web";
    out.stage = std::move(at);
    out.slices.push_back({"a", std::string(spool::work_folder) + "/" + id + "~a", 0, 1, {}});
    return out;
}

BOOST_AUTO_TEST_CASE(resumes_what_an_earlier_run_left) {
    files.make_folder(".kustodrop/work");
    files.write(test::in_work(an_id + "~a"), "1");
    auto posting = journaled(an_id, stage::posting{});
    auto lost = journaled("22222222-aaaa-4bbb-8ccc-000000000002", stage::claimed{});
    open({posting, lost});
    BOOST_TEST(claimed().size() == 2u);
    BOOST_TEST(sources->find(an_id)->ambiguous_posts == 1u);
    BOOST_TEST(routed.unanswered_ids == strings{an_id}, boost::test_tools::per_element());
    BOOST_TEST(routed.settled_ids == strings{lost.id}, boost::test_tools::per_element());
    BOOST_TEST(has_said("resumed"));
}

BOOST_AUTO_TEST_CASE(adopts_files_in_work_that_the_journal_does_not_know) {
    files.make_folder(".kustodrop/work");
    files.write(test::in_work(an_id + "~a"), "1");
    files.write(test::in_work("note"), "1");
    open();
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
    BOOST_TEST(has_said("do not belong to kustodrop"));
    BOOST_TEST(sources->is_unproven(claimed().front()->id));
}

BOOST_AUTO_TEST_CASE(a_changed_file_is_shipped_as_it_is_now) {
    open();
    files.write("a", "1");
    settle_files();
    auto& what = *claimed().front();
    files.append(what.slices[0].location, "23");
    subject->look_again(what);
    settle_files();
    BOOST_TEST(what.size_bytes() == 3u);
    std::filesystem::remove(files.path(what.slices[0].location));
    subject->look_again(what);
    settle_files();
    BOOST_TEST(routed.settled_ids.size() == 1u);
    BOOST_TEST(spool::outcome_of(what.stage)->code == "file_vanished");
}

BOOST_AUTO_TEST_CASE(sources_held_for_a_wrong_target_are_sent_when_it_is_right) {
    open();
    files.write("a", "1");
    settle_files();
    for (int i = 0; i < 5; ++i) watch->gates.of("").refused({"x", "BadTable", "", 1}, clock.now());
    watch->gates.of("").hold(claimed().front()->id);
    files.write("b", "1");
    for (int i = 0; i < 8; ++i) pass(1s);
    BOOST_TEST(names().size() == 1u);
    watch->gates.reopen();
    settle_files();
    BOOST_TEST(names().size() == 2u);
    BOOST_TEST(watch->gates.held() == 0u);
    BOOST_TEST(has_said("not paused any more"));
}
BOOST_AUTO_TEST_SUITE_END()
