#include "async/offload.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

using namespace kustodrop;

namespace {

struct offload_world : test::world {
    worker_pool pool{1};

    // Runs the loop until the coroutine has ended on another thread and come back.
    template <class T>
    auto finish(asio::awaitable<T> coroutine) {
        auto task = start(std::move(coroutine));
        while (!task->done()) {
            io.restart();
            io.run_one();
        }
        return task;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(offload_, offload_world)

BOOST_AUTO_TEST_CASE(works_elsewhere_and_resumes_here) {
    auto body = [](worker_pool& pool) -> asio::awaitable<bool> {
        auto here = std::this_thread::get_id();
        auto work = [] { return std::this_thread::get_id(); };
        auto there = co_await offload(pool, work);
        co_return there != here&& std::this_thread::get_id() == here;
    };
    auto task = finish(body(pool));
    BOOST_TEST(task->value.value());
}

BOOST_AUTO_TEST_CASE(works_inline_without_threads) {
    worker_pool none(0);
    auto task = start(offload(none, [] { return std::this_thread::get_id(); }));
    BOOST_TEST((*task->value == std::this_thread::get_id()));
    none.join();
}

BOOST_AUTO_TEST_CASE(carries_an_exception_back) {
    auto work = []() -> int { throw std::runtime_error("broken"); };
    auto task = finish(offload(pool, work));
    BOOST_REQUIRE(bool(task->error));
    BOOST_CHECK_THROW(std::rethrow_exception(task->error), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(does_work_that_returns_nothing) {
    std::atomic<bool> worked = false;
    finish(offload(pool, [&] { worked = true; }));
    BOOST_TEST(worked);
}

BOOST_AUTO_TEST_CASE(grows_so_that_more_can_block_at_a_time) {
    pool.grow_to(3);
    pool.grow_to(2);  // It never shrinks.
    std::latch all(3);
    auto meet = [&] { return all.arrive_and_wait(), true; };
    auto one = start(offload(pool, meet));
    auto two = start(offload(pool, meet));
    auto three = finish(offload(pool, meet));
    pool.join();
    settle();
    BOOST_TEST((*one->value && *two->value && *three->value));
}

BOOST_AUTO_TEST_CASE(a_pool_without_threads_stays_without) {
    worker_pool none(0);
    none.grow_to(4);
    BOOST_TEST(!none.threads());
}

BOOST_AUTO_TEST_CASE(does_not_block_the_loop) {
    std::promise<void> release;
    auto released = release.get_future().share();
    auto task = start(offload(pool, [released] { return released.wait(), 1; }));
    auto other = start(clock.sleep_until(clock.now()));
    BOOST_TEST((other->done() && !task->done()));
    release.set_value();
    pool.join();
    settle();
    BOOST_TEST(task->value.value() == 1);
}

// Boost 1.81 loses such a race without the empty slot in offload: run under ASan and TSan.
BOOST_AUTO_TEST_CASE(makes_a_cancelled_caller_wait_for_the_work) {
    for (int round = 0; round < 200; ++round) {
        std::atomic<bool> worked = false;
        std::promise<void> begun;
        auto task = start(offload(pool, [&] {
            begun.set_value();
            for (int i = 0; i < round % 20; ++i) std::this_thread::yield();
            return worked = true;
        }));
        begun.get_future().wait();
        task->cancellation.emit(asio::cancellation_type::terminal);
        while (!task->done()) {
            io.restart();
            io.run_one();
        }
        BOOST_TEST(worked);
        settle();  // The emission itself is posted to the loop and refers to the task.
    }
}

BOOST_AUTO_TEST_SUITE_END()
