#include "core/pipeline/intake/intake_fixture.hpp"
#include "spool/source/place.hpp"
#include "support/in_work.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

using strings = std::vector<std::string>;

static const std::string an_id = "11111111-aaaa-4bbb-8ccc-000000000001";
static const std::string joined_id = "33333333-aaaa-4bbb-8ccc-000000000003";
static const std::string other_id = "22222222-aaaa-4bbb-8ccc-000000000002";

namespace {

/// Restarts over folders that are not the ones that the files were claimed in.
struct restarting : test::taking {
    test::temp_folder elsewhere;

    /// Forgets the running intake and what it knew; the journal stays.
    void stop() {
        if (running) cancel(*running);
        running.reset();
        subject.reset();
        sources = std::make_unique<pipeline::roster>(*journal, clock, measured);
        routed = {};
        BOOST_REQUIRE(journal->flush().has_value());
    }

    result<void> restart() {
        stop();
        return open(journal->unretired().value());
    }

    spool::source journaled(spool::any_stage at, const std::string& watch_name = "web") {
        spool::source out;
        out.id = an_id;
        out.watch = watch_name;
        out.stage = std::move(at);
        out.slices.push_back({"a", spool::work_location(an_id, "a"), 0, 1, {}});
        return out;
    }

    static spool::outcome_record record(spool::outcome how, std::string code = "") {
        spool::outcome_record out;
        out.outcome = how;
        out.code = std::move(code);
        return out;
    }

    /// A source of three files, of which the last one was archived.
    spool::source joined(const spool::outcome_record& how) {
        auto out = journaled(stage::retired{how, clock.wall_now()});
        out.id = joined_id;
        out.slices.push_back({"b", spool::work_location(other_id, "b"), 0, 1, {}});
        out.slices.push_back({"c", ".kustodrop/archive/2026-11-28/c", 0, 1, {}});
        return out;
    }

    /// Two of them in work/.
    void joined_but_there(const spool::outcome_record& how) {
        files.make_folder(".kustodrop/work");
        files.write(test::in_work(an_id + "~a"), "1");
        files.write(test::in_work(other_id + "~b"), "1");
        journal->record(joined(how));
        restart();
    }

    /// A file in work/ whose source the journal has as retired.
    void retired_but_there(const spool::outcome_record& how) {
        files.make_folder(".kustodrop/work");
        files.write(test::in_work(an_id + "~a"), "1");
        auto what = journaled(stage::retired{how, clock.wall_now()});
        what.slices[0].identity = files.identity(what.slices[0].location);
        journal->record(what);
        restart();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(former_folder_, restarting)

BOOST_AUTO_TEST_CASE(another_path_is_watched_when_the_former_folder_is_drained) {
    BOOST_TEST_REQUIRE(open().has_value());
    files.write("a", "1");
    settle_files();
    BOOST_REQUIRE(claimed().size() == 1u);
    options.path = elsewhere.path();
    elsewhere.write("b", "1");
    restart();
    settle_files();
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(has_said("is shipped first"));
    retire(*claimed().front());
    settle_files();
    BOOST_TEST(names() == strings{"b"}, boost::test_tools::per_element());
    BOOST_TEST(watch->options.path == elsewhere.path());
}

BOOST_AUTO_TEST_CASE(another_path_is_watched_at_once_where_the_former_folder_is_absent) {
    open();
    files.write("a", "1");
    settle_files();
    auto location = claimed().front()->slices[0].location;
    auto away = files.path() + ".away";
    stop();
    std::filesystem::rename(files.path(), away);
    options.path = elsewhere.path();
    elsewhere.write("b", "1");
    restart();
    settle_files();
    BOOST_TEST(names() == strings{"b"}, boost::test_tools::per_element());
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(has_said("files of an earlier run lie in another folder"));
    BOOST_TEST(has_said(files.path() + "/.kustodrop/work"));
    std::filesystem::rename(away, files.path());
    BOOST_TEST(files.has(location));
}

BOOST_AUTO_TEST_CASE(unconfirmed_files_of_a_former_folder_keep_no_one_out_of_the_next) {
    open();
    files.write("a", "1");
    settle_files();
    sources->park(*claimed().front(), record(spool::outcome::unconfirmed));
    auto wanted = options;
    wanted.path = elsewhere.path();
    elsewhere.write("b", "1");
    subject->change(wanted);
    settle_files();
    settle_files();
    BOOST_TEST(watch->folder != nullptr);
    BOOST_TEST(names() == (strings{"a", "b"}), boost::test_tools::per_element());
}

// The mount point is there, and empty.
BOOST_AUTO_TEST_CASE(a_disk_that_is_mounted_late_brings_its_sources_back) {
    open();
    files.write("a", "1");
    settle_files();
    auto id = claimed().front()->id;
    auto disk = files.path() + ".disk";
    stop();
    std::filesystem::rename(files.path(), disk);
    files.make_folder("");
    restart();
    settle_files();
    BOOST_TEST(claimed().empty());
    BOOST_TEST(routed.settled_ids.empty());
    std::filesystem::rename(files.path(), files.path() + ".point");
    std::filesystem::rename(disk, files.path());
    settle_files();
    settle_files();
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == id);
    std::filesystem::remove_all(files.path() + ".point");
}

BOOST_AUTO_TEST_CASE(a_disk_that_goes_away_is_not_replaced_by_its_mount_point) {
    open();
    files.write("a", "1");
    settle_files();
    auto disk = files.path() + ".disk";
    std::filesystem::rename(files.path(), disk);
    files.make_folder("");
    files.write("b", "1");
    settle_files();
    settle_files();
    BOOST_TEST(watch->folder == nullptr);
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
    std::filesystem::remove_all(files.path());
    std::filesystem::rename(disk, files.path());
    settle_files();
    settle_files();
    BOOST_TEST(watch->folder != nullptr);
    BOOST_TEST(names() == strings{"a"}, boost::test_tools::per_element());
}

// Nothing waits in a folder that is no more: what comes next at its path is watched.
BOOST_AUTO_TEST_CASE(a_folder_that_was_deleted_is_replaced_by_the_next_at_its_path) {
    open();
    files.write("a", "1");
    settle_files();
    auto id = claimed().front()->id;
    std::filesystem::remove_all(files.path());
    files.make_folder("");
    files.write("b", "1");
    settle_files();
    settle_files();
    BOOST_TEST(watch->folder != nullptr);
    BOOST_TEST(!subject->absence());
    BOOST_TEST(names() == (strings{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(sources->find(id) != nullptr);
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(has_said("the folder was deleted with all that was in it"));
}

BOOST_AUTO_TEST_CASE(a_deleted_folder_is_waited_for_until_there_is_another) {
    open();
    files.write("a", "1");
    settle_files();
    std::filesystem::remove_all(files.path());
    for (int i = 0; i < 9; ++i) settle_files();
    BOOST_TEST(watch->folder == nullptr);
    files.make_folder("");
    for (int i = 0; i < 9; ++i) settle_files();
    BOOST_TEST(watch->folder != nullptr);
    BOOST_TEST(claimed().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_absent_for_another_reason_by_now_is_said_once_more) {
    open();
    files.write("a", "1");
    settle_files();
    auto disk = files.path() + ".disk";
    std::filesystem::rename(files.path(), disk);
    settle_files();
    settle_files();
    BOOST_TEST(has_said("No such file"));
    BOOST_TEST(!has_said("the one that holds what was claimed"));
    files.make_folder("");
    for (int i = 0; i < 3; ++i) settle_files();
    BOOST_TEST(has_said("the one that holds what was claimed"));
    BOOST_TEST(std::ranges::count_if(lines, [](auto& line) {
                   return line.find("the one that holds what was claimed") != std::string::npos;
               }) == 1);
    std::filesystem::remove_all(files.path());
    std::filesystem::rename(disk, files.path());
}

BOOST_AUTO_TEST_CASE(only_a_deleted_folder_is_not_waited_for) {
    BOOST_TEST(must_wait_for_former(true, false));
    BOOST_TEST(!must_wait_for_former(true, true));
    BOOST_TEST(!must_wait_for_former(false, false));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_settled_elsewhere_is_moved_and_not_shipped_again) {
    retired_but_there(record(spool::outcome::succeeded));
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(routed.settled_ids == strings{an_id}, boost::test_tools::per_element());
    BOOST_TEST(ready.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_given_up_because_it_was_not_there_is_shipped) {
    retired_but_there(record(spool::outcome::rejected, "file_vanished"));
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == an_id);
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(ready.size() == 1u);
}

BOOST_AUTO_TEST_CASE(files_of_a_blob_that_was_settled_elsewhere_are_not_shipped_again) {
    joined_but_there(record(spool::outcome::succeeded));
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == joined_id);
    BOOST_TEST(claimed().front()->slices.size() == 3u);
    BOOST_TEST(routed.settled_ids == strings{joined_id}, boost::test_tools::per_element());
    BOOST_TEST(ready.size() == 0u);
}

BOOST_AUTO_TEST_CASE(files_of_a_blob_of_which_nothing_was_taken_are_shipped_under_their_ids) {
    joined_but_there(record(spool::outcome::failed, "BadRequest_X"));
    BOOST_REQUIRE(claimed().size() == 2u);
    BOOST_TEST(sources->find(an_id));
    BOOST_TEST(sources->find(other_id));
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST(ready.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_waited_for_others_is_new_although_the_journal_knows_a_blob) {
    auto what = joined(record(spool::outcome::succeeded));
    for (auto& file : what.slices) file.location = spool::work_location(joined_id, file.name);
    journal->record(what);
    files.make_folder(".kustodrop/work");
    files.write(test::in_work(other_id + "~b"), "1");
    restart();
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == other_id);
    BOOST_TEST(ready.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_watch_that_was_renamed_takes_its_sources_over) {
    files.make_folder(".kustodrop/work");
    files.write(test::in_work(an_id + "~a"), "1");
    journal->record(journaled(stage::posted{}, "former"));
    stop();
    open();
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->watch == "web");
    BOOST_TEST(routed.posted_ids == strings{an_id}, boost::test_tools::per_element());
    BOOST_TEST(ready.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
