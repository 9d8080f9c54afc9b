#include "pipeline/failover/failovers.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static constexpr std::size_t west = 0;
static constexpr std::size_t east = 1;

namespace {

// Two clusters that are looked at; time passes in one step at a time.
struct two_clusters {
    static failure down() { return {errc::timeout, remedy::retry, "no answer"}; }
    static cluster_look bad() { return {down(), true, false}; }
    static cluster_look good() { return {}; }
    // Nothing was tried for a while, after something failed.
    static cluster_look quiet() { return {std::nullopt, true, false}; }

    void look(std::size_t cluster, cluster_look seen) {
        states.note(cluster, std::move(seen), now);
    }
    bool is_away() const { return states.is_away(west, east, 15min, now); }
    void fail_over() {
        look(west, bad());
        now += 15min;
        look(west, bad());
    }

    failovers states;
    time_point now{std::chrono::hours(1)};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(failovers_, two_clusters)

BOOST_AUTO_TEST_CASE(nothing_leaves_before_the_time_has_passed) {
    BOOST_TEST(!is_away());
    look(west, bad());
    BOOST_TEST(!is_away());
    now += 15min - 1s;
    BOOST_TEST(!is_away());
    now += 1s;
    BOOST_TEST(is_away());
    BOOST_TEST((states.reason(west).value().code == errc::timeout));
    BOOST_TEST(!states.reason(east));
}

BOOST_AUTO_TEST_CASE(a_success_begins_the_time_again) {
    look(west, bad());
    now += 10min;
    look(west, good());
    look(west, bad());
    now += 10min;
    BOOST_TEST(!is_away());
    now += 5min;
    BOOST_TEST(is_away());
    states.worked(west);
    BOOST_TEST(!is_away());
    BOOST_TEST(!states.reason(west));
}

BOOST_AUTO_TEST_CASE(that_nothing_was_tried_ends_no_outage) {
    fail_over();
    look(west, quiet());
    now += std::chrono::hours(8);
    BOOST_TEST(is_away());
}

BOOST_AUTO_TEST_CASE(nothing_goes_to_a_cluster_that_is_in_trouble_itself) {
    fail_over();
    look(east, bad());
    BOOST_TEST(!is_away());
    look(east, quiet());
    BOOST_TEST(is_away());
}

BOOST_AUTO_TEST_CASE(nothing_leaves_a_cluster_for_itself) {
    fail_over();
    BOOST_TEST(!states.is_away(west, west, 15min, now));
}

BOOST_AUTO_TEST_CASE(one_source_at_a_time_tries_the_cluster) {
    fail_over();
    BOOST_TEST(states.begins_trial(west, "1", now));
    BOOST_TEST(!states.begins_trial(west, "2", now));
    BOOST_TEST(states.is_trial(west, "1", false, now));
    BOOST_TEST(!states.is_trial(west, "2", false, now));
    now += 30s;
    BOOST_TEST(!states.is_trial(west, "1", false, now));
    BOOST_TEST(states.is_trial(west, "1", true, now));  // Its blob is there already.
    BOOST_TEST(!states.begins_trial(west, "2", now));
    now += 1min;
    BOOST_TEST(states.begins_trial(west, "2", now));
    BOOST_TEST(!states.is_trial(west, "1", true, now));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_trial_is_seen_once) {
    fail_over();
    BOOST_TEST(states.begins_trial(west, "1", now));
    BOOST_TEST(!states.takes_ended_trial(now));
    now += 30s;
    BOOST_TEST(states.takes_ended_trial(now));
    BOOST_TEST(!states.takes_ended_trial(now));
}

BOOST_AUTO_TEST_CASE(an_uploaded_trial_does_not_wait_for_ever) {
    fail_over();
    BOOST_TEST(states.begins_trial(west, "1", now));
    now += 6min;
    BOOST_TEST(!states.is_trial(west, "1", true, now));
}

BOOST_AUTO_TEST_CASE(a_cluster_that_has_not_given_what_requests_need_is_not_tried) {
    auto closed = bad();
    closed.can_send = false;
    look(west, closed);
    now += 15min;
    look(west, closed);
    BOOST_TEST(!states.begins_trial(west, "1", now));
    BOOST_TEST(!states.begins_trial(east, "1", now));
    look(west, bad());
    BOOST_TEST(states.begins_trial(west, "1", now));
}

BOOST_AUTO_TEST_CASE(a_trial_that_arrives_ends_the_outage) {
    fail_over();
    BOOST_TEST(states.begins_trial(west, "1", now));
    states.worked(west);
    BOOST_TEST(!is_away());
    BOOST_TEST(!states.is_trial(west, "1", true, now));
}

BOOST_AUTO_TEST_CASE(without_a_source_a_request_tries_the_cluster) {
    look(west, bad());
    now += 89s;
    BOOST_TEST(!states.begins_probe(west, now));  // A source that is due comes first.
    BOOST_TEST(!states.tried_at(west).has_value());
    now += 1s;
    BOOST_TEST(states.begins_probe(west, now));
    BOOST_TEST((states.tried_at(west) == now));
    BOOST_TEST(!states.begins_probe(west, now));
    BOOST_TEST(!states.begins_trial(west, "1", now));
    now += 90s;
    BOOST_TEST(states.begins_probe(west, now));
    BOOST_TEST(!states.begins_probe(east, now));
    states.seems_well(west);
    BOOST_TEST(!is_away());
    BOOST_TEST(!states.reason(west).has_value());
    BOOST_TEST(!states.begins_probe(west, now + 1h));
}

BOOST_AUTO_TEST_CASE(a_source_that_tries_the_cluster_takes_the_place_of_a_request) {
    fail_over();
    BOOST_TEST(states.begins_trial(west, "1", now));
    BOOST_TEST((states.tried_at(west) == now));
    now += 30s;
    BOOST_TEST(!states.begins_probe(west, now));
    BOOST_TEST(states.takes_ended_trial(now));
    now += 1min;
    BOOST_TEST(!states.begins_probe(west, now));
    now += 30s;
    BOOST_TEST(states.begins_probe(west, now));
}

BOOST_AUTO_TEST_CASE(a_cluster_that_only_seemed_well_is_left_at_once) {
    fail_over();
    now += 1h;
    states.seems_well(west);
    look(west, good());
    now += 1h;
    look(west, quiet());
    BOOST_TEST(!is_away());
    look(west, bad());
    BOOST_TEST(is_away());
}

BOOST_AUTO_TEST_CASE(a_source_that_arrived_shows_that_it_is_well) {
    fail_over();
    states.seems_well(west);
    states.worked(west);
    look(west, bad());
    BOOST_TEST(!is_away());
}

BOOST_AUTO_TEST_CASE(no_request_tries_a_cluster_that_has_not_given_what_it_needs) {
    fail_over();
    auto closed = bad();
    closed.can_send = false;
    look(west, closed);
    BOOST_TEST(!states.begins_probe(west, now + 1h));
}

BOOST_AUTO_TEST_SUITE_END()
