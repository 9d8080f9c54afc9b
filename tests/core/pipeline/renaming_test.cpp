#include "pipeline/renaming.hpp"

#include "core/pipeline/intake/intake_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

using renames = std::vector<watch_rename>;
using strings = std::vector<std::string>;

namespace {

/// A restart with another configuration: the journal is read again, and nothing else is known.
struct restarting : test::taking {
    test::temp_folder other;

    void restart(const std::vector<watch_options>& configured) {
        if (running) cancel(*running);
        running.reset();
        subject.reset();
        BOOST_REQUIRE(journal->flush().has_value());
        sources = std::make_unique<roster>(*journal, clock, measured);
        absent = std::make_unique<absent_sources>(*journal);
        for (auto& what : journal->unretired().value()) absent->add(std::move(what));
        BOOST_REQUIRE(adopt_renamed(configured, *journal, *absent, log).has_value());
    }

    watch_options named(const std::string& name, const std::string& path) const {
        auto out = options;
        out.name = name;
        out.path = path;
        return out;
    }

    void keep(const std::string& watch_name, const test::temp_folder& in, const std::string& file) {
        spool::kept_file kept;
        kept.watch = watch_name;
        kept.name = file;
        kept.identity = in.identity(file);
        journal->record_kept(kept);
    }

    /// The folder that the journal has for the watch.
    std::string recorded_path(const std::string& watch_name) {
        for (auto& one : journal->folders().value()) {
            if (one.watch == watch_name) return one.path;
        }
        return "";
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(renaming_)

BOOST_AUTO_TEST_CASE(a_folder_whose_watch_has_another_name_is_a_rename) {
    BOOST_TEST((renames_of({{"web", "/a"}}, {{"site", "/a"}}) == renames{{"web", "site"}}));
}

BOOST_AUTO_TEST_CASE(what_is_as_it_was_or_new_is_none) {
    BOOST_TEST(renames_of({{"web", "/a"}}, {{"web", "/a"}, {"app", "/b"}}).empty());
    BOOST_TEST(renames_of({{"web", "/a"}}, {{"site", "/b"}}).empty());
    BOOST_TEST(renames_of({}, {{"site", "/b"}}).empty());
    BOOST_TEST(renames_of({{"web", "/a"}}, {}).empty());
}

BOOST_AUTO_TEST_CASE(another_path_under_the_same_name_is_none) {
    BOOST_TEST(renames_of({{"web", "/a"}}, {{"web", "/b"}}).empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_a_configured_folder_still_has_is_not_taken_from_it) {
    // An older release recorded the folder under both.
    BOOST_TEST(renames_of({{"site", "/a"}, {"web", "/a"}}, {{"web", "/a"}}).empty());
}

BOOST_AUTO_TEST_CASE(names_that_move_along_a_chain_are_freed_first) {
    auto found = renames_of({{"a", "/1"}, {"b", "/2"}}, {{"b", "/1"}, {"c", "/2"}});
    BOOST_TEST((found == renames{{"b", "c"}, {"a", "b"}}));
}

BOOST_AUTO_TEST_CASE(two_watches_that_exchanged_their_names_take_turns) {
    auto found = renames_of({{"a", "/1"}, {"b", "/2"}}, {{"a", "/2"}, {"b", "/1"}});
    BOOST_TEST((found == renames{{"b", "~"}, {"a", "b"}, {"~", "a"}}));
}

BOOST_AUTO_TEST_CASE(two_pairs_that_exchanged_their_names_do_not_meet) {
    auto found = renames_of(
        {{"a", "/1"}, {"b", "/2"}, {"c", "/3"}, {"d", "/4"}},
        {{"a", "/2"}, {"b", "/1"}, {"c", "/4"}, {"d", "/3"}}
    );
    renames wanted{{"b", "~"}, {"a", "b"}, {"~", "a"}, {"d", "~"}, {"c", "d"}, {"~", "c"}};
    BOOST_TEST((found == wanted));
}

BOOST_AUTO_TEST_CASE(a_name_that_keeps_its_former_folder_in_the_journal_is_not_given_to_another) {
    // "web" moved to the folder of "site", which has been removed: what "web" had is drained first.
    BOOST_TEST(renames_of({{"web", "/a"}, {"site", "/b"}}, {{"web", "/b"}}).empty());
    // And what depends on it stays too.
    auto found =
        renames_of({{"web", "/a"}, {"site", "/b"}, {"app", "/c"}}, {{"web", "/b"}, {"site", "/c"}});
    BOOST_TEST(found.empty());
}

BOOST_AUTO_TEST_CASE(a_folder_that_another_watch_had_is_a_takeover) {
    auto found = takeovers_of({{"web", "/a"}, {"site", "/b"}}, {{"site", "/a"}, {"new", "/c"}});
    BOOST_TEST((found == renames{{"web", "site"}}));
    BOOST_TEST(takeovers_of({{"web", "/a"}}, {{"web", "/a"}}).empty());
    found = takeovers_of({{"web", "/a"}, {"site", "/b"}}, {{"web", "/b"}, {"site", "/a"}});
    BOOST_TEST((found == renames{{"web", "site"}, {"site", "web"}}));
}

BOOST_FIXTURE_TEST_CASE(a_watch_that_moves_into_the_folder_of_a_removed_one_knows_it, restarting) {
    files.write("a", "1");
    other.write("a", "2");
    keep("web", files, "a");
    keep("site", other, "a");
    journal->record_folder({"web", files.path(), 1, 1});
    journal->record_folder({"site", other.path(), 1, 2});
    restart({named("site", files.path())});
    auto kept = journal->kept("site").value();
    BOOST_REQUIRE(kept.size() == 1u);
    BOOST_TEST(kept.front().identity.inode == files.identity("a").inode);
}

BOOST_FIXTURE_TEST_CASE(
    watches_that_exchange_their_folders_while_open_know_each_others_files, restarting
) {
    files.write("a", "1");
    other.write("a", "2");
    keep("web", files, "a");
    keep("site", other, "a");
    journal->record_folder({"web", files.path(), 1, 1});
    journal->record_folder({"site", other.path(), 1, 2});
    restart({named("web", files.path()), named("site", other.path())});
    auto is_open = [](const std::string& /*watch*/) { return true; };
    std::vector<watch_options> wanted{named("web", other.path()), named("site", files.path())};
    BOOST_REQUIRE(take_over_folders(wanted, is_open, *journal, *absent).has_value());
    BOOST_TEST(journal->kept("web").value().front().identity.inode == other.identity("a").inode);
    BOOST_TEST(journal->kept("site").value().front().identity.inode == files.identity("a").inode);
}

BOOST_FIXTURE_TEST_CASE(
    a_watch_that_is_added_has_all_of_one_that_is_known_to_the_journal_alone, restarting
) {
    files.write("a", "1");
    keep("web", files, "a");
    journal->record_folder({"web", files.path(), 1, 1});
    restart({named("site", other.path())});
    auto is_open = [](const std::string& watch) { return watch == "site"; };
    std::vector<watch_options> wanted{named("site", other.path()), named("new", files.path())};
    BOOST_REQUIRE(take_over_folders(wanted, is_open, *journal, *absent).has_value());
    BOOST_TEST(journal->kept("new").value().size() == 1u);
    BOOST_TEST(journal->kept("web").value().empty());
    BOOST_TEST(recorded_path("new") == files.path());
}

BOOST_FIXTURE_TEST_CASE(a_kept_file_is_not_shipped_again_after_its_watch_was_renamed, restarting) {
    options.on_success = success_action::keep;
    files.write("a", "1");
    BOOST_REQUIRE(open().has_value());
    keep("web", files, "a");
    options.name = "site";
    restart({options});
    open();
    settle_files();
    BOOST_TEST(names().empty());
    BOOST_TEST(has_said("the watch has another name now"));
    files.write("b", "1");
    settle_files();
    BOOST_TEST(names() == strings{"b"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(kept_files_of_exchanged_names_stay_with_their_folders, restarting) {
    files.write("a", "1");
    other.write("b", "1");
    keep("web", files, "a");
    keep("site", other, "b");
    journal->record_folder({"web", files.path(), 1, 1});
    journal->record_folder({"site", other.path(), 1, 2});
    restart({named("site", files.path()), named("web", other.path())});
    BOOST_TEST(journal->kept("site").value().front().name == "a");
    BOOST_TEST(journal->kept("web").value().front().name == "b");
    BOOST_TEST(recorded_path("site") == files.path());
    BOOST_TEST(recorded_path("web") == other.path());
    BOOST_TEST(recorded_path("~") == "");
}

BOOST_FIXTURE_TEST_CASE(what_was_claimed_continues_under_the_new_name, restarting) {
    BOOST_REQUIRE(open().has_value());
    files.write("a", "1");
    settle_files();
    BOOST_REQUIRE(claimed().size() == 1u);
    auto id = claimed().front()->id;
    sources->advance(*claimed().front(), spool::stage::posted{{}, clock.wall_now()});
    options.name = "site";
    restart({options});
    BOOST_TEST(absent->count().at("site") == 1u);
    open();
    settle_files();
    BOOST_REQUIRE(claimed().size() == 1u);
    BOOST_TEST(claimed().front()->id == id);
    BOOST_TEST(claimed().front()->watch == "site");
    BOOST_TEST(absent->empty());
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_is_absent_is_still_known_under_the_new_name, restarting) {
    BOOST_REQUIRE(open().has_value());
    files.write("a", "1");
    settle_files();
    sources->advance(*claimed().front(), spool::stage::posted{{}, clock.wall_now()});
    restart({named("site", files.path())});
    // Once more, before it was ever opened.
    restart({named("shop", files.path())});
    BOOST_TEST(absent->count().at("shop") == 1u);
    BOOST_TEST(recorded_path("shop") == files.path());
}

BOOST_AUTO_TEST_SUITE_END()
