#include "pipeline/intake/life.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static constexpr bool is_there = true, is_absent = false;
static constexpr bool is_empty = true, has_files = false;

static watch_options at(const std::string& path, claim_mode how = claim_mode::automatic) {
    watch_options out;
    out.path = path;
    out.claim = how;
    return out;
}

struct living {
    life subject;
    watch_options now = at("/drop");

    // What happens between two turns while so many files are on their way.
    life::transition turn(std::uint64_t pending = 0) {
        auto out = subject.between_turns(pending);
        if (out.options) now = *out.options;
        return out;
    }
    void change(watch_options to) { subject.change(std::move(to), now); }
    bool is_over(bool folder = is_there, bool contents = has_files) const {
        return subject.is_over(folder, contents);
    }
};

BOOST_FIXTURE_TEST_SUITE(life_, living)

BOOST_AUTO_TEST_CASE(it_begins_claiming) {
    BOOST_TEST(subject.may_claim());
    BOOST_TEST(!subject.hurries());
    BOOST_TEST(!subject.is_closed());
    BOOST_TEST(!is_over(is_absent, is_empty));
    auto between = turn(5);
    BOOST_TEST(!between.options.has_value());
    BOOST_TEST(!between.release_folder);
    BOOST_TEST(!between.last_look);
}

BOOST_AUTO_TEST_CASE(other_rules_take_effect_between_turns_whatever_is_on_its_way) {
    auto to = at("/drop");
    to.recursive = true;
    change(to);
    BOOST_TEST(subject.may_claim());
    BOOST_TEST(subject.moves_to() == nullptr);
    auto between = turn(5);
    BOOST_TEST_REQUIRE(between.options.has_value());
    BOOST_TEST(between.options->recursive);
    BOOST_TEST(!between.release_folder);
    BOOST_TEST(!turn().options.has_value());
}

BOOST_AUTO_TEST_CASE(another_folder_waits_until_all_is_retired) {
    change(at("/other"));
    BOOST_TEST(!subject.may_claim());
    BOOST_TEST(subject.hurries());
    BOOST_TEST_REQUIRE(subject.moves_to() != nullptr);
    BOOST_TEST(subject.moves_to()->path == "/other");
    BOOST_TEST(!turn(1).options.has_value());
    auto between = turn(0);
    BOOST_TEST(between.release_folder);
    BOOST_TEST(between.options->path == "/other");
    BOOST_TEST(subject.may_claim());
}

BOOST_AUTO_TEST_CASE(another_way_to_claim_waits_as_well) {
    change(at("/drop", claim_mode::in_place));
    BOOST_TEST(!turn(1).options.has_value());
    BOOST_TEST(turn(0).release_folder);
}

BOOST_AUTO_TEST_CASE(a_move_that_is_taken_back_does_not_release_the_folder) {
    change(at("/other"));
    change(at("/drop"));
    BOOST_TEST(subject.may_claim());
    auto between = turn(1);
    BOOST_TEST(between.options->path == "/drop");
    BOOST_TEST(!between.release_folder);
}

BOOST_AUTO_TEST_CASE(it_leaves_when_all_is_retired) {
    subject.leave();
    BOOST_TEST(subject.is_leaving());
    BOOST_TEST(!subject.may_claim());
    BOOST_TEST(subject.hurries());
    BOOST_TEST(!turn(1).release_folder);
    BOOST_TEST(subject.is_leaving());
    BOOST_TEST(turn(0).release_folder);
    BOOST_TEST(subject.has_left());
    BOOST_TEST(!subject.is_leaving());
    BOOST_TEST(!subject.may_claim());
    BOOST_TEST(!turn(0).release_folder);
    subject.leave();
    BOOST_TEST(subject.has_left());
}

BOOST_AUTO_TEST_CASE(a_change_brings_it_back) {
    subject.leave();
    change(at("/drop"));
    BOOST_TEST(subject.may_claim());
    subject.leave();
    turn();
    BOOST_TEST(subject.has_left());
    change(at("/elsewhere"));
    BOOST_TEST(!subject.has_left());
    auto between = turn();
    BOOST_TEST(between.options->path == "/elsewhere");
    BOOST_TEST(!between.release_folder);
    BOOST_TEST(subject.may_claim());
}

BOOST_AUTO_TEST_CASE(leaving_forgets_a_move) {
    change(at("/other"));
    subject.leave();
    auto between = turn();
    BOOST_TEST(between.release_folder);
    BOOST_TEST(!between.options.has_value());
    BOOST_TEST(subject.has_left());
}

BOOST_AUTO_TEST_CASE(it_finishes_when_a_last_look_shows_an_empty_folder) {
    subject.finish();
    BOOST_TEST(subject.may_claim());
    BOOST_TEST(subject.hurries());
    BOOST_TEST(!is_over(is_there, is_empty));
    BOOST_TEST(turn(3).last_look);
    BOOST_TEST(!turn(3).last_look);
    BOOST_TEST(!is_over(is_there, has_files));
    BOOST_TEST(is_over(is_there, is_empty));
    subject.finish();
    BOOST_TEST(is_over(is_there, is_empty));
}

BOOST_AUTO_TEST_CASE(it_finishes_at_once_without_a_folder) {
    subject.finish();
    BOOST_TEST(is_over(is_absent));
}

BOOST_AUTO_TEST_CASE(what_claims_no_more_has_finished) {
    subject.leave();
    subject.finish();
    BOOST_TEST(subject.is_closed());
    BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(a_change_to_other_rules_does_not_keep_it_from_finishing) {
    change(at("/drop"));
    subject.finish();
    BOOST_TEST(!subject.is_closed());
    BOOST_TEST(turn().last_look);
}

BOOST_AUTO_TEST_CASE(nothing_but_its_end_follows_the_end_of_claiming) {
    subject.finish();
    change(at("/other"));
    subject.leave();
    BOOST_TEST(subject.moves_to() == nullptr);
    BOOST_TEST(!subject.is_leaving());
    subject.close();
    BOOST_TEST(is_over());
    BOOST_TEST(!subject.has_ended());
    change(at("/other"));
    subject.finish();
    BOOST_TEST(subject.is_closed());
    subject.end();
    BOOST_TEST(subject.has_ended());
    subject.close();
    BOOST_TEST(subject.has_ended());
    BOOST_TEST(!turn().options.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
