#include "core/spool/journal/journal_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
using namespace kustodrop::test;

namespace {

/// A journal whose commits wait for each other.
struct gathering : keeping {
    gathering() {
        auto options = options_for_many(path);
        book = journal::open(io.get_executor(), options, clock, pool, log, measured).value();
        running = start(book->run());
        settle();
    }

    std::size_t on_disk() { return book->unretired()->size(); }
    auto commits() { return measured.distribution("kustodrop_journal_commit_seconds").count(); }

    using waiter = std::shared_ptr<task<result<void>>>;

    static source an_uploaded(int number) {
        auto out = a_source(number);
        out.stage = stage::uploaded{a_blob()};
        out.last_post_at = wall_time(1s);  // Taken back: it does not wait for its next record.
        return out;
    }

    /// A record of that number, and somebody who waits for it.
    waiter awaited(int number) {
        book->record(an_uploaded(number));
        return start(book->durable());
    }

    /// After this the next commit waits for others: what a commit in progress keeps waiting comes
    /// together.
    void commit_two() {
        stop();
        auto first = awaited(1);
        auto second = awaited(2);
        running = start(book->run());
        settle();
        BOOST_TEST((first->done() && second->done()));
        BOOST_TEST(commits() == 1u);
    }

    void stop() {
        cancel(*running);
        running.reset();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_groups, gathering)

BOOST_AUTO_TEST_CASE(what_no_one_waits_for_is_written_soon) {
    book->record(an_uploaded(1));
    settle();
    BOOST_TEST(on_disk() == 0u);
    pass(49ms);
    BOOST_TEST(on_disk() == 0u);
    pass(2ms);
    BOOST_TEST(on_disk() == 1u);
    pass(50ms);
    book->record(an_uploaded(2));
    settle();
    BOOST_TEST(on_disk() == 2u);
}

BOOST_AUTO_TEST_CASE(what_somebody_waits_for_is_written_at_once_with_all_before_it) {
    book->record(an_uploaded(1));
    settle();
    auto waiting = awaited(2);
    settle();
    BOOST_TEST(waiting->done());
    BOOST_TEST(on_disk() == 2u);
    BOOST_TEST(commits() == 1u);
}

BOOST_AUTO_TEST_CASE(a_claim_and_the_answer_to_a_post_are_written_at_once) {
    book->record(a_source(1));
    settle();
    BOOST_TEST(on_disk() == 1u);
    auto what = a_source(2);
    what.stage = stage::posted{};
    book->record(what);
    settle();
    BOOST_TEST(on_disk() == 2u);
}

BOOST_AUTO_TEST_CASE(after_several_waited_the_next_one_waits_for_others) {
    commit_two();
    auto third = awaited(3);
    settle();
    BOOST_TEST(!third->done());
    pass(2ms);
    auto fourth = awaited(4);
    settle();
    BOOST_TEST(commits() == 1u);
    pass(3ms);
    BOOST_TEST((third->done() && fourth->done()));
    BOOST_TEST(commits() == 2u);
}

BOOST_AUTO_TEST_CASE(as_many_again_are_not_kept_waiting) {
    commit_two();
    auto third = awaited(3);
    auto fourth = awaited(4);
    BOOST_TEST(!third->done());
    auto fifth = awaited(5);
    settle();
    BOOST_TEST((third->done() && fourth->done() && fifth->done()));
    BOOST_TEST(commits() == 2u);
}

BOOST_AUTO_TEST_CASE(one_alone_waits_for_others_only_once) {
    commit_two();
    auto third = awaited(3);
    pass(5ms);
    BOOST_TEST(third->done());
    auto fourth = awaited(4);
    settle();
    BOOST_TEST(fourth->done());
}

BOOST_AUTO_TEST_CASE(what_waits_is_written_when_the_daemon_ends) {
    book->record(an_uploaded(1));
    settle();
    cancel(*running);
    BOOST_TEST(book->flush().has_value());
    BOOST_TEST(on_disk() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
