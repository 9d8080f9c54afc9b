#include "line/line_shape.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::bench;

namespace {

line_shape stalling() {
    line_shape out;
    out.stall = 4s;
    out.stall_every = 40s;
    return out;
}

// How much one connection gets through in this time, if it always has something to send.
std::uint64_t carried(const line_shape& shape, duration span) {
    line_way way(shape);
    std::uint64_t bytes = 0;
    for (duration now{}; now < span; bytes += 10'000) now = way.leaves_at(10'000, now);
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(line_shape_)

BOOST_AUTO_TEST_CASE(the_line_carries_its_rate_and_no_more) {
    line_shape shape;
    auto bytes = static_cast<double>(carried(shape, 10s));
    BOOST_TEST(bytes >= 0.99 * 10 * static_cast<double>(shape.bytes_per_second));
    BOOST_TEST(bytes <= 1.01 * 10 * static_cast<double>(shape.bytes_per_second));
}

BOOST_AUTO_TEST_CASE(pieces_of_all_connections_leave_one_after_the_other) {
    line_shape shape;
    shape.bytes_per_second = 1'000'000;
    line_way way(shape);
    BOOST_TEST((way.leaves_at(1000, 1s) == 1001ms));
    BOOST_TEST((way.leaves_at(1000, 1s) == 1002ms));
    BOOST_TEST((way.leaves_at(1000, 2s) == 2001ms));  // What was not used is lost.
}

BOOST_AUTO_TEST_CASE(each_interval_has_one_stall_and_it_ends_within) {
    auto shape = stalling();
    stall_plan plan(shape);
    for (std::uint64_t interval = 0; interval < 1000; ++interval) {
        auto [begin, end] = plan.stall(interval);
        auto first = static_cast<long>(interval) * shape.stall_every;
        BOOST_TEST((begin >= first && end <= first + shape.stall_every));
        BOOST_TEST((end - begin == shape.stall));
    }
}

BOOST_AUTO_TEST_CASE(nothing_leaves_during_a_stall_and_what_it_interrupts_goes_on_after_it) {
    auto shape = stalling();
    stall_plan plan(shape);
    auto [begin, end] = plan.stall(3);
    BOOST_TEST((plan.end_of(begin - 1s, 500ms) == begin - 500ms));
    BOOST_TEST((plan.end_of(begin - 1s, 2s) == end + 1s));
    BOOST_TEST((plan.end_of(begin + 1s, 2s) == end + 2s));
    BOOST_TEST((plan.end_of(end, 1ms) == end + 1ms));
}

BOOST_AUTO_TEST_CASE(a_line_that_stalls_carries_less_by_the_time_that_it_rests) {
    auto bytes = static_cast<double>(carried(stalling(), 400s));
    auto most = 400.0 * static_cast<double>(line_shape().bytes_per_second);
    BOOST_TEST(bytes >= 0.89 * most);
    BOOST_TEST(bytes <= 0.91 * most);
}

BOOST_AUTO_TEST_CASE(jitter_lies_evenly_around_half_a_round_trip) {
    line_shape shape;
    shape.jitter = 20ms;
    duration sum{}, least = 1h, most{};
    for (std::uint64_t piece = 0; piece < 10'000; ++piece) {
        auto time = time_under_way(shape, piece);
        sum += time;
        least = std::min(least, time);
        most = std::max(most, time);
    }
    BOOST_TEST((sum / 10'000 > 39'500us && sum / 10'000 < 40'500us));
    BOOST_TEST((least >= 30ms && least < 31ms));
    BOOST_TEST((most <= 50ms && most > 49ms));
}

BOOST_AUTO_TEST_CASE(a_piece_is_what_the_line_carries_in_five_milliseconds_within_bounds) {
    line_shape shape;
    BOOST_TEST(piece_bytes(shape) == 12'500u);
    shape.bytes_per_second = 250'000;
    BOOST_TEST(piece_bytes(shape) == 1'448u);
    shape.bytes_per_second = 125'000'000;
    BOOST_TEST(piece_bytes(shape) == 65'536u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(send_window_)

BOOST_AUTO_TEST_CASE(a_connection_begins_with_ten_packets_and_doubles_each_round_trip) {
    line_shape shape;
    send_window window(shape);
    std::vector<std::uint64_t> rounds;
    for (duration now{}; rounds.size() < 4; now += 80ms) {
        auto room = window.room(now);
        rounds.push_back(room);
        window.sent(room, now);
        BOOST_TEST(window.room(now) == 0u);
        window.acknowledged_at(room, now + 80ms);
        BOOST_TEST((window.next() == now + 80ms));
    }
    BOOST_TEST(rounds == (std::vector<std::uint64_t>{14'600, 29'200, 58'400, 116'800}));
}

BOOST_AUTO_TEST_CASE(what_is_not_needed_does_not_widen_it) {
    send_window window{line_shape()};
    for (auto now = 0ms; now < 10s; now += 80ms) {
        window.sent(1000, now);
        window.acknowledged_at(1000, now + 80ms);
        window.room(now + 80ms);
    }
    BOOST_TEST(window.room(10s) == send_window::first_bytes);
}

BOOST_AUTO_TEST_CASE(after_a_rest_it_begins_again) {
    send_window window{line_shape()};
    window.sent(14'600, 0ms);
    window.acknowledged_at(14'600, 80ms);
    BOOST_TEST(window.room(80ms) == 29'200u);
    BOOST_TEST(window.room(200ms) == 29'200u);
    BOOST_TEST(window.room(1s) == send_window::first_bytes);
}

BOOST_AUTO_TEST_CASE(it_never_exceeds_what_a_receiver_offers) {
    send_window window{line_shape()};
    duration now{};
    for (int round = 0; round < 20; ++round, now += 80ms) {
        auto room = window.room(now);
        window.sent(room, now);
        window.acknowledged_at(room, now + 80ms);
    }
    BOOST_TEST(window.room(now) == send_window::most_bytes);
}

BOOST_AUTO_TEST_SUITE_END()
