#include "async/pacing.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace kustodrop;

static double bytes_in(duration span, std::uint64_t rate, std::size_t piece) {
    token_bucket bucket(rate);
    time_point began{1h};
    auto now = began;
    double sent = 0;
    for (;;) {
        now = std::max(now, bucket.take(piece, now));
        if (now >= began + span) return sent;
        sent += static_cast<double>(piece);
    }
}

// A sender of many that sends piece after piece, and what it has sent.
static asio::awaitable<void> send(pacer& limit, std::size_t pieces, std::size_t& sent) {
    for (std::size_t i = 0; i < pieces; ++i) {
        co_await limit.wait_for(limit.piece_bytes());
        sent += limit.piece_bytes();
    }
}

BOOST_AUTO_TEST_SUITE(pacing)

BOOST_AUTO_TEST_CASE(the_rate_holds_within_5_percent_over_10_seconds) {
    for (std::uint64_t rate : {8'192ull, 100'000ull, 1'000'000ull, 125'000'000ull}) {
        for (std::size_t piece : {1'024u, 65'536u}) {
            if (piece > rate / 4) continue;
            auto sent = bytes_in(10s, rate, piece) / 10;
            BOOST_TEST_CONTEXT(rate << " in pieces of " << piece) {
                BOOST_TEST(sent >= 0.95 * static_cast<double>(rate));
                BOOST_TEST(sent <= 1.05 * static_cast<double>(rate));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_not_used_is_saved_up_for_a_moment_only) {
    token_bucket bucket(1000);
    time_point now{1h};
    BOOST_TEST((bucket.take(100, now) == now));
    now += 1h;
    BOOST_TEST((bucket.take(100, now) == now));
    BOOST_TEST((bucket.take(100, now) == now));
    BOOST_TEST((bucket.take(1, now) == now + 100ms));
}

BOOST_AUTO_TEST_CASE(more_than_a_second_may_send_is_taken_in_one_piece_and_paid_for_after) {
    token_bucket bucket(1000);
    time_point now{1h};
    BOOST_TEST((bucket.take(5000, now) == now));
    BOOST_TEST((bucket.take(1, now) == now + 4900ms));
}

BOOST_AUTO_TEST_CASE(pieces_are_what_the_rate_gives_in_a_moment) {
    test::manual_clock clock;
    BOOST_TEST(pacer(clock, timetable(100'000)).piece_bytes() == 2'000u);
    BOOST_TEST(pacer(clock, timetable(8'192)).piece_bytes() == 1'024u);
    BOOST_TEST(pacer(clock, timetable(1'000'000'000)).piece_bytes() == 65'536u);
}

BOOST_FIXTURE_TEST_CASE(senders_share_the_rate_whatever_they_have_to_send, test::world) {
    pacer limit(clock, timetable(100'000));
    std::vector<std::size_t> sent(3);
    std::vector<std::shared_ptr<test::task<std::monostate>>> senders;
    for (auto& count : sent) senders.push_back(start(send(limit, 1'000, count)));
    for (int i = 0; i < 1'000; ++i) pass(10ms);
    auto all = sent[0] + sent[1] + sent[2];
    BOOST_TEST(all >= 950'000u);
    BOOST_TEST(all <= 1'050'000u);
    for (auto count : sent) BOOST_TEST(count >= all * 3 / 10);
    for (auto& sender : senders) cancel(*sender);
}

BOOST_FIXTURE_TEST_CASE(a_small_sender_is_not_held_up_by_a_large_one, test::world) {
    pacer limit(clock, timetable(100'000));
    std::size_t large = 0;
    std::size_t small = 0;
    auto first = start(send(limit, 1'000, large));
    pass(1s);
    auto second = start(send(limit, 1, small));
    pass(100ms);
    BOOST_TEST(second->done());
    BOOST_TEST(small == limit.piece_bytes());
    cancel(*first);
}

BOOST_AUTO_TEST_SUITE_END()
