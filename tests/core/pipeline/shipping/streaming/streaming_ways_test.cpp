#include "pipeline/shipping/streaming/streaming_ways.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using step = kusto::streaming_step;

namespace {

struct ways_world {
    ways_world() {
        what.id = "a";
        what.watch = "web";
        what.slices.resize(1);
        what.slices.front().length_bytes = 1000;
        from.target.database = "Logs";
        from.target.table = "Web";
        from.target.delivery = delivery_way::streaming;
    }

    bool streams() const { return ways.streams(what, from, 4096, now); }

    streaming_ways::change ended(step how, std::optional<duration> retry_after = {}) {
        kusto::streaming_reply said{how, {}};
        said.why.retry_after = retry_after;
        return ways.ended(what, "Logs.Web", said, now, random);
    }

    // Its answer is lost so long after it was sent.
    bool lost(duration after = 1s) {
        auto sent_at = now;
        ways.begins("Logs.Web", sent_at);
        now += after;
        failure why{errc::timeout, remedy::retry, "no answer"};
        return ways.lost("Logs.Web", why, sent_at, now);
    }

    bool is_paused_after(duration time) const {
        return ways.paused("Logs.Web", now + time).has_value();
    }

    spool::source what;
    watch_options from;
    time_point now{1h};
    random_generator random{7};
    streaming_ways ways;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(streaming_ways_, ways_world)

BOOST_AUTO_TEST_CASE(small_sources_of_a_watch_that_streams_are_streamed) {
    BOOST_TEST(streams());
    what.slices.front().length_bytes = 4097;
    BOOST_TEST(!streams());
}

BOOST_AUTO_TEST_CASE(those_of_other_watches_and_formats_are_not) {
    from.target.delivery = delivery_way::queued;
    BOOST_TEST(!streams());
    from.target.delivery = delivery_way::streaming;
    from.target.format = kusto::data_format::parquet;
    BOOST_TEST(!streams());
}

BOOST_AUTO_TEST_CASE(only_from_the_file) {
    what.stage = spool::stage::uploaded{};
    BOOST_TEST(!streams());
    what.stage = spool::stage::posting{};
    BOOST_TEST(!streams());
}

BOOST_AUTO_TEST_CASE(never_where_an_answer_was_lost_or_a_notification_may_come) {
    what.ambiguous_posts = 1;
    BOOST_TEST(!streams());
    what.ambiguous_posts = 0;
    what.reported.in_queue = true;
    BOOST_TEST(!streams());
    what.reported = {};
    what.reported.in_table = true;
    BOOST_TEST(!streams());
    what.reported = {};
    what.reported.in_answer = true;
    BOOST_TEST(streams());
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_queued_alone) {
    auto after = ended(step::queue_this);
    BOOST_TEST((after.next == streaming_ways::next::queue));
    BOOST_TEST(!after.begins);
    BOOST_TEST(!streams());
    what.id = "b";
    BOOST_TEST(streams());
    what.id = "a";
    ways.forget("a");
    BOOST_TEST(streams());
}

BOOST_AUTO_TEST_CASE(a_table_that_does_not_stream_is_queued_for_a_quarter_of_an_hour) {
    for (auto how : {step::queue_for_long, step::queue_for_rights}) {
        auto after = ended(how);
        BOOST_TEST(after.begins);
        BOOST_TEST(!streams());
        BOOST_TEST(is_paused_after(14min));
        BOOST_TEST(!is_paused_after(15min));
    }
}

BOOST_AUTO_TEST_CASE(other_tables_stream_meanwhile) {
    ended(step::queue_for_long);
    from.target.table = "Other";
    BOOST_TEST(streams());
}

BOOST_AUTO_TEST_CASE(throttling_is_waited_for_with_jitter) {
    ended(step::queue_for_moment);
    BOOST_TEST(is_paused_after(4999ms));
    BOOST_TEST(!is_paused_after(15s));
    ended(step::queue_for_moment, 30s);
    BOOST_TEST(is_paused_after(29s));
    BOOST_TEST(!is_paused_after(40s));
}

BOOST_AUTO_TEST_CASE(an_endpoint_out_of_reach_is_tried_each_minute) {
    ended(step::queue_for_outage);
    BOOST_TEST(is_paused_after(59s));
    BOOST_TEST(!is_paused_after(60s));
}

BOOST_AUTO_TEST_CASE(a_pause_that_repeats_itself_is_no_news) {
    BOOST_TEST(ended(step::queue_for_outage).begins);
    now += 2min;
    BOOST_TEST(streams());
    BOOST_TEST(!ended(step::queue_for_outage).begins);
    BOOST_TEST(ended(step::queue_for_long).begins);
}

BOOST_AUTO_TEST_CASE(a_success_ends_the_pause) {
    ended(step::queue_for_moment);
    BOOST_TEST(ways.succeeded("a", "Logs.Web", now));
    BOOST_TEST(streams());
    BOOST_TEST(!ways.succeeded("a", "Logs.Web", now));
}

BOOST_AUTO_TEST_CASE(a_success_of_what_was_under_way_when_the_pause_began_does_not_end_it) {
    auto sent_at = now - 1s;
    ended(step::queue_for_moment, 1min);
    BOOST_TEST(!ways.succeeded("b", "Logs.Web", sent_at));
    BOOST_TEST(!streams());
    BOOST_TEST(is_paused_after(59s));
}

BOOST_AUTO_TEST_CASE(of_several_answers_the_one_that_asks_for_the_longest_pause_counts) {
    ended(step::queue_for_moment, 5min);
    for (auto how : {step::queue_for_moment, step::queue_for_outage}) {
        auto after = ended(how);
        BOOST_TEST((after.next == streaming_ways::next::queue));
        BOOST_TEST(!after.begins);
        BOOST_TEST(is_paused_after(5min - 1s));
    }
    lost();
    BOOST_TEST(!lost());
    ways.answered("Logs.Web");
    BOOST_TEST(is_paused_after(4min));
}

BOOST_AUTO_TEST_CASE(two_lost_answers_in_a_row_pause_a_table_for_longer_each_time) {
    BOOST_TEST(!lost());
    BOOST_TEST(streams());
    BOOST_TEST(lost());
    for (auto length : {1min, 2min, 4min, 8min, 15min, 15min}) {
        BOOST_TEST(is_paused_after(length - 1s));
        BOOST_TEST(!is_paused_after(length));
        now += length;
        BOOST_TEST(!lost());
    }
    auto why = ways.paused("Logs.Web", now);
    BOOST_REQUIRE(why.has_value());
    BOOST_TEST((why->because == step::unanswered));
    BOOST_TEST(why->why.detail == "no answer");
}

BOOST_AUTO_TEST_CASE(an_answer_between_two_lost_ones_shows_that_they_are_accidents) {
    for (auto how : {step::queue_this, step::try_again, step::queue_for_moment}) {
        BOOST_TEST(!lost());
        ended(how);
        now += 1min;
    }
    BOOST_TEST(!lost());
    ways.answered("Logs.Web");
    BOOST_TEST(!lost());
    ways.succeeded("a", "Logs.Web", now);
    BOOST_TEST(!lost());
    ended(step::queue_for_outage);
    BOOST_TEST(lost());
}

BOOST_AUTO_TEST_CASE(those_that_were_sent_together_count_once_they_pause) {
    auto sent_at = now;
    failure why{errc::timeout, remedy::retry, "no answer"};
    for (int i = 0; i < 5; ++i) ways.lost("Logs.Web", why, sent_at, now + 1s * i);
    now += 1min + 1s;
    BOOST_TEST(streams());
    BOOST_TEST(!lost(10s));
    BOOST_TEST(is_paused_after(119s));
    BOOST_TEST(!is_paused_after(2min));
}

BOOST_AUTO_TEST_CASE(only_one_request_tries_whether_answers_come_again) {
    lost();
    lost();
    now += 1min;
    BOOST_TEST(streams());
    ways.begins("Logs.Web", now);
    BOOST_TEST(!streams());
    ways.answered("Logs.Web");
    BOOST_TEST(streams());
}

BOOST_AUTO_TEST_CASE(three_troubles_of_the_service_and_it_is_queued) {
    BOOST_TEST((ended(step::try_again).next == streaming_ways::next::again));
    BOOST_TEST((ended(step::try_again).next == streaming_ways::next::again));
    BOOST_TEST(streams());
    BOOST_TEST((ended(step::try_again).next == streaming_ways::next::queue));
    BOOST_TEST(!streams());
}

BOOST_AUTO_TEST_SUITE_END()
