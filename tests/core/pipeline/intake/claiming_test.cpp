#include "pipeline/intake/claiming.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

static claim_facts plenty() {
    claim_facts out;
    out.pending_files = 10;
    out.max_pending_files = 1000;
    out.ready_room = 500;
    out.batch_files = 256;
    return out;
}

BOOST_AUTO_TEST_SUITE(room_for_claims_)

BOOST_AUTO_TEST_CASE(a_batch_is_claimed_where_nothing_speaks_against_it) {
    BOOST_TEST(room_for_claims(plenty()) == 256u);
}

BOOST_AUTO_TEST_CASE(it_is_what_the_ready_queue_takes_if_that_is_less) {
    auto facts = plenty();
    facts.ready_room = 7;
    BOOST_TEST(room_for_claims(facts) == 7u);
}

BOOST_AUTO_TEST_CASE(it_ends_at_max_pending) {
    auto facts = plenty();
    facts.pending_files = 997;
    BOOST_TEST(room_for_claims(facts) == 3u);
    facts.pending_files = 1000;
    BOOST_TEST(room_for_claims(facts) == 0u);
    facts.pending_files = 1001;
    BOOST_TEST(room_for_claims(facts) == 0u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_recorded_is_not_claimed) {
    auto facts = plenty();
    facts.can_record = false;
    BOOST_TEST(room_for_claims(facts) == 0u);
}

BOOST_AUTO_TEST_CASE(a_paused_watch_claims_one_file_if_it_has_none_to_probe_with) {
    auto facts = plenty();
    facts.is_paused = true;
    facts.ready_room = 0;
    BOOST_TEST(room_for_claims(facts) == 1u);
    facts.has_probe = true;
    BOOST_TEST(room_for_claims(facts) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(claim_files_, test::dropping)

BOOST_AUTO_TEST_CASE(claims_what_is_there_and_says_of_the_rest_why_not) {
    files.write("a", "1");
    files.write("b", "1");
    std::vector<claim_attempt> batch{{look("a"), test::first_id}, {look("b"), test::second_id}};
    std::filesystem::remove(files.path("a"));
    auto done = claim_files(drop, std::move(batch), false, "");
    BOOST_TEST(done[0].problem->code == errc::file_vanished);
    BOOST_TEST(!done[0].slice.has_value());
    BOOST_TEST(!done[1].problem.has_value());
    BOOST_TEST(files.has(done[1].slice->location));
}

BOOST_AUTO_TEST_CASE(removes_the_marker_with_its_file) {
    files.write("a", "1");
    files.write("a.ok", "");
    files.write("b", "1");
    std::vector<claim_attempt> batch{{look("a"), test::first_id}, {look("b"), test::second_id}};
    auto done = claim_files(drop, std::move(batch), false, ".ok");
    BOOST_TEST(done[0].slice.has_value());
    BOOST_TEST(done[1].slice.has_value());
    BOOST_TEST(!files.has("a.ok"));
}

BOOST_AUTO_TEST_CASE(leaves_files_in_place_if_that_is_wanted) {
    files.write("a", "1");
    std::vector<claim_attempt> batch{{look("a"), test::first_id}};
    auto done = claim_files(drop, std::move(batch), true, "");
    BOOST_TEST(done[0].slice->location == "a");
}

BOOST_AUTO_TEST_SUITE_END()
