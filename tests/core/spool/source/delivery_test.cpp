#include "spool/source/source.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(delivery)

BOOST_AUTO_TEST_CASE(each_way_of_a_source_is_named) {
    BOOST_TEST(way_of({}) == "");
    BOOST_TEST(way_of({.in_queue = true}) == "queued");
    BOOST_TEST(way_of({.in_table = true}) == "queued");
    BOOST_TEST(way_of({.in_operation = true}) == "rest");
    BOOST_TEST(way_of({.in_queue = true, .in_operation = true}) == "rest, queued");
    BOOST_TEST(way_of({.in_answer = true}) == "streaming");
    BOOST_TEST(way_of({.in_queue = true, .in_answer = true}) == "streaming, queued");
}

BOOST_AUTO_TEST_CASE(of_a_stream_no_notification_comes) {
    report_places streamed{.in_answer = true};
    BOOST_TEST(!streamed.any());
    BOOST_TEST(streamed.only_in_answer());
    streamed.in_queue = true;
    BOOST_TEST(!streamed.only_in_answer());
    BOOST_TEST(!report_places{}.only_in_answer());
}

BOOST_AUTO_TEST_CASE(what_was_streamed_has_no_blob) {
    source what;
    what.stage = stage::posting{};
    BOOST_TEST(!is_streamed(what));
    what.reported.in_answer = true;
    BOOST_TEST(is_streamed(what));
    what.stage = stage::posting{{"account", "container", "name"}};
    BOOST_TEST(!is_streamed(what));
    what.stage = stage::claimed{};
    BOOST_TEST(!is_streamed(what));
}

BOOST_AUTO_TEST_CASE(it_is_sent_again_from_its_blob_or_from_its_file) {
    blob_record blob{"account", "container", "name"};
    BOOST_TEST((unposted(stage::posted{blob}) == any_stage(stage::uploaded{blob})));
    BOOST_TEST((unposted(stage::posting{}) == any_stage(stage::claimed{})));
    BOOST_TEST((unposted(stage::settled{}) == any_stage(stage::claimed{})));
}

BOOST_AUTO_TEST_CASE(what_is_not_posted_may_have_to_be_given_to_the_service) {
    BOOST_TEST(is_unposted(stage::claimed{}));
    BOOST_TEST(is_unposted(stage::uploaded{}));
    BOOST_TEST(is_unposted(stage::posting{}));
    BOOST_TEST(!is_unposted(stage::posted{}));
    BOOST_TEST(!is_unposted(stage::settled{}));
    BOOST_TEST(!is_unposted(stage::retired{}));
}

BOOST_AUTO_TEST_SUITE_END()
