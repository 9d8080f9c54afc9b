#include "core/pipeline/outcomes/awaiting.hpp"
#include "pipeline/retrying/retry.hpp"

using namespace kustodrop;

namespace {

// Two watches that are paused, with a source held at each, and one unconfirmed source of "web".
struct two_paused : test::awaiting {
    two_paused() {
        pipeline::watch_options options;
        options.name = "other";
        watches.add(options);
        for (auto* name : {"web", "other"}) {
            auto& gate = watches.find(name)->gates.of("");
            for (int i = 0; i < 5; ++i) {
                auto id = "r" + std::to_string(i);
                gate.refused({id, "BadRequest_TableNotExist", "no table"}, clock.now());
            }
            gate.hold("held");
        }
        auto& what = posted(1);
        spool::outcome_record record;
        record.outcome = spool::outcome::unconfirmed;
        record.code = "no_notification";
        sources->park(what, record);
        settle();
    }
    ~two_paused() { stop(); }

    std::size_t retry(pipeline::retry_request wanted) {
        pipeline::retry_parts with{
            *sources, ready, watches, *journal, pool, clock, random, log, measured};
        auto done = start(pipeline::retry(with, std::move(wanted)));
        settle();
        BOOST_REQUIRE(done->done());
        return done->value.value()->files.size();
    }
    bool is_paused(const char* name) { return watches.find(name)->gates.is_paused(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(retry_wakes_, two_paused)

BOOST_AUTO_TEST_CASE(a_retry_that_matches_nothing_wakes_no_watch) {
    pipeline::retry_request wanted;
    wanted.code = "Stream_WrongNumberOfFields";
    BOOST_TEST(retry(wanted) == 0u);
    BOOST_TEST(is_paused("web"));
    BOOST_TEST(is_paused("other"));
}

BOOST_AUTO_TEST_CASE(a_retry_of_one_source_wakes_its_watch_alone) {
    pipeline::retry_request wanted;
    wanted.source_id = id_of(1);
    BOOST_TEST(retry(wanted) == 1u);
    BOOST_TEST(!is_paused("web"));
    BOOST_TEST(is_paused("other"));
}

BOOST_AUTO_TEST_CASE(a_watch_that_is_named_is_woken_whatever_matches) {
    pipeline::retry_request wanted;
    wanted.watch = "other";
    BOOST_TEST(retry(wanted) == 0u);
    BOOST_TEST(is_paused("web"));
    BOOST_TEST(!is_paused("other"));
}

BOOST_AUTO_TEST_CASE(a_retry_of_all_wakes_the_watches_that_had_something) {
    BOOST_TEST(retry({}) == 1u);
    BOOST_TEST(!is_paused("web"));
    BOOST_TEST(is_paused("other"));
}

BOOST_AUTO_TEST_CASE(a_dry_run_wakes_nothing_and_sends_nothing) {
    pipeline::retry_request wanted;
    wanted.dry_run = true;
    BOOST_TEST(retry(wanted) == 1u);
    BOOST_TEST(retry(wanted) == 1u);
    BOOST_TEST(is_paused("web"));
    BOOST_TEST(is_paused("other"));
    wanted.dry_run = false;
    BOOST_TEST(retry(wanted) == 1u);
    BOOST_TEST(!is_paused("web"));
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_is_found_by_the_name_of_its_file) {
    pipeline::retry_request wanted;
    wanted.file = "no-such-name";
    BOOST_TEST(retry(wanted) == 0u);
    wanted.file = sources->find(id_of(1))->slices.at(0).name;
    BOOST_TEST(retry(wanted) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
