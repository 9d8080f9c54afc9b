#include "pipeline/ready_queue.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::ready_queue;

// Ids say whose they are: "web 7", and "web huge" is large. Those of the watch "east" have a line
// of their own.
struct line : test::world {
    line() {
        queue.set_classifier([](const std::string& id) {
            auto watch = id.substr(0, id.find(' '));
            bool is_large = id.find("huge") != std::string::npos;
            return ready_queue::standing{watch, is_large, watch == "east" ? 1u : 0u};
        });
    }

    ready_queue queue{io.get_executor(), clock, {2, 1}};

    std::string next(std::size_t of = 0) {
        auto popped = start(queue.pop(of));
        settle();
        if (popped->done()) return popped->value.value().value();
        cancel(*popped);
        return "nothing";
    }
    void push(std::string id) { queue.push(std::move(id), clock.now()); }
};

BOOST_FIXTURE_TEST_SUITE(ready_queue_, line)

BOOST_AUTO_TEST_CASE(serves_the_earliest_due_first) {
    queue.push("later", clock.now() + 10s);
    queue.push("now", clock.now());
    auto first = start(queue.pop());
    BOOST_TEST(first->value.value().value() == "now");
    auto second = start(queue.pop());
    BOOST_TEST(!second->done());
    pass(10s);
    BOOST_TEST(second->value.value().value() == "later");
}

BOOST_AUTO_TEST_CASE(an_earlier_arrival_overtakes_a_waiting_shipper) {
    queue.push("later", clock.now() + 10s);
    auto waiting = start(queue.pop());
    queue.push("now", clock.now());
    settle();
    BOOST_TEST(waiting->value.value().value() == "now");
}

BOOST_AUTO_TEST_CASE(lines_do_not_wait_for_each_other) {
    push("web huge");
    push("east huge");
    queue.push("east 2", clock.now() + 10s);
    BOOST_TEST(next(1) == "east huge");
    BOOST_TEST(next(1) == "nothing");
    BOOST_TEST(next() == "web huge");
    BOOST_TEST(queue.served(0) == 1u);
    BOOST_TEST(queue.served(1) == 1u);
    queue.wake(0);
    BOOST_TEST(next(1) == "nothing");
    queue.wake(1);
    BOOST_TEST(next(1) == "east 2");
}

BOOST_AUTO_TEST_CASE(a_source_that_is_put_back_goes_to_the_line_that_it_belongs_to_by_then) {
    std::size_t of = 0;
    queue.set_classifier([&](const std::string&) { return ready_queue::standing{"a", false, of}; });
    push("a 1");
    BOOST_TEST(next() == "a 1");
    of = 1;
    push("a 1");
    BOOST_TEST(next(1) == "nothing");
    queue.finished("a 1");
    BOOST_TEST(next(0) == "nothing");
    BOOST_TEST(next(1) == "a 1");
}

BOOST_AUTO_TEST_CASE(what_changes_its_line_is_due_there_and_keeps_its_order) {
    std::size_t of = 0;
    queue.set_classifier([&](const std::string& id) {
        return ready_queue::standing{"a", false, id == "a stays" ? 0 : of};
    });
    push("a 1");
    push("a 2");
    BOOST_TEST(next() == "a 1");
    push("a stays");
    queue.push("a later", clock.now() + std::chrono::hours(1));
    queue.sort_again();
    BOOST_TEST(next(1) == "nothing");
    of = 1;
    queue.sort_again();
    queue.sort_again();
    BOOST_TEST(next(1) == "a 2");
    BOOST_TEST(next(1) == "a later");
    BOOST_TEST(next(1) == "nothing");
    BOOST_TEST(next(0) == "a stays");
    BOOST_TEST(next(0) == "nothing");
    BOOST_TEST(queue.size() == 0u);
    BOOST_TEST(queue.room("a") == 2u);
}

BOOST_AUTO_TEST_CASE(each_watch_has_room_of_its_own) {
    push("web 1");
    queue.push("web 2", clock.now() + 10s);
    BOOST_TEST(queue.room("web") == 0u);
    BOOST_TEST(queue.room("app") == 2u);
    BOOST_TEST(next() == "web 1");
    BOOST_TEST(queue.room("web") == 1u);
}

BOOST_AUTO_TEST_CASE(takes_claimed_sources_back_even_when_full) {
    for (auto id : {"web a", "web b", "web c"}) push(id);
    BOOST_TEST(queue.size() == 3u);
    BOOST_TEST(queue.room("web") == 0u);
}

BOOST_AUTO_TEST_CASE(the_watches_take_turns) {
    for (int i = 0; i < 100; ++i) push("web " + std::to_string(i));
    BOOST_TEST(next() == "web 0");
    push("app 0");
    push("db 0");
    push("app 1");
    BOOST_TEST(next() == "app 0");
    BOOST_TEST(next() == "db 0");
    BOOST_TEST(next() == "web 1");
    BOOST_TEST(next() == "app 1");
    BOOST_TEST(next() == "web 2");
}

BOOST_AUTO_TEST_CASE(a_watch_with_very_many_files_does_not_hold_up_another) {
    for (int i = 0; i < 100'000; ++i) push("web " + std::to_string(i));
    // One file every tenth turn, each served within the next two.
    for (int i = 0; i < 100; ++i) {
        push("app " + std::to_string(i));
        auto served = next() + ", " + next();
        BOOST_TEST(served.find("app") != std::string::npos);
        for (int j = 0; j < 8; ++j) next();
    }
}

BOOST_AUTO_TEST_CASE(small_sources_pass_when_enough_large_ones_are_served) {
    push("web huge 1");
    push("web huge 2");
    push("web 3");
    push("app huge 4");
    push("app 5");
    BOOST_TEST(next() == "app huge 4");
    BOOST_TEST(next() == "web 3");
    BOOST_TEST(next() == "app 5");
    BOOST_TEST(next() == "nothing");
    queue.finished("web 3");
    BOOST_TEST(next() == "nothing");
}

BOOST_AUTO_TEST_CASE(the_next_large_source_is_served_when_one_is_finished) {
    push("web huge 1");
    push("web huge 2");
    BOOST_TEST(next() == "web huge 1");
    auto waiting = start(queue.pop());
    settle();
    BOOST_TEST(!waiting->done());
    queue.finished("web huge 1");
    settle();
    BOOST_TEST(waiting->value.value().value() == "web huge 2");
}

BOOST_AUTO_TEST_CASE(large_and_small_of_one_watch_keep_their_order_while_they_can) {
    for (auto id : {"web 1", "web huge 2", "web 3"}) push(id);
    BOOST_TEST(next() == "web 1");
    BOOST_TEST(next() == "web huge 2");
    BOOST_TEST(next() == "web 3");
}

BOOST_AUTO_TEST_CASE(what_is_put_in_line_while_a_shipper_has_it_waits_until_that_one_is_done) {
    push("web 1");
    BOOST_TEST(next() == "web 1");
    push("web 1");
    queue.push("web 1", clock.now() + 10s);
    push("web 2");
    BOOST_TEST(next() == "web 2");
    auto waiting = start(queue.pop());
    settle();
    BOOST_TEST(!waiting->done());
    queue.finished("web 1");
    settle();
    BOOST_TEST(waiting->value.value().value() == "web 1");
    queue.finished("web 1");
    BOOST_TEST(next() == "nothing");
}

BOOST_AUTO_TEST_CASE(one_that_is_put_off_by_its_shipper_comes_at_its_time) {
    push("web 1");
    BOOST_TEST(next() == "web 1");
    queue.push("web 1", clock.now() + 10s);
    queue.finished("web 1");
    auto waiting = start(queue.pop());
    settle();
    BOOST_TEST(!waiting->done());
    pass(10s);
    BOOST_TEST(waiting->value.value().value() == "web 1");
}

BOOST_AUTO_TEST_CASE(one_that_is_in_line_twice_is_never_served_to_two) {
    push("web 1");
    push("web 1");
    push("web 2");
    BOOST_TEST(next() == "web 1");
    BOOST_TEST(next() == "web 2");
    auto waiting = start(queue.pop());
    settle();
    BOOST_TEST(!waiting->done());
    queue.finished("web 1");
    settle();
    BOOST_TEST(waiting->value.value().value() == "web 1");
}

BOOST_AUTO_TEST_CASE(closing_ends_every_wait) {
    auto waiting = start(queue.pop());
    queue.close();
    settle();
    BOOST_TEST(!waiting->value.value().has_value());
}

BOOST_AUTO_TEST_CASE(a_watch_of_a_higher_priority_is_served_first_and_none_starves) {
    using pipeline::watch_priority;
    queue.set_ranker([](const std::string& watch) {
        if (watch == "alarms") return watch_priority::high;
        return watch == "archive" ? watch_priority::low : watch_priority::normal;
    });
    for (int i = 0; i < 20; ++i) push("alarms " + std::to_string(i));
    for (int i = 0; i < 3; ++i) push("archive " + std::to_string(i));
    std::string served;
    for (int i = 0; i < 16; ++i) served += next().substr(0, 2);
    BOOST_TEST(served == "alalalalalalalaralalalalalalalar");
    push("web 0");
    BOOST_TEST(next() == "alarms 14");
    for (int i = 15; i < 20; ++i) next();
    BOOST_TEST(next() == "web 0");
    BOOST_TEST(next() == "archive 2");
}

BOOST_AUTO_TEST_CASE(watches_of_one_priority_take_turns_beside_another) {
    using pipeline::watch_priority;
    auto rank = watch_priority::high;
    queue.set_ranker([&](const std::string& watch) {
        return watch == "web" ? watch_priority::normal : rank;
    });
    for (auto id : {"app 0", "db 0", "app 1", "db 1", "web 0", "web 1", "web 2"}) push(id);
    BOOST_TEST(next() == "app 0");
    BOOST_TEST(next() == "db 0");
    BOOST_TEST(next() == "app 1");
    rank = watch_priority::low;  // As a reload changes it: what waits is ranked by it too.
    BOOST_TEST(next() == "web 0");
    BOOST_TEST(next() == "web 1");
    BOOST_TEST(next() == "web 2");
    BOOST_TEST(next() == "db 1");
}

BOOST_AUTO_TEST_CASE(large_sources_that_cannot_be_served_hold_up_no_lower_priority) {
    queue.set_ranker([](const std::string& watch) {
        return watch == "web" ? pipeline::watch_priority::high : pipeline::watch_priority::low;
    });
    for (auto id : {"web huge 1", "web huge 2", "app 3"}) push(id);
    BOOST_TEST(next() == "web huge 1");
    BOOST_TEST(next() == "app 3");
}

BOOST_AUTO_TEST_CASE(survives_a_cancelled_waiter) {
    queue.push("later", clock.now() + 10s);
    auto waiting = start(queue.pop());
    cancel(*waiting);
    BOOST_TEST(waiting->done());
    pass(10s);
    auto next = start(queue.pop());
    BOOST_TEST(next->value.value().value() == "later");
}

BOOST_AUTO_TEST_CASE(what_waits_is_woken_in_the_order_of_its_times) {
    queue.push("web b", clock.now() + 5min);
    queue.push("web a", clock.now() + 2min);
    BOOST_TEST(next() == "nothing");
    queue.wake();
    BOOST_TEST(next() == "web a");
    BOOST_TEST(next() == "web b");
}

BOOST_AUTO_TEST_CASE(the_next_attempt_of_a_watch_is_known_while_nothing_of_it_is_due) {
    queue.push("web b", clock.now() + 5min);
    queue.push("web a", clock.now() + 2min);
    queue.push("app a", clock.now() + 1h);
    auto next = queue.next_attempts();
    BOOST_TEST((next.at("web") - clock.now() == 2min));
    BOOST_TEST((next.at("app") - clock.now() == 1h));
}

BOOST_AUTO_TEST_SUITE_END()
