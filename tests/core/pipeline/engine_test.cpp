#include "pipeline/engine.hpp"

#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

namespace {

constexpr auto ambiguous_metric = "kustodrop_posts_ambiguous_total";

// One `send` after another over the same files and the same journal. Nothing is posted here: the
// stages that the service brings about are set by the test.
struct sends : test::world {
    ~sends() { kill(); }

    named_files& run() {
        kill();
        spool::journal_options options;
        options.path = state.path("journal.db");
        auto opened = spool::journal::open(io.get_executor(), options, clock, pool, log, measured);
        journal = std::move(*opened);
        engine_parts parts{io.get_executor(), *journal, {}, pool, clock, random, log, measured};
        engine_options how;
        how.inotify = false;
        engine = std::make_unique<pipeline::engine>(std::move(parts), std::move(how));
        BOOST_REQUIRE(!engine->resume({}).has_error());
        watch_options watch;
        watch.name = "send:Demo.Web";
        watch.path = outbox.path();
        watch.on_success = success_action::keep;
        watch.on_failure = failure_action::keep;
        watch.target.database = "Demo";
        watch.target.table = "Web";
        auto files = engine->open_named_files(std::move(watch));
        BOOST_REQUIRE(!files.has_error());
        committing = start(journal->run());
        engine->start();
        settle();
        return **files;
    }

    // What was recorded is on the disk, as after any durable().
    void kill() {
        if (!engine) return;
        engine->cancel();
        cancel(*committing);
        BOOST_REQUIRE(!journal->flush().has_error());
        engine.reset();
        journal.reset();
    }

    void post(spool::source& what) {
        what.posts = 1;
        what.last_post_at = clock.wall_now();
        engine->sources().advance(what, stage::posting{{}, what.last_post_at});
    }

    spool::outcome_record record(spool::outcome outcome) const {
        spool::outcome_record out;
        out.outcome = outcome;
        out.at = clock.wall_now();
        return out;
    }

    double ambiguous() {
        return measured.count(ambiguous_metric, {{"watch", "send:Demo.Web"}}).value();
    }

    test::temp_folder state;
    test::temp_folder outbox;
    metrics measured;
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    worker_pool pool{0};
    random_generator random{1};
    std::unique_ptr<spool::journal> journal;
    std::unique_ptr<pipeline::engine> engine;
    std::shared_ptr<test::task<std::monostate>> committing;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_)

BOOST_FIXTURE_TEST_CASE(a_named_file_is_claimed_in_place_under_an_id_that_begins_with_time, sends) {
    outbox.write("a.csv", "1\n");
    auto taken = run().take("a.csv");
    BOOST_REQUIRE(taken.source);
    BOOST_TEST(taken.source->id[14] == '7');
    BOOST_TEST(taken.source->slices.front().location == "a.csv");
    BOOST_TEST(taken.source->target == "Demo.Web");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_not_there_is_a_problem, sends) {
    auto taken = run().take("a.csv");
    BOOST_TEST(!taken.source);
    BOOST_REQUIRE(taken.problem.has_value());
    BOOST_TEST((taken.problem->code == errc::file_vanished));
}

BOOST_FIXTURE_TEST_CASE(a_send_killed_during_a_post_has_made_an_ambiguous_post, sends) {
    outbox.write("a.csv", "1\n");
    auto* first = run().take("a.csv").source;
    auto id = first->id;
    post(*first);
    auto again = run().take("a.csv");
    BOOST_REQUIRE(again.source);
    BOOST_TEST(again.source->id == id);
    BOOST_TEST(again.source->ambiguous_posts == 1u);
    BOOST_TEST(std::holds_alternative<stage::posting>(again.source->stage));
    BOOST_TEST(ambiguous() == 1);
}

BOOST_FIXTURE_TEST_CASE(an_outcome_that_a_killed_send_knew_is_recorded_by_the_next, sends) {
    outbox.write("a.csv", "1\n");
    auto* first = run().take("a.csv").source;
    auto id = first->id;
    engine->sources().advance(*first, stage::settled{record(spool::outcome::succeeded)});
    run();
    settle();
    BOOST_TEST(engine->sources().size() == 0u);
    auto again = run().take("a.csv");
    BOOST_TEST(!again.source);
    BOOST_REQUIRE(again.sent_before.has_value());
    BOOST_TEST(again.sent_before->source_id == id);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_failed_is_sent_again, sends) {
    outbox.write("a.csv", "1\n");
    auto* first = run().take("a.csv").source;
    auto id = first->id;
    engine->sources().advance(*first, stage::settled{record(spool::outcome::failed)});
    run();
    settle();
    auto again = run().take("a.csv");
    BOOST_REQUIRE(again.source);
    BOOST_TEST(again.source->id != id);
}

BOOST_FIXTURE_TEST_CASE(an_unconfirmed_file_is_sent_again_under_its_id_and_counted, sends) {
    outbox.write("a.csv", "1\n");
    auto* first = run().take("a.csv").source;
    auto id = first->id;
    post(*first);
    engine->sources().park(*first, record(spool::outcome::unconfirmed));
    auto again = run().take("a.csv");
    BOOST_REQUIRE(again.source);
    BOOST_TEST(again.source->id == id);
    BOOST_TEST(again.source->ambiguous_posts == 1u);
    BOOST_TEST(std::holds_alternative<stage::claimed>(again.source->stage));
    BOOST_TEST(ambiguous() == 1);
}

BOOST_FIXTURE_TEST_CASE(an_unconfirmed_file_that_has_changed_is_a_new_source, sends) {
    outbox.write("a.csv", "1\n");
    auto* first = run().take("a.csv").source;
    auto id = first->id;
    engine->sources().park(*first, record(spool::outcome::unconfirmed));
    auto& files = run();
    outbox.write("a.csv", "1\n2\n");
    auto again = files.take("a.csv");
    BOOST_REQUIRE(again.source);
    BOOST_TEST(again.source->id != id);
    BOOST_TEST(engine->sources().find(id) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(sources_of_watches_that_are_not_open_stay_in_the_journal, sends) {
    outbox.write("a.csv", "1\n");
    auto* first = run().take("a.csv").source;
    first->watch = "send:Demo.Other";
    engine->sources().note(*first);
    auto& files = run();
    BOOST_TEST(engine->unclaimed().at("send:Demo.Other") == 1u);
    BOOST_REQUIRE(files.take("a.csv").source);
}

BOOST_AUTO_TEST_SUITE_END()
