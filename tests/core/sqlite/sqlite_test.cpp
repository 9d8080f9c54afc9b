#include "sqlite/error.hpp"
#include "sqlite/quoting.hpp"
#include "sqlite/scalar_function.hpp"
#include "sqlite/statement.hpp"
#include "sqlite/statement_cache.hpp"
#include "sqlite/transaction.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace kustodrop;

namespace {

struct in_memory {
    sqlite::database db{":memory:", sqlite::access::read_and_write};

    in_memory() { db.run("CREATE TABLE rows (a, b, c)"); }

    std::string count() { return sqlite::first_value(db, "SELECT count(*) FROM rows"); }
};

struct file {
    std::filesystem::path path = std::filesystem::temp_directory_path() /
                                 ("kustodrop-sqlite-test-" + std::to_string(::getpid()) + ".db");

    ~file() { std::filesystem::remove(path); }
};

sqlite::problem problem_of(auto&& act) {
    try {
        act();
    } catch (const sqlite::error& error) {
        return error.kind();
    }
    BOOST_FAIL("nothing was thrown");
    return sqlite::problem::other;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_, in_memory)

BOOST_AUTO_TEST_CASE(gives_back_what_was_bound) {
    auto time = wall_time(std::chrono::microseconds(1'700'000'000'000'001));
    sqlite::statement row(db, "SELECT ?, ?, ?, ?, ?, ?, ?");
    std::string bytes("a\0b", 3);
    row.bind(-7, std::uint64_t(8), 0.5, "text", std::string("more"), sqlite::blob{bytes}, time);
    BOOST_REQUIRE(row.step());
    BOOST_TEST(row.columns() == 7);
    BOOST_TEST(row.integer(0) == -7);
    BOOST_TEST(row.natural(1) == 8u);
    BOOST_TEST(std::get<double>(row.value(2)) == 0.5);
    BOOST_TEST(row.text(3) == "text");
    BOOST_TEST(row.text(4) == "more");
    BOOST_TEST(row.bytes(5) == bytes);
    BOOST_TEST((row.time(6) == time));
    BOOST_TEST(!row.step());
}

BOOST_AUTO_TEST_CASE(distinguishes_null_from_empty) {
    sqlite::statement row(db, "SELECT typeof(?), typeof(?), typeof(?), typeof(?)");
    row.bind(std::optional<int>(), std::string_view(), sqlite::blob{}, sqlite::value());
    BOOST_REQUIRE(row.step());
    BOOST_TEST(row.text(0) == "null");
    BOOST_TEST(row.text(1) == "text");
    BOOST_TEST(row.text(2) == "blob");
    BOOST_TEST(row.text(3) == "null");
}

BOOST_AUTO_TEST_CASE(reads_a_value_as_its_own_type) {
    sqlite::statement row(db, "SELECT NULL, 1, 2.5, 'x'");
    BOOST_REQUIRE(row.step());
    BOOST_TEST((row.value(0) == sqlite::value()));
    BOOST_TEST((row.value(1) == sqlite::value(std::int64_t(1))));
    BOOST_TEST((row.value(2) == sqlite::value(2.5)));
    BOOST_TEST((row.value(3) == sqlite::value("x")));
}

BOOST_AUTO_TEST_CASE(binds_values_one_after_the_other) {
    sqlite::statement row(db, "SELECT ?, ?, ?");
    row.bind(1).bind_more(sqlite::value(std::int64_t(2)), sqlite::value("3"));
    BOOST_REQUIRE(row.step());
    BOOST_TEST(row.text(0) + row.text(1) + row.text(2) == "123");
}

BOOST_AUTO_TEST_CASE(runs_a_statement_many_times) {
    sqlite::statement add(db, "INSERT INTO rows (a) VALUES (?)");
    for (int i = 0; i < 3; ++i) add.bind(i).run();
    BOOST_TEST(count() == "3");
    db.run("DELETE FROM rows WHERE a > 0");
    BOOST_TEST(db.changed_rows() == 2);
}

BOOST_AUTO_TEST_CASE(undoes_a_transaction_that_is_not_committed) {
    {
        sqlite::transaction lost(db);
        db.run("INSERT INTO rows VALUES (1, 2, 3)");
    }
    BOOST_TEST(count() == "0");
    sqlite::transaction kept(db);
    db.run("INSERT INTO rows VALUES (1, 2, 3)");
    kept.commit();
    BOOST_TEST(count() == "1");
}

BOOST_AUTO_TEST_CASE(rolling_back_without_a_transaction_does_nothing) {
    db.roll_back();
    BOOST_TEST(count() == "0");
}

BOOST_AUTO_TEST_CASE(a_cached_statement_is_rewound_after_its_use) {
    sqlite::statement_cache cache(db);
    db.run("INSERT INTO rows (a) VALUES (1), (2)");
    for (int i = 0; i < 2; ++i) {
        auto row = cache.get("SELECT a FROM rows ORDER BY a");
        BOOST_REQUIRE(row->step());
        BOOST_TEST(row->integer(0) == 1);
    }
    // A statement that still reads would keep the table.
    db.run("DROP TABLE rows");
}

BOOST_AUTO_TEST_CASE(calls_our_functions) {
    sqlite::define_function(db, "twice", 1, [](auto arguments) -> sqlite::value {
        if (auto* number = std::get_if<std::int64_t>(&arguments[0])) return *number * 2;
        if (auto* number = std::get_if<double>(&arguments[0])) return *number * 2;
        if (auto* text = std::get_if<std::string_view>(&arguments[0]))
            return std::string(*text) + std::string(*text);
        return {};
    });
    sqlite::statement row(db, "SELECT twice(2), twice(1.5), twice('ab'), twice(NULL)");
    BOOST_REQUIRE(row.step());
    BOOST_TEST(row.integer(0) == 4);
    BOOST_TEST(std::get<double>(row.value(1)) == 3.0);
    BOOST_TEST(row.text(2) == "abab");
    BOOST_TEST((row.value(3) == sqlite::value()));
}

BOOST_AUTO_TEST_CASE(refuses_functions_of_too_many_arguments) {
    auto none = [](auto) { return sqlite::value(); };
    auto define = [&] { sqlite::define_function(db, "f", sqlite::most_arguments + 1, none); };
    BOOST_CHECK_THROW(define(), sqlite::error);
}

BOOST_AUTO_TEST_CASE(quotes_whatever_a_name_or_text_contains) {
    BOOST_TEST(sqlite::quoted_name("a\"b") == "\"a\"\"b\"");
    BOOST_TEST(sqlite::quoted_text("it's") == "'it''s'");
    BOOST_TEST(sqlite::quoted_text(std::string_view("a\0b", 3)) == "'ab'");
    auto sql = "SELECT " + sqlite::quoted_text("'); DROP TABLE rows; --");
    BOOST_TEST(sqlite::first_value(db, sql) == "'); DROP TABLE rows; --");
}

BOOST_AUTO_TEST_CASE(copies_another_database) {
    db.run("INSERT INTO rows VALUES (1, 2, 3)");
    sqlite::database copy(":memory:", sqlite::access::read_and_write);
    copy.run("CREATE TABLE other (x)");
    copy.copy_from(db);
    BOOST_TEST(sqlite::first_value(copy, "SELECT count(*) FROM rows") == "1");
    BOOST_CHECK_THROW(copy.run("SELECT * FROM other"), sqlite::error);
}

BOOST_AUTO_TEST_CASE(first_value_of_no_row_is_empty) {
    BOOST_TEST(sqlite::first_value(db, "SELECT a FROM rows") == "");
}

BOOST_AUTO_TEST_CASE(reports_what_is_wrong) {
    using sqlite::problem;
    BOOST_TEST((problem_of([&] { db.run("SELECT nonsense"); }) == problem::other));
    BOOST_TEST((problem_of([&] { sqlite::statement bad(db, "SELEC 1"); }) == problem::other));
    BOOST_TEST((problem_of([&] { sqlite::statement(db, "SELECT 1").bind(1); }) == problem::other));
    db.run("CREATE UNIQUE INDEX once ON rows (a)");
    db.run("INSERT INTO rows (a) VALUES (1)");
    sqlite::statement again(db, "INSERT INTO rows (a) VALUES (1)");
    BOOST_TEST((problem_of([&] { again.run(); }) == problem::constraint));
    auto open = [](auto path, sqlite::access how) { sqlite::database(path, how); };
    auto missing = [&] { open("/nonexistent/x.db", sqlite::access::read_only); };
    BOOST_TEST((problem_of(missing) == problem::cannot_open));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_a_database_is_corrupt) {
    file here;
    std::ofstream(here.path) << std::string(1024, 'x');
    sqlite::database broken(here.path, sqlite::access::read_only);
    auto read = [&] { broken.run("SELECT * FROM sqlite_schema"); };
    BOOST_TEST((problem_of(read) == sqlite::problem::corrupt));
}

BOOST_AUTO_TEST_CASE(a_lock_of_another_connection_is_waited_for_no_longer_than_asked) {
    file here;
    sqlite::database one(here.path, sqlite::access::read_and_write);
    sqlite::database other(here.path, sqlite::access::read_and_write);
    other.set_busy_timeout(1ms);
    sqlite::transaction writing(one);
    auto begin = [&] { sqlite::transaction blocked(other); };
    BOOST_TEST((problem_of(begin) == sqlite::problem::locked));
}

BOOST_AUTO_TEST_CASE(our_own_errors_have_the_code_of_their_kind) {
    for (auto kind :
         {sqlite::problem::locked,
          sqlite::problem::corrupt,
          sqlite::problem::constraint,
          sqlite::problem::newer_schema,
          sqlite::problem::disk_full,
          sqlite::problem::cannot_open,
          sqlite::problem::other}) {
        sqlite::error error(kind, "why");
        BOOST_TEST((error.kind() == kind));
        BOOST_TEST(error.what() == std::string("why"));
        BOOST_TEST(error.code() != 0);
    }
}

BOOST_AUTO_TEST_CASE(no_room_for_what_is_shared_is_a_full_disk) {
    BOOST_TEST((sqlite::error(4874, "SQLITE_IOERR_SHMSIZE").kind() == sqlite::problem::disk_full));
    BOOST_TEST((sqlite::error(778, "SQLITE_IOERR_WRITE").kind() == sqlite::problem::other));
}

BOOST_AUTO_TEST_CASE(knows_its_library) { BOOST_TEST(sqlite::library_version().starts_with("3.")); }

BOOST_AUTO_TEST_SUITE_END()
