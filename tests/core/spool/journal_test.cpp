#include "spool/journal.hpp"

#include "core/spool/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <iostream>
#include <sqlite3.h>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct keeping : test::world {
    test::temp_folder files;
    worker_pool pool{0};
    std::vector<std::string> lines;
    logger log{clock, log_level::debug, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    metrics measured;
    std::string path = files.path("journal.db");
    std::unique_ptr<journal> book;
    std::shared_ptr<test::task<std::monostate>> running;

    result<std::unique_ptr<journal>> opening() {
        return journal::open(io.get_executor(), {path}, clock, pool, log, measured);
    }

    // A journal that commits by itself.
    void open() {
        book = std::move(opening().value());
        running = start(book->run());
    }

    void close() {
        if (running) cancel(*running);
        running.reset();
        book.reset();
    }

    void reopen() {
        close();
        open();
    }

    ~keeping() { close(); }

    std::vector<journal_row> find(journal_query query = {}) {
        auto found = start(book->find(std::move(query)));
        BOOST_REQUIRE(found->value.has_value());
        return found->value->value();
    }

    std::vector<std::string> found_ids(journal_query query) {
        std::vector<std::string> ids;
        for (auto& row : find(std::move(query))) ids.push_back(row.source.id);
        return ids;
    }

    bool logged(std::string_view word) const {
        return std::any_of(lines.begin(), lines.end(), [&](auto& line) {
            return line.find(word) != std::string::npos;
        });
    }
};

std::string id_of(int number) {
    auto digits = std::to_string(number);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

source a_source(int number = 1) {
    source s;
    s.id = id_of(number);
    s.watch = "web";
    s.target = "Logs.Web";
    s.slices = {{"a.json", ".kustodrop/work/x~a.json", 3, 17, {1, 2, 20, -4, 5}}};
    s.claimed_at = wall_time(1'790'000'000'123'456us);
    return s;
}

blob_record a_blob() { return {"account", "container", "name.json.gz", 1'000, 99}; }

verdict a_verdict() {
    return {outcome::failed, "BadRequest_X", "it's bad: \"x\"", "op-1", wall_time(77us)};
}

std::vector<any_stage> every_stage() {
    return {
        stage::claimed{},
        stage::uploaded{a_blob()},
        stage::posting{a_blob(), wall_time(11us)},
        stage::posted{a_blob(), wall_time(12us)},
        stage::settled{a_verdict()},
        stage::retired{a_verdict(), wall_time(13us)}};
}

source retired(int number, outcome word) {
    auto s = a_source(number);
    s.stage = stage::retired{{word, "", "", "", {}}, {}};
    return s;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_, keeping)

BOOST_AUTO_TEST_CASE(every_stage_survives_a_restart_unchanged) {
    open();
    std::vector<source> written;
    for (auto& stage : every_stage()) {
        auto s = a_source(static_cast<int>(written.size()));
        s.stage = stage;
        s.attempts = 3;
        s.posts = 2;
        s.ambiguous_posts = 1;
        book->record(s);
        written.push_back(s);
    }
    settle();
    reopen();
    auto rows = find();
    BOOST_REQUIRE(rows.size() == written.size());
    std::reverse(rows.begin(), rows.end());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        BOOST_TEST((rows[i].source == written[i]));
        BOOST_TEST((rows[i].changed_at == clock.wall_now()));
    }
    BOOST_TEST(book->unretired()->size() == written.size() - 1);
}

BOOST_AUTO_TEST_CASE(every_outcome_survives_a_restart) {
    open();
    for (int i = 0; i < 6; ++i) book->record(retired(i, static_cast<outcome>(i)));
    settle();
    reopen();
    auto rows = find();
    BOOST_REQUIRE(rows.size() == 6u);
    for (std::size_t i = 0; i < 6; ++i) {
        auto* word = verdict_of(rows[5 - i].source.stage);
        BOOST_TEST((word->outcome == static_cast<outcome>(i)));
    }
}

BOOST_AUTO_TEST_CASE(names_are_any_bytes_and_numbers_any_size) {
    open();
    auto s = a_source();
    s.slices.clear();
    for (auto name : {std::string("\xff\xfe\n\x01"), std::string("a\0b", 3), std::string()}) {
        s.slices.push_back(
            {name,
             name,
             UINT64_MAX,
             UINT64_MAX,
             {UINT64_MAX, UINT64_MAX, UINT64_MAX, INT64_MIN, INT64_MAX}}
        );
    }
    book->record(s);
    settle();
    reopen();
    BOOST_TEST((book->unretired()->at(0) == s));
}

BOOST_AUTO_TEST_CASE(the_latest_record_wins_also_within_a_group) {
    open();
    auto s = a_source();
    book->record(s);
    s.stage = stage::uploaded{a_blob()};
    s.slices.push_back(s.slices[0]);
    book->record(s);
    settle();
    BOOST_TEST((book->unretired()->at(0) == s));
    s.slices.resize(1);
    s.attempts = 9;
    book->record(s);
    settle();
    BOOST_REQUIRE(book->unretired()->size() == 1u);
    BOOST_TEST((book->unretired()->at(0) == s));
}

BOOST_AUTO_TEST_CASE(durable_returns_when_the_record_is_on_disk_and_not_before) {
    book = std::move(opening().value());
    book->record(a_source());
    auto waiting = start(book->durable());
    BOOST_TEST(!waiting->done());
    BOOST_TEST(book->unretired()->empty());
    running = start(book->run());
    settle();
    BOOST_REQUIRE(waiting->value.has_value());
    BOOST_TEST(waiting->value->has_value());
    BOOST_TEST(book->unretired()->size() == 1u);
}

BOOST_AUTO_TEST_CASE(durable_does_not_wait_for_what_is_recorded_later) {
    open();
    auto at_once = start(book->durable());
    BOOST_TEST(at_once->done());
}

BOOST_AUTO_TEST_CASE(what_arrives_together_shares_few_transactions) {
    open();
    for (int i = 0; i < 1000; ++i) book->record(a_source(i));
    auto waiting = start(book->durable());
    settle();
    BOOST_TEST(waiting->done());
    auto& commits = measured.distribution("kustodrop_journal_commit_seconds");
    BOOST_TEST(commits.count() == 4u);
    BOOST_TEST(book->unretired()->size() == 1000u);
}

BOOST_AUTO_TEST_CASE(flush_writes_what_a_cancelled_run_left) {
    open();
    cancel(*running);
    book->record(a_source());
    BOOST_TEST(book->flush().has_value());
    BOOST_TEST(book->unretired()->size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_second_process_is_refused) {
    open();
    auto second = opening();
    BOOST_REQUIRE(second.has_error());
    BOOST_TEST(second.error().code == "journal_locked");
    BOOST_TEST(read_journal(path, {}).error().code == "journal_locked");
    BOOST_TEST(book->flush().has_value());
}

BOOST_AUTO_TEST_CASE(a_journal_of_the_future_is_left_alone) {
    open();
    close();
    sqlite3* db = nullptr;
    sqlite3_open(path.c_str(), &db);
    sqlite3_exec(db, "PRAGMA user_version = 2", nullptr, nullptr, nullptr);
    sqlite3_close(db);
    auto said = opening();
    BOOST_TEST(said.error().code == "journal_newer");
    BOOST_TEST((said.error().next == remedy::reconfigure));
    BOOST_TEST(std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_a_configuration_matter) {
    path = files.path("none/journal.db");
    auto said = opening();
    BOOST_TEST(said.error().code == "journal_unopenable");
}

BOOST_AUTO_TEST_CASE(kept_files_are_remembered_until_forgotten) {
    open();
    kept_file one{"web", "a\xff", {1, 2, 3, 4, 5}, id_of(1), outcome::presumed};
    kept_file two{"web", "b", {1, 2, 3, 4, 5}, id_of(2), outcome::failed};
    book->record_kept(one);
    book->record_kept(two);
    book->record_kept({"other", "c", {}, id_of(3), outcome::failed});
    book->forget_kept("web", "b");
    settle();
    reopen();
    auto kept = book->kept("web").value();
    BOOST_REQUIRE(kept.size() == 1u);
    BOOST_TEST(kept[0].name == one.name);
    BOOST_TEST(kept[0].watch == "web");
    BOOST_TEST(kept[0].source_id == one.source_id);
    BOOST_TEST((kept[0].identity == one.identity));
    BOOST_TEST((kept[0].outcome == one.outcome));
}

BOOST_AUTO_TEST_CASE(finds_what_is_asked_for_newest_first) {
    open();
    auto start_of_day = clock.wall_now();
    auto other = retired(1, outcome::failed);
    other.watch = "other";
    other.slices[0].name = "sub/b.csv";
    book->record(other);
    settle();
    pass(1h);
    book->record(retired(2, outcome::failed));
    settle();
    pass(1h);
    book->record(retired(3, outcome::succeeded));
    settle();
    pass(1h);
    book->record(a_source(4));
    settle();

    using ids = std::vector<std::string>;
    auto expect = [&](journal_query query, ids expected) {
        BOOST_TEST(found_ids(query) == expected, boost::test_tools::per_element());
    };
    expect({}, {id_of(4), id_of(3), id_of(2), id_of(1)});
    journal_query query;
    query.since = start_of_day + 1h;
    expect(query, {id_of(4), id_of(3), id_of(2)});
    query = {};
    query.outcome = outcome::failed;
    expect(query, {id_of(2), id_of(1)});
    query.watch = "other";
    expect(query, {id_of(1)});
    query = {};
    query.stage = "claimed";
    expect(query, {id_of(4)});
    query = {};
    query.file_glob = "*.csv";
    expect(query, {id_of(1)});
    query = {};
    query.source_id = id_of(3);
    expect(query, {id_of(3)});
    query.outcome = outcome::failed;
    expect(query, {});
    query = {};
    query.limit = 2;
    expect(query, {id_of(4), id_of(3)});
    query.limit = 0;
    expect(query, {});
}

BOOST_AUTO_TEST_CASE(finds_across_pages) {
    open();
    for (int i = 0; i < 2500; ++i) {
        auto s = a_source(i);
        if (i % 1000 == 7) s.watch = "rare";
        book->record(s);
    }
    settle();
    BOOST_TEST(find().size() == 2500u);
    journal_query query;
    query.watch = "rare";
    BOOST_TEST(find(query).size() == 3u);
    query.limit = 2;
    BOOST_TEST(find(query).size() == 2u);
}

BOOST_AUTO_TEST_CASE(forgets_only_what_is_retired_and_old) {
    open();
    book->record(retired(1, outcome::succeeded));
    book->record(a_source(2));
    settle();
    pass(24h);
    book->record(retired(3, outcome::succeeded));
    settle();
    auto gone = start(book->forget_retired(clock.wall_now()));
    BOOST_TEST(gone->value->value() == 1u);
    std::vector<std::string> left{id_of(3), id_of(2)};
    BOOST_TEST(found_ids({}) == left, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(forgets_a_bounded_number_a_call) {
    open();
    for (int i = 0; i < 1500; ++i) book->record(retired(i, outcome::succeeded));
    settle();
    auto limit = clock.wall_now() + 1h;
    BOOST_TEST(start(book->forget_retired(limit))->value->value() == 1000u);
    BOOST_TEST(start(book->forget_retired(limit))->value->value() == 500u);
    BOOST_TEST(start(book->forget_retired(limit))->value->value() == 0u);
    BOOST_TEST(find().empty());
}

BOOST_AUTO_TEST_CASE(a_stopped_daemons_journal_is_read_without_changing_it) {
    open();
    book->record(retired(1, outcome::failed));
    book->record(a_source(2));
    settle();
    close();
    auto before = files.read("journal.db");
    journal_query query;
    query.outcome = outcome::failed;
    auto rows = read_journal(path, query).value();
    BOOST_REQUIRE(rows.size() == 1u);
    BOOST_TEST((rows[0].source == retired(1, outcome::failed)));
    BOOST_TEST((files.read("journal.db") == before));
    BOOST_TEST(!files.has("journal.db-wal"));
}

BOOST_AUTO_TEST_CASE(reading_an_absent_journal_creates_nothing) {
    BOOST_TEST(read_journal(path, {}).has_error());
    BOOST_TEST(!files.has("journal.db"));
}

BOOST_AUTO_TEST_SUITE_END()

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
        auto before = asides().size();
        open();
        BOOST_TEST(book->unretired().has_value());
        book->record(a_source(9'999));
        auto safe = start(book->durable());
        settle();
        BOOST_TEST(safe->value->has_value());
        set_aside += asides().size() - before;
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
    if (::geteuid() != 0) return;
    files.make_folder("small");
    auto small = files.path("small");
    if (::mount("none", small.c_str(), "tmpfs", 0, "size=8m") != 0) return;
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
    bool mended = book->healthy();
    close();
    ::umount(small.c_str());
    BOOST_TEST(used);
    BOOST_TEST(recorded > 100);
    BOOST_TEST(!healthy);
    BOOST_TEST(mended);
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
