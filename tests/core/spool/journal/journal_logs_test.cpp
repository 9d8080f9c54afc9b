// What the journal keeps of followed logs.
#include "core/spool/journal/journal_fixture.hpp"
#include "spool/journal/journal_queue.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

log_record a_log(std::uint64_t number, std::uint64_t position = 0) {
    log_record log;
    log.watch = "pods";
    log.number = number;
    log.id = "a log";
    log.name = "0.log\xff";
    log.family = "0.log";
    log.inode = UINT64_MAX;
    log.born_ns = -5;
    log.handle = std::string("\0\1", 2);
    log.compressed = true;
    log.life = 2;
    log.phase = "ended";
    log.copy_of = 7;
    log.carried = true;
    log.position = position;
    log.size_seen = position + 10;
    log.evidence = "w 10 10 99";
    log.boot_id = "boot";
    return log;
}

struct keeping_logs : test::keeping {
    void commit() { BOOST_TEST_REQUIRE(book->flush().has_value()); }
    std::vector<log_record> logs(const std::string& watch = "pods") {
        return book->logs(watch).value();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_logs_, keeping_logs)

BOOST_AUTO_TEST_CASE(a_cut_keeps_its_source_and_its_logs) {
    open();
    book->record_cut(test::a_source(), {a_log(1, 100), a_log(2, 200)});
    commit();
    reopen();
    BOOST_TEST((logs() == std::vector{a_log(1, 100), a_log(2, 200)}));
    BOOST_TEST(book->unretired().value().size() == 1u);
    BOOST_TEST(logs("another").empty());
}

BOOST_AUTO_TEST_CASE(a_look_writes_and_forgets_logs_of_its_watch_only) {
    open();
    auto other = a_log(1);
    other.watch = "another";
    book->record_logs("pods", {a_log(1), a_log(2)}, {});
    book->record_logs("another", {other}, {});
    book->record_logs("pods", {a_log(3)}, {1});
    commit();
    BOOST_TEST((logs() == std::vector{a_log(2), a_log(3)}));
    BOOST_TEST(logs("another").size() == 1u);
}

BOOST_AUTO_TEST_CASE(logs_go_with_the_name_of_their_watch) {
    open();
    book->record_logs("pods", {a_log(1)}, {});
    book->rename_watch("pods", "all");
    commit();
    BOOST_TEST(logs().empty());
    auto renamed = a_log(1);
    renamed.watch = "all";
    BOOST_TEST((logs("all") == std::vector{renamed}));
}

BOOST_AUTO_TEST_CASE(the_latest_record_of_a_log_counts) {
    open();
    book->record_logs("pods", {a_log(1, 10)}, {});
    book->record_cut(test::a_source(), {a_log(1, 20)});
    book->record_logs("pods", {a_log(1, 20)}, {});
    commit();
    BOOST_TEST(logs().front().position == 20u);
}

// A crash between two transactions must not leave a position without the source that has its bytes.
BOOST_AUTO_TEST_CASE(no_position_is_written_before_its_cut) {
    journal_queue queue;
    queue.add(logs_change{"pods", {a_log(1, 10)}, {}});
    queue.add(cut_change{{test::a_source(), {}}, {a_log(1, 20)}});
    queue.add(logs_change{"pods", {a_log(1, 20)}, {}});
    queue.add(source_change{test::a_source(), {}});
    auto position_in = [](const journal_change& change) {
        auto& logs = std::get<logs_change>(change).written;
        return logs.front().position;
    };
    auto first = queue.take_group(1);
    BOOST_TEST(position_in(*first[0]) == 10u);
    queue.group_is_not_safe();
    auto all = queue.take_group(10);
    BOOST_TEST_REQUIRE(all.size() == 4u);
    BOOST_TEST(position_in(*all[0]) == 10u);
    BOOST_TEST(std::holds_alternative<cut_change>(*all[1]));
    BOOST_TEST(position_in(*all[2]) == 20u);
    BOOST_TEST(std::holds_alternative<source_change>(*all[3]));
}

BOOST_AUTO_TEST_CASE(the_head_of_a_slice_is_kept) {
    open();
    auto what = test::a_source();
    what.slices[0].head_bytes = 3;
    book->record(what);
    commit();
    reopen();
    BOOST_TEST(book->unretired().value().front().slices[0].head_bytes == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
