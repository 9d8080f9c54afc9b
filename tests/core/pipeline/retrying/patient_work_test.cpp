#include "pipeline/retrying/patient_work.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <stdexcept>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

/// Work that stops where the test says.
struct patient : test::world {
    std::promise<void> answered;
    std::shared_future<void> answer = answered.get_future().share();
    std::promise<void> begun;
    int late = 0;
    worker_pool pool{1};

    patient_work hanging() {
        auto work = [this](work_progress&) {
            begun.set_value();
            answer.wait();
        };
        return {work, [this] { ++late; }};
    }

    auto offload(patient_work what) {
        return start(offload_patiently(pool, clock, std::move(what), 20s));
    }

    // What the worker has posted is here when it is joined.
    void join() {
        pool.join();
        settle();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(patient_work_, patient)

BOOST_AUTO_TEST_CASE(work_that_ends_is_not_late) {
    auto task = offload({[](work_progress&) {}, [this] { ++late; }});
    join();
    BOOST_TEST(task->value.value());
    BOOST_TEST(late == 0);
}

BOOST_AUTO_TEST_CASE(work_that_hangs_is_given_up_and_finished_when_it_answers) {
    auto task = offload(hanging());
    begun.get_future().wait();
    pass(19s);
    BOOST_TEST(!task->done());
    pass(1s);
    BOOST_REQUIRE(task->done());
    BOOST_TEST(!task->value.value());
    BOOST_TEST(late == 0);
    answered.set_value();
    join();
    BOOST_TEST(late == 1);
}

BOOST_AUTO_TEST_CASE(many_steps_take_their_time) {
    std::promise<void> stepped;
    auto work = [&](work_progress& progress) {
        begun.get_future().wait();
        progress.advance();
        stepped.set_value();
        answer.wait();
    };
    auto task = offload({work, [this] { ++late; }});
    pass(19s);
    begun.set_value();
    stepped.get_future().wait();
    pass(1s);
    BOOST_TEST(!task->done());
    pass(19s);
    BOOST_TEST(!task->done());
    answered.set_value();
    join();
    BOOST_TEST(task->value.value());
    BOOST_TEST(late == 0);
}

BOOST_AUTO_TEST_CASE(a_step_is_timed_from_its_own_beginning) {
    std::promise<void> stepped;
    auto work = [&](work_progress& progress) {
        progress.advance();
        stepped.set_value();
        answer.wait();
    };
    auto task = offload({work, [this] { ++late; }});
    stepped.get_future().wait();
    pass(1s);
    pass(19s);
    BOOST_TEST(!task->done());
    pass(1s);
    BOOST_TEST(task->done());
    answered.set_value();
    join();
    BOOST_TEST(late == 1);
}

BOOST_AUTO_TEST_CASE(what_a_cancelled_caller_has_begun_is_finished) {
    auto task = offload(hanging());
    begun.get_future().wait();
    cancel(*task);
    answered.set_value();
    join();
    BOOST_TEST(late == 1);
}

BOOST_AUTO_TEST_CASE(carries_an_exception_back) {
    auto task = offload({[](work_progress&) { throw std::runtime_error("broken"); }, [] {}});
    join();
    BOOST_REQUIRE(bool(task->error));
    BOOST_CHECK_THROW(std::rethrow_exception(task->error), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(works_inline_without_threads) {
    worker_pool none(0);
    auto work = patient_work{[](work_progress&) {}, [] {}};
    auto task = start(offload_patiently(none, clock, work, 20s));
    BOOST_TEST(task->value.value());
}

BOOST_AUTO_TEST_SUITE_END()
