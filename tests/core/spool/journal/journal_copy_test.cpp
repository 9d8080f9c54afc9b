// A copy of a journal that is in use, and of one at rest.
#include "spool/journal/journal_copy.hpp"

#include "core/spool/journal/journal_fixture.hpp"
#include "core/spool/journal/old_journals.hpp"
#include "spool/journal/journal_store.hpp"
#include "sqlite/database.hpp"
#include "sqlite/statement.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct copying : test::keeping {
    std::string target = files.path("copy.db");

    result<void> copy() {
        auto copied = start(copy_journal(*book, target));
        BOOST_REQUIRE(copied->value.has_value());
        return *copied->value;
    }
    std::string asked(const char* question) const {
        sqlite::database db(target, sqlite::access::read_only);
        return sqlite::first_value(db, question);
    }
    std::string content(const std::string& file) const {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void record(int sources) {
        for (int i = 0; i < sources; ++i) book->record(test::a_source(i));
        settle();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_copy_, copying)

BOOST_AUTO_TEST_CASE(what_was_recorded_is_in_the_copy_of_a_journal_in_use) {
    open();
    record(3);
    BOOST_REQUIRE(copy().has_value());
    BOOST_TEST(asked("SELECT count(*) FROM sources") == "3");
    BOOST_TEST(asked("PRAGMA integrity_check") == "ok");
    // Other programs read it without a companion file.
    BOOST_TEST(asked("PRAGMA journal_mode") == "delete");
    auto mode = std::filesystem::status(target).permissions();
    BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write))
    );
    record(5);
    BOOST_TEST(found_ids({}).size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_copy_of_many_parts_takes_the_place_of_the_journal) {
    open();
    record(20'000);
    BOOST_REQUIRE(copy().has_value());
    BOOST_TEST(std::filesystem::file_size(target) > 2u << 20);
    close();
    std::filesystem::remove(path);
    std::filesystem::rename(target, path);
    open();
    BOOST_TEST(book->unretired().value().size() == 20'000u);
    BOOST_TEST(!book->is_new());
}

BOOST_AUTO_TEST_CASE(what_is_written_between_two_parts_is_in_the_copy) {
    auto store = journal_store::open(path, store_access::unsynced).value();
    auto write = [&](int from, int to) {
        std::vector<std::shared_ptr<const journal_change>> group;
        for (int i = from; i < to; ++i) {
            source_change one;
            one.source = test::a_source(i);
            group.push_back(std::make_shared<const journal_change>(std::move(one)));
        }
        BOOST_REQUIRE(store->write(group).has_value());
    };
    write(0, 20'000);
    BOOST_TEST(store->copy_part(target, true).value());
    write(20'000, 20'100);
    while (store->copy_part(target, false).value()) continue;
    BOOST_TEST(asked("SELECT count(*) FROM sources") == "20100");
    BOOST_TEST(asked("PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_CASE(an_unfinished_copy_is_left_for_a_new_one) {
    auto store = journal_store::open(path, store_access::unsynced).value();
    BOOST_TEST(!store->copy_part(target, true).value());
    auto continued = store->copy_part(target, false);
    BOOST_REQUIRE(continued.has_error());
    BOOST_TEST(!store->copy_part(target, true).value());
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_a_failure_and_costs_the_journal_nothing) {
    open();
    record(2);
    target = files.path("absent") + "/copy.db";
    auto copied = copy();
    BOOST_REQUIRE(copied.has_error());
    BOOST_TEST(copied.error().message().find("cannot be written") != std::string::npos);
    record(3);
    BOOST_TEST(found_ids({}).size() == 3u);
    BOOST_TEST(!logged("set aside"));
}

BOOST_AUTO_TEST_CASE(a_journal_at_rest_is_copied_as_it_is_whatever_its_schema) {
    {
        sqlite::database db(path, sqlite::access::read_and_write);
        db.run(test::journal_schema_1);
        db.run(test::journal_rows_1);
    }
    auto before = content(path);
    BOOST_REQUIRE(copy_journal_at_rest(path, target).has_value());
    BOOST_TEST(asked("PRAGMA user_version") == "1");
    BOOST_TEST((content(path) == before));
}

BOOST_AUTO_TEST_CASE(what_is_still_in_the_log_of_a_journal_at_rest_is_copied) {
    open();
    record(4);
    auto killed = files.path("killed.db");
    std::filesystem::copy_file(path, killed);
    std::filesystem::copy_file(path + "-wal", killed + "-wal");
    BOOST_REQUIRE(copy_journal_at_rest(killed, target).has_value());
    BOOST_TEST(asked("SELECT count(*) FROM sources") == "4");
}

BOOST_AUTO_TEST_SUITE_END()
