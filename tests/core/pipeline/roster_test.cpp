#include "pipeline/roster.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;
using spool::outcome;

// A roster over a real journal in a folder of its own.
struct bookkeeping : test::world {
    bookkeeping() {
        auto pattern = (std::filesystem::temp_directory_path() / "roster-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        spool::journal_options options;
        options.path = folder + "/journal.db";
        auto opened = spool::journal::open(io.get_executor(), options, clock, pool, log, measured);
        journal = std::move(*opened);
        sources = std::make_unique<roster>(*journal, clock, measured);
    }
    ~bookkeeping() {
        journal.reset();
        std::filesystem::remove_all(folder);
    }

    static spool::source file(std::string id, spool::any_stage at = stage::claimed{}) {
        spool::source what;
        what.id = std::move(id);
        what.watch = "web";
        what.slices.push_back({"a.json", "work/a.json", 0, 1, {}});
        what.stage = std::move(at);
        return what;
    }

    static spool::outcome_record record(outcome said) {
        spool::outcome_record out;
        out.outcome = said;
        return out;
    }

    double outcomes() {
        double sum = 0;
        for (auto said : {outcome::succeeded, outcome::failed, outcome::unconfirmed}) {
            metric_labels labels{{"watch", "web"}, {"outcome", std::string(to_string(said))}};
            sum += measured.count("kustodrop_sources_total", labels).value();
        }
        return sum;
    }

    // docs/metrics.md: seen + resumed = outcomes + in a stage now.
    bool identity_holds() {
        auto seen = measured.count("kustodrop_files_seen_total", {{"watch", "web"}}).value();
        auto resumed = measured.count("kustodrop_files_resumed_total", {{"watch", "web"}}).value();
        auto now = static_cast<double>(sources->counts("web").pending_files);
        return seen + resumed == outcomes() + now;
    }

    std::string folder;
    worker_pool pool{0};
    metrics measured;
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    std::unique_ptr<spool::journal> journal;
    std::unique_ptr<roster> sources;
};

BOOST_FIXTURE_TEST_SUITE(roster_, bookkeeping)

BOOST_AUTO_TEST_CASE(counts_a_source_where_it_is) {
    auto& what = sources->admit(file("1"));
    BOOST_TEST(sources->counts("web").files_in_stage[0] == 1u);
    sources->advance(what, stage::uploaded{});
    BOOST_TEST(sources->counts("web").files_in_stage[0] == 0u);
    BOOST_TEST(sources->counts("web").files_in_stage[1] == 1u);
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(forgets_a_retired_source_and_keeps_its_outcome_in_the_counts) {
    auto& what = sources->admit(file("1"));
    sources->advance(what, stage::settled{record(outcome::succeeded)});
    BOOST_TEST(identity_holds());
    sources->retire(what, record(outcome::succeeded));
    BOOST_TEST(!sources->find("1"));
    BOOST_TEST(outcomes() == 1);
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(what_it_says_is_what_the_journal_holds) {
    auto& what = sources->admit(file("1"));
    sources->advance(what, stage::posted{});
    BOOST_TEST(!journal->flush().has_error());
    auto rows = journal->unretired();
    BOOST_TEST_REQUIRE(rows->size() == 1u);
    BOOST_TEST((rows->front() == what));
    sources->retire(what, record(outcome::failed));
    BOOST_TEST(!journal->flush().has_error());
    BOOST_TEST(journal->unretired()->empty());
}

BOOST_AUTO_TEST_CASE(a_parked_source_is_out_of_every_stage_until_a_late_notification) {
    auto& what = sources->admit(file("1", stage::posted{}));
    sources->park(what, record(outcome::unconfirmed));
    BOOST_TEST(sources->is_parked(what));
    BOOST_TEST(sources->counts("web").pending_files == 0u);
    BOOST_TEST(sources->counts("web").parked_files == 1u);
    BOOST_TEST(identity_holds());
    sources->unpark(what);
    sources->advance(what, stage::settled{record(outcome::succeeded)});
    BOOST_TEST(identity_holds());
    sources->retire(what, record(outcome::succeeded));
    BOOST_TEST(sources->counts("web").parked_files == 0u);
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(a_source_parked_before_a_restart_is_parked_again) {
    auto& what = sources->resume(file("1", stage::settled{record(outcome::unconfirmed)}));
    BOOST_TEST(sources->is_parked(what));
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(resumed_sources_are_counted_apart_from_seen_ones) {
    sources->resume(file("1", stage::posted{}));
    sources->admit(file("2"));
    BOOST_TEST(sources->counts("web").pending_files == 2u);
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(reports_the_age_of_the_oldest) {
    auto old = file("1");
    old.claimed_at = clock.wall_now();
    auto& first = sources->admit(old);
    pass(60s);
    auto young = file("2");
    young.claimed_at = clock.wall_now();
    sources->admit(young);
    sources->measure_ages();
    auto& age = measured.value("kustodrop_oldest_source_age_seconds", {{"watch", "web"}});
    BOOST_TEST(age.value() == 60);
    sources->retire(first, record(outcome::succeeded));
    sources->measure_ages();
    BOOST_TEST(age.value() == 0);
}

BOOST_AUTO_TEST_CASE(gathered_files_are_counted_at_once_and_recorded_when_they_go_on) {
    for (auto id : {"1", "2", "3"}) sources->gather(file(id));
    BOOST_TEST(sources->counts("web").pending_files == 3u);
    BOOST_TEST(identity_holds());
    BOOST_TEST(!journal->flush().has_error());
    BOOST_TEST(journal->unretired()->empty());
    auto& joined = sources->join({"1", "2", "3"}, "4");
    BOOST_TEST(joined.slices.size() == 3u);
    BOOST_TEST(sources->size() == 1u);
    BOOST_TEST(sources->counts("web").pending_files == 3u);
    BOOST_TEST(identity_holds());
    BOOST_TEST(!journal->flush().has_error());
    BOOST_TEST_REQUIRE(journal->unretired()->size() == 1u);
    BOOST_TEST((journal->unretired()->front() == joined));
    sources->retire(joined, record(outcome::succeeded));
    BOOST_TEST(outcomes() == 3);
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(joined_files_are_as_old_as_the_oldest) {
    auto young = file("1");
    young.claimed_at = wall_time(9s);
    auto old = file("2");
    old.claimed_at = wall_time(7s);
    sources->gather(young);
    sources->gather(old);
    BOOST_TEST((sources->join({"1", "gone", "2"}, "3").claimed_at == wall_time(7s)));
}

BOOST_AUTO_TEST_CASE(a_divided_source_leaves_its_files_to_its_parts_without_an_outcome) {
    auto whole = file("1", stage::posted{});
    whole.slices.push_back({"b.json", "work/b.json", 0, 1, {}});
    auto& what = sources->admit(whole);
    sources->divide(what, record(outcome::failed), {file("2"), file("3")});
    BOOST_TEST(!sources->find("1"));
    BOOST_TEST(sources->counts("web").files_in_stage[0] == 2u);
    BOOST_TEST(sources->counts("web").pending_files == 2u);
    BOOST_TEST(outcomes() == 0);
    BOOST_TEST(identity_holds());
    BOOST_TEST(!journal->flush().has_error());
    BOOST_TEST(journal->unretired()->size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_parked_source_may_be_divided_by_its_late_notification) {
    auto whole = file("1", stage::posted{});
    whole.slices.push_back({"b.json", "work/b.json", 0, 1, {}});
    auto& what = sources->admit(whole);
    sources->park(what, record(outcome::unconfirmed));
    sources->divide(what, record(outcome::failed), {file("2"), file("3")});
    BOOST_TEST(sources->counts("web").parked_files == 0u);
    BOOST_TEST(sources->counts("web").pending_files == 2u);
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(a_renamed_watch_takes_its_sources_along_parked_or_not) {
    sources->admit(file("a"));
    auto& waiting = sources->admit(file("b", stage::posted{}));
    sources->park(waiting, record(outcome::unconfirmed));
    sources->rename_watch("web", "site");
    BOOST_TEST(sources->find("a")->watch == "site");
    BOOST_TEST(sources->counts("web").pending_files == 0u);
    BOOST_TEST(sources->counts("web").parked_files == 0u);
    BOOST_TEST(sources->counts("site").pending_files == 1u);
    BOOST_TEST(sources->counts("site").parked_files == 1u);
    BOOST_TEST(sources->is_parked(*sources->find("b")));
    sources->retire(*sources->find("a"), record(outcome::succeeded));
    sources->retire(*sources->find("b"), record(outcome::succeeded));
    BOOST_TEST(sources->counts("site").pending_files == 0u);
    BOOST_TEST(sources->counts("site").parked_files == 0u);
}

BOOST_AUTO_TEST_CASE(a_source_taken_in_twice_is_counted_once) {
    auto& waiting = sources->admit(file("a", stage::posted{}));
    sources->park(waiting, record(outcome::unconfirmed));
    auto again = file("a");
    again.watch = "site";
    auto& fresh = sources->admit(again);
    BOOST_TEST(sources->parked() == 0u);
    BOOST_TEST(sources->counts("web").parked_files == 0u);
    BOOST_TEST(sources->counts("site").pending_files == 1u);
    sources->retire(fresh, record(outcome::succeeded));
    BOOST_TEST(sources->counts("site").pending_files == 0u);
    BOOST_TEST(sources->counts("site").parked_files == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_added_is_subtracted_although_the_source_has_changed_meanwhile) {
    auto& what = sources->admit(file("a"));
    what.watch = "elsewhere";
    what.slices.push_back({"b.json", "work/b.json", 0, 1, {}});
    what.stage = stage::posted{};
    sources->reassign(what, "site");
    BOOST_TEST(sources->counts("web").pending_files == 0u);
    BOOST_TEST(sources->counts("web").files_in_stage[0] == 0u);
    BOOST_TEST(sources->counts("site").pending_files == 2u);
}

// What only waits is packed, and looks from outside as if it were not.

static const std::string first_id = "00000000-0000-4000-8000-000000000001";
static const std::string second_id = "00000000-0000-4000-8000-000000000002";

BOOST_AUTO_TEST_CASE(what_waits_is_found_where_it_was) {
    auto& what = sources->admit(file(first_id));
    sources->advance(what, stage::posted{{"account", "container", "blob", 1, 2}, wall_time(1s)});
    auto before = what;
    BOOST_TEST(sources->has_idle());
    sources->pack_idle(clock.now());
    BOOST_TEST(!sources->has_idle());
    BOOST_TEST(sources->contains(first_id));
    BOOST_TEST(sources->size() == 1u);
    BOOST_TEST(sources->counts("web").files_in_stage[3] == 1u);
    std::size_t visited = 0;
    sources->each([&](const spool::source& one) { visited += one == before ? 1 : 0; });
    BOOST_TEST(visited == 1u);
    auto* again = sources->find(first_id);
    BOOST_TEST_REQUIRE(again);
    BOOST_TEST((*again == before));
    sources->advance(*again, stage::settled{record(outcome::succeeded)});
    BOOST_TEST(sources->counts("web").files_in_stage[3] == 0u);
    sources->retire(*again, record(outcome::succeeded));
    BOOST_TEST(sources->size() == 0u);
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(what_waits_unconfirmed_stays_parked_when_packed) {
    auto& what = sources->admit(file(first_id, stage::posted{}));
    sources->park(what, record(outcome::unconfirmed));
    sources->pack_idle(clock.now());
    BOOST_TEST(sources->parked() == 1u);
    std::size_t parked = 0;
    sources->each_parked([&](const spool::source& one) {
        parked += sources->is_parked(one) ? 1 : 0;
    });
    BOOST_TEST(parked == 1u);
    auto& found = *sources->find(first_id);
    BOOST_TEST(sources->is_parked(found));
    sources->unpark(found);
    BOOST_TEST(sources->parked() == 0u);
    sources->advance(found, stage::claimed{});
    BOOST_TEST(identity_holds());
}

BOOST_AUTO_TEST_CASE(only_what_waits_and_is_not_in_use_is_packed) {
    auto& claimed = sources->admit(file(first_id));
    auto& posted = sources->admit(file(second_id));
    sources->advance(posted, stage::posted{});
    clock.advance(1s);
    BOOST_TEST(sources->find(second_id) == &posted);
    sources->pack_idle(clock.now() - 500ms);
    BOOST_TEST(sources->find(second_id) == &posted);
    BOOST_TEST(sources->has_idle());
    clock.advance(1s);
    sources->advance(posted, stage::uploaded{});
    sources->pack_idle(clock.now());
    BOOST_TEST(sources->find(first_id) == &claimed);
    BOOST_TEST(sources->find(second_id) == &posted);
    BOOST_TEST(!sources->has_idle());
}

BOOST_AUTO_TEST_CASE(it_is_said_when_something_begins_to_wait) {
    int begun = 0;
    sources->set_on_idle([&] { ++begun; });
    sources->advance(sources->admit(file(first_id)), stage::posted{});
    sources->advance(sources->admit(file(second_id)), stage::posted{});
    BOOST_TEST(begun == 1);
    sources->pack_idle(clock.now());
    sources->find(first_id);
    BOOST_TEST(begun == 2);
}

BOOST_AUTO_TEST_CASE(a_watch_is_renamed_when_packed_too) {
    sources->advance(sources->admit(file(first_id)), stage::posted{});
    sources->pack_idle(clock.now());
    sources->rename_watch("web", "site");
    BOOST_TEST(sources->counts("web").pending_files == 0u);
    BOOST_TEST(sources->counts("site").files_in_stage[3] == 1u);
    std::size_t here = 0;
    sources->each_of("web", [&](const spool::source&) { here += 10; });
    sources->each_of("site", [&](const spool::source&) { ++here; });
    BOOST_TEST(here == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_that_arrives_again_replaces_the_packed_one) {
    sources->advance(sources->admit(file(first_id)), stage::posted{});
    sources->pack_idle(clock.now());
    sources->resume(file(first_id, stage::posted{}));
    BOOST_TEST(sources->size() == 1u);
    BOOST_TEST(sources->counts("web").files_in_stage[3] == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
