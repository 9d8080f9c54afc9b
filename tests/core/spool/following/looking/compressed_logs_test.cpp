// Logs that a rotator has compressed: read on, waited for, or given up with a report.
#include "core/spool/following/looking/folder_fixture.hpp"
#include "spool/following/looking/inflating.hpp"

#include <sys/resource.h>

#include <csignal>
#include <fcntl.h>

using namespace kustodrop;
using namespace kustodrop::spool;
using test::following_a_folder;

BOOST_FIXTURE_TEST_SUITE(compressed_logs_, following_a_folder)

BOOST_AUTO_TEST_CASE(what_was_compressed_while_down_is_read_on_where_it_was_left) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    restart();
    rename("app.log", "app.log.2");
    compress("app.log.2");
    append("app.log.1", lines('c', 80));  // This one was never seen.
    compress("app.log.1");
    append("app.log", lines('d', 10));
    auto seen = look();
    BOOST_TEST(seen.lost.empty());
    auto found = cut(seen);
    for (auto& part : {lines('b', 50), lines('c', 80), lines('d', 10)}) {
        BOOST_TEST(found.find(part) != std::string::npos);
    }
    BOOST_TEST(
        found.size() == lines('b', 50).size() + lines('c', 80).size() + lines('d', 10).size()
    );
    BOOST_TEST(cut() == "");
    restart();
    BOOST_TEST(cut() == "");
    rename("app.log.2.gz", "app.log.3.gz");
    BOOST_TEST(cut() == "");
}

BOOST_AUTO_TEST_CASE(a_log_that_was_read_is_not_read_again_when_it_is_compressed) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    rename("app.log", "app.log.1");
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    append("app.log.1.gz", gzip_of("app.log.1"));
    BOOST_TEST(cut() == "");
    std::filesystem::remove(place.path("app.log.1"));
    for (int turn = 0; turn < 3; ++turn) {
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST(cut(seen) == "");
        restart();
    }
}

BOOST_AUTO_TEST_CASE(compressed_logs_of_the_first_start_were_read_already) {
    append("app.log.1", lines('a', 100));
    compress("app.log.1");
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    rename("app.log.1.gz", "app.log.2.gz");
    restart();
    BOOST_TEST(cut() == "");
    std::filesystem::remove(place.path("app.log.2.gz"));
    BOOST_TEST(look().lost.empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_while_its_compression_is_not_finished) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    restart();
    auto whole = gzip_of("app.log");
    std::filesystem::remove(place.path("app.log"));
    append("app.log.1.gz", whole.substr(0, whole.size() / 2));
    for (int turn = 0; turn < 3; ++turn) {
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST(cut(seen) == "");
    }
    append("app.log.1.gz", whole.substr(whole.size() / 2));
    BOOST_TEST(cut() == lines('b', 50));
}

BOOST_AUTO_TEST_CASE(the_copy_of_copytruncate_is_read_while_it_is_being_compressed) {
    for (auto grown : {0, 300}) {
        auto of = grown > 0 ? std::string("abc") : std::string("def");
        append("app.log", lines(of[0], 100));
        cut();
        append("app.log", lines(of[1], 50));
        look();
        std::filesystem::copy_file(place.path("app.log"), place.path("app.log.1"));
        auto whole = gzip_of("app.log.1");
        append("app.log.1.gz", whole.substr(0, whole.size() / 2));
        std::filesystem::resize_file(place.path("app.log"), 0);
        if (grown > 0) append("app.log", lines(of[2], grown));
        std::string found;
        for (int turn = 0; turn < 3; ++turn) {
            auto seen = look();
            BOOST_TEST(seen.lost.empty());
            found += cut(seen);
        }
        BOOST_TEST(found.size() == lines(of[1], 50).size() + lines(of[2], grown).size());
        BOOST_TEST(found.find(lines(of[1], 50)) != std::string::npos);
        append("app.log.1.gz", whole.substr(whole.size() / 2));
        BOOST_TEST(cut() == "");
        std::filesystem::remove(place.path("app.log.1"));
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST(cut(seen) == "");
        std::filesystem::remove(place.path("app.log.1.gz"));
        std::filesystem::remove(place.path("app.log"));
        look();
    }
}

BOOST_AUTO_TEST_CASE(what_a_broken_compressed_log_held_is_lost_and_said) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    restart();
    auto whole = gzip_of("app.log");
    std::filesystem::remove(place.path("app.log"));
    append("app.log.1.gz", whole.substr(0, whole.size() / 2));
    append("app.log.2.gz", "no gzip at all");
    std::vector<lost_range> lost;
    for (int turn = 0; turn < 8; ++turn) {
        auto seen = look();
        lost.insert(lost.end(), seen.lost.begin(), seen.lost.end());
    }
    BOOST_TEST_REQUIRE(lost.size() == 1u);
    BOOST_TEST(lost[0].from == lines('a', 100).size());
    BOOST_TEST(lost[0].to == lines('a', 100).size() + lines('b', 50).size());
    BOOST_TEST((lost[0].cause == loss_cause::deleted));
}

BOOST_AUTO_TEST_CASE(what_there_is_no_room_for_waits_and_is_read_when_there_is) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    inflated_in = scratch.path("later");
    restart();
    compress("app.log");
    for (int turn = 0; turn < 20; ++turn) {
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST_REQUIRE(seen.waiting.size() == 1u);
        BOOST_TEST(seen.waiting[0].name == "app.log.gz");
        BOOST_TEST(!seen.waiting[0].why.empty());
    }
    std::filesystem::create_directory(inflated_in);
    std::string found;
    for (int turn = 0; turn < 6; ++turn) found += cut();
    BOOST_TEST(found == lines('b', 50));
    BOOST_TEST(look().waiting.empty());
}

BOOST_AUTO_TEST_CASE(what_vanishes_before_there_was_room_is_named_once) {
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    inflated_in = scratch.path("later");
    restart();
    append("app.log.1", lines('c', 80));
    compress("app.log.1");
    BOOST_TEST(look().vanished.empty());
    std::filesystem::remove(place.path("app.log.1.gz"));
    auto vanished = look().vanished;
    BOOST_TEST_REQUIRE(vanished.size() == 1u);
    BOOST_TEST(vanished[0] == "app.log.1.gz");
    BOOST_TEST(look().vanished.empty());
}

BOOST_AUTO_TEST_CASE(what_was_judged_and_has_no_room_for_its_bytes_later_waits_too) {
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    append("app.log.1", lines('c', 80));
    compress("app.log.1");
    look();
    inflated_in = scratch.path("later");
    restart();
    for (int turn = 0; turn < 10; ++turn) {
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST(seen.waiting.size() == 1u);
        BOOST_TEST(cut(seen) == "");
    }
    std::filesystem::create_directory(inflated_in);
    std::string found;
    for (int turn = 0; turn < 6; ++turn) found += cut();
    BOOST_TEST(found == lines('c', 80));
}

BOOST_AUTO_TEST_CASE(what_is_deleted_while_there_is_no_room_for_it_is_lost_and_said) {
    append("app.log", lines('a', 100));
    BOOST_TEST(cut() == lines('a', 100));
    append("app.log", lines('b', 50));
    look();
    inflated_in = scratch.path("later");
    restart();
    compress("app.log");
    BOOST_TEST(look().lost.empty());
    std::filesystem::remove(place.path("app.log.gz"));
    auto seen = look();
    BOOST_TEST_REQUIRE(seen.lost.size() == 1u);
    BOOST_TEST(seen.lost[0].to - seen.lost[0].from == lines('b', 50).size());
}

BOOST_AUTO_TEST_CASE(a_broken_log_that_was_never_seen_is_said_once_with_what_it_held_at_least) {
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    std::string text;
    for (int i = 0; i < 40'000; ++i) text += std::to_string(i * 7919 % 100'003) + "\n";
    append("other", text);
    auto whole = gzip_of("other");
    append("app.log.1.gz", whole.substr(0, whole.size() / 2));
    std::vector<lost_range> lost;
    std::size_t said = 0;
    for (int turn = 0; turn < 30; ++turn) {
        auto seen = look();
        lost.insert(lost.end(), seen.lost.begin(), seen.lost.end());
        BOOST_TEST(cut(seen) == "");
        if (turn % 10 == 9) restart();
        said += std::size_t(std::ranges::count(seen.news, log_status::broken, &log_news::status));
    }
    BOOST_TEST(said > 0u);
    BOOST_TEST_REQUIRE(lost.size() == 1u);
    BOOST_TEST((lost[0].cause == loss_cause::broken));
    BOOST_TEST(lost[0].name == "app.log.1.gz");
    BOOST_TEST(lost[0].from == 0u);
    BOOST_TEST(lost[0].to > text.size() / 4);
    BOOST_TEST(lost[0].to < text.size());
    // Its compressor was only slow.
    append("app.log.1.gz", whole.substr(whole.size() / 2));
    BOOST_TEST(cut() == text);
    BOOST_TEST(cut() == "");
}

BOOST_AUTO_TEST_CASE(a_broken_copy_of_a_log_that_stands_is_no_loss) {
    append("app.log", lines('a', 2000));
    BOOST_TEST(cut() == lines('a', 2000));
    rename("app.log", "app.log.1");
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    auto whole = gzip_of("app.log.1");
    append("app.log.1.gz", whole.substr(0, whole.size() / 2));
    for (int turn = 0; turn < 10; ++turn) {
        auto seen = look();
        BOOST_TEST(seen.lost.empty());
        BOOST_TEST(cut(seen) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_known_log_whose_compressed_file_breaks_later_is_lost_once) {
    append("app.log", "x\n");
    BOOST_TEST(cut() == "x\n");
    append("app.log.1", lines('c', 80));
    compress("app.log.1");
    look();
    restart();
    std::filesystem::resize_file(place.path("app.log.1.gz"), 30);
    std::vector<lost_range> lost;
    for (int turn = 0; turn < 30; ++turn) {
        auto seen = look();
        lost.insert(lost.end(), seen.lost.begin(), seen.lost.end());
        BOOST_TEST(cut(seen) == "");
        if (turn % 10 == 9) restart();
    }
    BOOST_TEST_REQUIRE(lost.size() == 1u);
    BOOST_TEST((lost[0].cause == loss_cause::broken));
    BOOST_TEST(lost[0].to - lost[0].from == lines('c', 80).size());
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_cut_are_found_in_what_was_compressed_since) {
    append("app.log", lines('a', 100));
    auto seen = look();
    auto found = subject->find({{seen.logs.at(0).number, seen.logs.at(0).size, false}}).ranges;
    auto range = found.at(0).range.bytes;
    journal[found.at(0).log] = subject->cut(found.at(0));
    restart();
    compress("app.log");
    pinned = {range.identity.inode};
    look();
    auto* holder = look().files->holder_of(range);
    BOOST_TEST_REQUIRE(holder != nullptr);
    BOOST_TEST(holder->name == "app.log.gz");
}

BOOST_AUTO_TEST_CASE(the_first_start_says_which_rotated_logs_it_does_not_read) {
    append("app.log.1", lines('a', 10));
    append("app.log.2", lines('b', 10));
    compress("app.log.2");
    auto seen = look();
    BOOST_TEST(std::ranges::count(seen.news, log_status::from_its_size, &log_news::status) == 2);
    BOOST_TEST(seen.lost.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_no_fault_of_the_compressed_file) {
    append("app.log", lines('a', 2000));
    compress("app.log");
    descriptor file(::open(place.path("app.log.gz").c_str(), O_RDONLY));
    BOOST_TEST((inflate_log(file.get(), scratch.path()).end == inflation_end::whole));
    auto absent = inflate_log(file.get(), scratch.path("absent"));
    BOOST_TEST((absent.end == inflation_end::no_room));
    BOOST_TEST(absent.detail.find("state_directory") != std::string::npos);
    auto before = std::signal(SIGXFSZ, SIG_IGN);
    struct ::rlimit limit = {};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    auto little = limit;
    little.rlim_cur = 1000;
    ::setrlimit(RLIMIT_FSIZE, &little);
    auto full = inflate_log(file.get(), scratch.path());
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, before);
    BOOST_TEST((full.end == inflation_end::no_room));
    BOOST_TEST(full.detail == "state_directory has no room for it");
    descriptor folder_itself(::open(place.path().c_str(), O_RDONLY | O_DIRECTORY));
    auto unreadable = inflate_log(folder_itself.get(), scratch.path());
    BOOST_TEST((unreadable.end == inflation_end::unreadable));
}

BOOST_AUTO_TEST_SUITE_END()
