#include "core/spool/journal/journal_fixture.hpp"
#include "spool/journal/files/journal_files.hpp"
#include "support/skipping.hpp"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <sqlite3.h>

using namespace kustodrop;
using namespace kustodrop::spool;
using namespace kustodrop::test;

// What a killed process leaves: the files as they are while a journal is open.
struct crashed : keeping {
    void crash() {
        std::filesystem::copy(path, path + ".copy");
        std::filesystem::copy(path + "-wal", path + ".copy-wal");
        close();
        std::filesystem::rename(path + ".copy", path);
        std::filesystem::rename(path + ".copy-wal", path + "-wal");
    }

    void write_some(int count) {
        open();
        for (int i = 0; i < count; ++i) {
            book->record(a_source(i));
            if (i % 50 == 0) settle();
        }
        settle();
    }

    std::vector<std::string> asides() const {
        std::vector<std::string> names;
        for (auto& entry : std::filesystem::directory_iterator(files.path())) {
            auto name = entry.path().filename().string();
            if (name.find(".corrupt-") != std::string::npos) names.push_back(name);
        }
        return names;
    }

    void expect_a_new_beginning() {
        open();
        BOOST_TEST(book->unretired()->empty());
        BOOST_TEST(!asides().empty());
        BOOST_TEST(logged("set aside"));
        BOOST_TEST(measured.count("kustodrop_journal_set_aside_total").value() == 1);
        book->record(a_source(7));
        settle();
        BOOST_TEST(book->unretired()->size() == 1u);
    }
};

BOOST_FIXTURE_TEST_SUITE(journal_after_damage_, crashed)

BOOST_AUTO_TEST_CASE(a_crash_loses_nothing_that_was_durable) {
    write_some(300);
    crash();
    open();
    BOOST_TEST(book->unretired()->size() == 300u);
    BOOST_TEST(asides().empty());
}

BOOST_AUTO_TEST_CASE(a_crashed_journal_can_be_read_without_a_daemon) {
    write_some(10);
    crash();
    BOOST_TEST(read_journal(path, {})->size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_torn_log_loses_only_its_tail) {
    write_some(300);
    crash();
    auto wal = path + "-wal";
    std::filesystem::resize_file(wal, std::filesystem::file_size(wal) - 1000);
    open();
    BOOST_TEST(book->unretired()->size() >= 250u);
    BOOST_TEST(asides().empty());
}

BOOST_AUTO_TEST_CASE(a_truncated_database_is_set_aside) {
    write_some(300);
    close();
    std::filesystem::resize_file(path, 8192);
    expect_a_new_beginning();
}

BOOST_AUTO_TEST_CASE(of_journals_that_were_set_aside_the_newest_three_stay) {
    for (int day = 1; day <= 6; ++day) {
        files.write("j.db", "garbage");
        files.write("j.db-wal", "more");
        auto moved = spool::set_aside(files.path("j.db"), wall_time() + day * 24h);
        BOOST_TEST_REQUIRE(moved.has_value());
        BOOST_TEST(std::filesystem::exists(*moved));
    }
    BOOST_TEST(asides().size() == 6u);
}

BOOST_AUTO_TEST_CASE(garbage_is_set_aside) {
    files.write("journal.db", test::random_text(100'000, 4));
    expect_a_new_beginning();
}

BOOST_AUTO_TEST_CASE(the_database_of_another_program_is_set_aside) {
    sqlite3* db = nullptr;
    sqlite3_open(path.c_str(), &db);
    sqlite3_exec(db, "CREATE TABLE t (x)", nullptr, nullptr, nullptr);
    sqlite3_close(db);
    expect_a_new_beginning();
}

BOOST_AUTO_TEST_CASE(flipped_bits_are_set_aside_or_harmless_but_never_fatal) {
    write_some(400);
    close();
    auto healthy = files.read("journal.db");
    std::size_t set_aside = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        auto damaged = healthy;
        std::mt19937 random(seed);
        for (int i = 0; i < 20; ++i) {
            auto at = random() % damaged.size();
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
        }
        files.write("journal.db", damaged);
        auto before = asides();
        open();
        BOOST_TEST(book->unretired().has_value());
        book->record(a_source(9'999));
        auto safe = start(book->durable());
        settle();
        BOOST_TEST(safe->value->has_value());
        auto after = asides();
        set_aside += static_cast<std::size_t>(std::ranges::count_if(after, [&](auto& name) {
            return std::ranges::find(before, name) == before.end();
        }));
        close();
        std::filesystem::remove(path);
    }
    BOOST_TEST(set_aside > 20u);
}

BOOST_AUTO_TEST_CASE(damage_under_way_begins_a_new_journal) {
    write_some(15'000);  // More than is cached.
    reopen();
    auto size = std::filesystem::file_size(path);
    files.write("journal.db", test::random_text(size, 4));
    for (int i = 0; i < 300; ++i) book->record(a_source(100'000 + i * 7));
    auto safe = start(book->durable());
    settle();
    BOOST_REQUIRE(safe->value.has_value());
    BOOST_TEST(safe->value->has_value());
    BOOST_TEST(asides().size() >= 1u);
    BOOST_TEST(book->unretired()->size() == 300u);
}

// By hand, or by something that clears folders.
BOOST_AUTO_TEST_CASE(a_file_that_was_removed_while_it_is_open_is_written_back) {
    write_some(300);
    std::filesystem::remove(path);
    std::filesystem::remove(path + "-wal");
    book->record(a_source(300));
    settle();
    BOOST_TEST(logged("written back"));
    BOOST_TEST(book->healthy());
    crash();
    open();
    BOOST_TEST(book->unretired()->size() == 301u);
    BOOST_TEST(asides().empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_removed_is_written_back_at_the_end_too) {
    write_some(10);
    std::filesystem::remove(path);
    BOOST_TEST(book->flush().has_value());
    close();
    open();
    BOOST_TEST(book->unretired()->size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_file_that_another_one_replaced_is_reported_and_that_one_left_alone) {
    write_some(10);
    std::filesystem::remove(path);
    files.write("journal.db", "another one");
    book->record(a_source(10));
    settle();
    BOOST_TEST(!book->healthy());
    BOOST_TEST(logged("another file took the place of"));
    BOOST_TEST(std::filesystem::file_size(path) == 11u);
    std::filesystem::remove(path);
    pass(10s);
    BOOST_TEST(book->healthy());
    close();
    open();
    BOOST_TEST(book->unretired()->size() == 11u);
}

BOOST_AUTO_TEST_SUITE_END()

// A disk that takes no more, as RLIMIT_FSIZE shows it.
struct full : keeping {
    full() {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before);
    }
    ~full() { ::setrlimit(RLIMIT_FSIZE, &before); }

    void limit_files_to(rlim_t bytes) {
        struct ::rlimit limit = before;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }

    struct ::rlimit before = {};
};

BOOST_FIXTURE_TEST_SUITE(journal_on_a_full_disk_, full)

BOOST_AUTO_TEST_CASE(says_so_keeps_the_records_and_writes_them_later) {
    open();
    book->record(a_source(1));
    settle();
    limit_files_to(1);
    book->record(a_source(2));
    auto refused = start(book->durable());
    pass(1min);
    BOOST_REQUIRE(refused->value.has_value());
    BOOST_REQUIRE(refused->value->has_error());
    BOOST_TEST((refused->value->error().next == remedy::retry));
    BOOST_TEST(!book->healthy());
    BOOST_TEST(logged("cannot be written"));

    auto later = start(book->durable());
    BOOST_TEST(!later->done());
    ::setrlimit(RLIMIT_FSIZE, &before);
    pass(1min);
    BOOST_REQUIRE(later->value.has_value());
    BOOST_TEST(later->value->has_value());
    BOOST_TEST(book->healthy());
    BOOST_TEST(book->unretired()->size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_newer_record_beats_the_one_that_failed) {
    open();
    limit_files_to(1);
    auto s = a_source(1);
    book->record(s);
    settle();
    BOOST_TEST(!book->healthy());
    s.stage = stage::uploaded{a_blob()};
    book->record(s);
    ::setrlimit(RLIMIT_FSIZE, &before);
    pass(1min);
    BOOST_TEST((book->unretired()->at(0) == s));
}

BOOST_AUTO_TEST_CASE(the_reserve_lets_what_is_under_way_be_recorded) {
    if (::geteuid() != 0) return skip("mounting wants root");
    files.make_folder("small");
    auto small = files.path("small");
    if (::mount("none", small.c_str(), "tmpfs", 0, "size=8m") != 0) return skip("no mounts here");
    path = small + "/journal.db";
    open();
    book->record(a_source(1));
    settle();
    {
        std::ofstream filler(small + "/filler", std::ios::binary);
        while (filler.write(std::string(4096, 'x').data(), 4096)) filler.flush();
    }
    int recorded = 1;
    for (; book->healthy() && recorded < 20'000; ++recorded) {
        book->record(a_source(recorded + 1));
        settle();
    }
    bool used = logged("reserve");
    bool healthy = book->healthy();
    std::filesystem::remove(small + "/filler");
    pass(1min);
    auto found = book->unretired()->size();
    bool recovered = book->healthy();
    close();
    ::umount(small.c_str());
    BOOST_TEST(used);
    BOOST_TEST(recorded > 100);
    BOOST_TEST(!healthy);
    BOOST_TEST(recovered);
    BOOST_TEST(found == static_cast<std::size_t>(recorded));
}

BOOST_AUTO_TEST_CASE(flush_fails_and_can_be_tried_again) {
    open();
    cancel(*running);
    limit_files_to(1);
    book->record(a_source(1));
    BOOST_TEST(book->flush().has_error());
    ::setrlimit(RLIMIT_FSIZE, &before);
    BOOST_TEST(book->flush().has_value());
    BOOST_TEST(book->unretired()->size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(journal_killed_)

// The child says on a pipe what is durable, then is killed; all that it said must be there.
BOOST_AUTO_TEST_CASE(never_forgets_what_it_called_durable) {
    for (int round = 0; round < 5; ++round) {
        test::temp_folder files;
        int ends[2];
        BOOST_REQUIRE(::pipe(ends) == 0);
        auto child = ::fork();
        if (child == 0) {
            test::world world;
            worker_pool pool(0);
            metrics measured;
            logger log(world.clock, log_level::error, log_format::text, [](auto) {});
            auto executor = world.io.get_executor();
            journal_options options{files.path("journal.db")};
            auto book = journal::open(executor, options, world.clock, pool, log, measured);
            for (int i = 0;; ++i) {
                (*book)->record(a_source(i));
                if ((*book)->flush().has_error()) ::_exit(1);
                if (::write(ends[1], &i, sizeof i) != sizeof i) ::_exit(1);
            }
        }
        ::close(ends[1]);
        int said = -1;
        for (int i = 0; i < 50 * (round + 1); ++i) {
            BOOST_REQUIRE(::read(ends[0], &said, sizeof said) == sizeof said);
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        for (int more = 0; ::read(ends[0], &more, sizeof more) == sizeof more;) said = more;
        ::close(ends[0]);
        auto rows = read_journal(files.path("journal.db"), {});
        BOOST_REQUIRE(rows.has_value());
        BOOST_TEST(rows->size() >= static_cast<std::size_t>(said) + 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
