#include "pipeline/intake/claiming.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"

#include <fcntl.h>

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
    auto done = claim_files(drop, std::move(batch), {});
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
    auto done = claim_files(drop, std::move(batch), {.marker = ".ok"});
    BOOST_TEST(done[0].slice.has_value());
    BOOST_TEST(done[1].slice.has_value());
    BOOST_TEST(!files.has("a.ok"));
}

BOOST_AUTO_TEST_CASE(leaves_files_in_place_if_that_is_wanted) {
    files.write("a", "1");
    std::vector<claim_attempt> batch{{look("a"), test::first_id}};
    auto done = claim_files(drop, std::move(batch), {.in_place = true});
    BOOST_TEST(done[0].slice->location == "a");
}

namespace {

struct writing : test::dropping {
    claim_rules csv{.cut = {.form = spool::record_form{spool::record_syntax::separated, ','}}};

    spool::descriptor writer_of(const std::string& name) const {
        return spool::descriptor(::open(files.path(name).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    }
    claim_attempt claim(const std::string& name, bool is_overdue = false) {
        std::vector<claim_attempt> batch{{look(name), test::first_id, is_overdue}};
        return claim_files(drop, std::move(batch), csv).front();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_that_a_writer_has_open_is_left_until_it_is_overdue, writing) {
    files.write("a", "1,2\n");
    {
        auto writer = writer_of("a");
        auto held = claim("a");
        BOOST_TEST(held.is_held);
        BOOST_TEST(!held.slice.has_value());
        BOOST_TEST(files.has("a"));
        BOOST_TEST(claim("a", true).slice.has_value());
    }
    files.write("b", "1,2\n");
    auto closed = claim("b");
    BOOST_TEST(!closed.is_held);
    BOOST_TEST(closed.slice->length_bytes == 4u);
    BOOST_TEST(closed.slice->end_check != 0u);
}

BOOST_FIXTURE_TEST_CASE(what_may_grow_is_cut_at_the_end_of_a_record, writing) {
    files.write("a", "1,2\n3,");
    auto writer = writer_of("a");
    auto cut = claim("a", true);
    BOOST_TEST_REQUIRE(cut.slice.has_value());
    BOOST_TEST(cut.slice->length_bytes == 4u);
    BOOST_TEST(cut.slice->has_rest());
}

BOOST_FIXTURE_TEST_CASE(a_file_without_a_writer_or_with_a_marker_is_whole, writing) {
    files.write("a", "1,2\n3,");
    BOOST_TEST(claim("a").slice->length_bytes == 6u);
    files.write("b", "1,2\n3,");
    files.write("b.ok", "");
    csv.marker = ".ok";
    auto writer = writer_of("b");
    BOOST_TEST(claim("b").slice->length_bytes == 6u);
}

BOOST_FIXTURE_TEST_CASE(what_has_no_whole_record_yet_is_undecided, writing) {
    files.write("a", "1,2");
    auto writer = writer_of("a");
    auto none = claim("a", true);
    BOOST_TEST_REQUIRE(none.slice.has_value());
    BOOST_TEST(is_undecided(*none.slice));
}

BOOST_FIXTURE_TEST_CASE(in_place_a_file_is_only_taken_whole, writing) {
    files.write("a", "1,2\n3,");
    auto writer = writer_of("a");
    csv.in_place = csv.cut.in_place = true;
    csv.cut.unchanged_looks = most_looks_at_an_open_file;
    BOOST_TEST(claim("a").is_held);
    BOOST_TEST(claim("a", true).slice->length_bytes == 6u);
}

BOOST_FIXTURE_TEST_CASE(contents_of_small_files_are_kept_as_far_as_there_is_room, writing) {
    files.write("a", "1,a\n");
    files.write("b", "2,b\n");
    files.write("c", "3\n");
    std::vector<claim_attempt> batch{
        {look("a"), test::first_id},
        {look("b"), test::second_id},
        {look("c"), "33333333-aaaa-4bbb-8ccc-000000000003"}};
    csv.keep_bytes = 7;
    auto done = claim_files(drop, std::move(batch), csv);
    BOOST_TEST(done[0].content == "1,a\n");
    BOOST_TEST(done[1].content.empty());
    BOOST_TEST(done[2].content == "3\n");
}

BOOST_FIXTURE_TEST_CASE(no_content_is_kept_of_what_may_grow_or_is_large_or_compressed, writing) {
    csv.keep_bytes = 1u << 20u;
    files.write("a", "1,a\n2");
    auto writer = writer_of("a");
    BOOST_TEST(claim("a", true).content.empty());
    files.write("b", std::string(20'000, '1') + "\n");
    BOOST_TEST(claim("b").content.empty());
    files.write("c", std::string("\x1f\x8b\x08\0\0\0\0\0", 8));
    BOOST_TEST(claim("c").content.empty());
}

BOOST_AUTO_TEST_SUITE_END()
