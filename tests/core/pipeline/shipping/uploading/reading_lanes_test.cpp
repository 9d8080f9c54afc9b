#include "pipeline/shipping/uploading/reading_lanes.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

/// Threads, and reads of which some do not return before they are released.
struct reading : test::world {
    worker_pool pool{3};
    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    reading_lanes subject{pool, log, 2};
    std::promise<void> gate;
    std::shared_future<void> open = gate.get_future().share();
    std::atomic<int> begun = 0;
    std::atomic<std::uint64_t> progress = 0;
    bool is_open = false;

    ~reading() { release(); }

    void release() {
        if (!std::exchange(is_open, true)) gate.set_value();
    }

    auto read(const std::string& watch, bool hangs) {
        reading_lanes::work what;
        what.read = [this, hangs]() -> reading_lanes::block {
            ++begun;
            if (hangs) open.wait();
            return spool::source_reader::block{7, true};
        };
        what.progress = [this] { return progress.load(); };
        return start(subject.run(watch, std::move(what)));
    }

    /// Runs the loop until that is so.
    template <class Condition>
    void until(Condition is_so) {
        while (!is_so()) {
            settle();
            std::this_thread::yield();
        }
    }

    void look(int times) {
        for (int i = 0; i < times; ++i) {
            subject.look();
            settle();
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reading_lanes_, reading)

BOOST_AUTO_TEST_CASE(a_read_returns_what_it_reads) {
    auto one = read("a", false);
    until([&] { return one->done(); });
    BOOST_TEST(one->value->value().bytes == 7u);
}

BOOST_AUTO_TEST_CASE(a_read_that_does_not_return_is_left_and_others_go_on) {
    auto first = read("a", true);
    auto second = read("a", true);
    auto third = read("a", true);
    until([&] { return begun == 2; });
    look(9);
    BOOST_TEST(!first->done());
    BOOST_TEST(!subject.hangs("a"));
    look(2);
    for (auto& one : {first, second, third}) {
        BOOST_TEST_REQUIRE(one->done());
        BOOST_TEST(one->value->error().code == errc::timeout);
    }
    BOOST_TEST(subject.hangs("a"));
    BOOST_TEST(!subject.hangs("b"));
    auto later = read("a", false);
    settle();
    BOOST_TEST(later->value->has_error());
    BOOST_TEST(begun == 2);
    // Of three threads two are lost.
    auto other = read("b", false);
    until([&] { return other->done(); });
    BOOST_TEST(other->value->has_value());
    release();
    until([&] { return !subject.hangs("a"); });
    auto again = read("a", false);
    until([&] { return again->done(); });
    BOOST_TEST(again->value->has_value());
    BOOST_TEST(lines.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_slow_read_is_not_left_while_it_gets_on) {
    auto one = read("a", true);
    until([&] { return begun == 1; });
    for (int i = 0; i < 30; ++i) {
        ++progress;
        look(5);
    }
    BOOST_TEST(!one->done());
    release();
    until([&] { return one->done(); });
    BOOST_TEST(one->value->has_value());
}

BOOST_AUTO_TEST_CASE(so_many_reads_of_a_watch_are_going_on_and_no_more) {
    std::vector<std::shared_ptr<test::task<reading_lanes::block>>> all;
    for (int i = 0; i < 5; ++i) all.push_back(read("a", true));
    until([&] { return begun == 2; });
    settle();
    BOOST_TEST(begun == 2);
    cancel(*all[3]);
    release();
    until([&] { return all[0]->done() && all[1]->done() && all[2]->done() && all[4]->done(); });
    BOOST_TEST((all[3]->error != nullptr));
    BOOST_TEST(begun == 4);
}

BOOST_AUTO_TEST_CASE(what_a_read_throws_is_thrown_to_its_caller) {
    reading_lanes::work what;
    what.read = []() -> reading_lanes::block { throw std::runtime_error("no"); };
    what.progress = [] { return std::uint64_t{0}; };
    auto one = start(subject.run("a", std::move(what)));
    until([&] { return one->done(); });
    BOOST_CHECK_THROW(std::rethrow_exception(one->error), std::runtime_error);
}

// Every thread of the pool hangs.
BOOST_AUTO_TEST_CASE(a_thread_takes_the_place_of_one_that_hangs) {
    std::vector<std::shared_ptr<test::task<reading_lanes::block>>> all;
    for (auto watch : {"a", "a", "b"}) all.push_back(read(watch, true));
    until([&] { return begun == 3; });
    auto other = read("c", false);
    for (int i = 0; i < 9; ++i) pool.relieve();
    settle();
    BOOST_TEST(!other->done());
    pool.relieve();
    until([&] { return other->done(); });
    BOOST_TEST(other->value->has_value());
    release();
    until([&] { return all[0]->done() && all[1]->done() && all[2]->done(); });
}

BOOST_AUTO_TEST_SUITE_END()
