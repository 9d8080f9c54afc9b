#include "core/spool/journal/journal_fixture.hpp"

#include <sqlite3.h>

using namespace kustodrop;
using namespace kustodrop::spool;
using namespace kustodrop::test;

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
        s.reported = {false, true};
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
        auto* record = outcome_of(rows[5 - i].source.stage);
        BOOST_TEST((record->outcome == static_cast<outcome>(i)));
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
    book = opening().value();
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
    BOOST_TEST((second.has_error() && second.error().code == errc::journal_locked));
    BOOST_TEST(read_journal(path, {}).error().code == errc::journal_locked);
    BOOST_TEST(book->flush().has_value());
}

BOOST_AUTO_TEST_CASE(a_journal_of_the_future_is_left_alone) {
    open();
    close();
    sqlite3* db = nullptr;
    sqlite3_open(path.c_str(), &db);
    sqlite3_exec(db, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
    sqlite3_close(db);
    BOOST_TEST(read_journal(path, {}).error().code == errc::journal_newer);
    auto said = opening();
    BOOST_TEST(said.error().code == errc::journal_newer);
    BOOST_TEST((said.error().next == remedy::reconfigure));
    BOOST_TEST(said.error().detail.find("schema 99, this one knows ") != std::string::npos);
    BOOST_TEST(std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_a_configuration_matter) {
    path = files.path("none/journal.db");
    auto said = opening();
    BOOST_TEST(said.error().code == errc::journal_unopenable);
}

BOOST_AUTO_TEST_CASE(kept_files_are_remembered_until_forgotten) {
    open();
    kept_file one{"web", "a\xff", {1, 2, 3, 4, 5, 6}, id_of(1), outcome::presumed};
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
    BOOST_TEST((kept[0].identity == one.identity && kept[0].identity.born_ns == 6));
    BOOST_TEST((kept[0].outcome == one.outcome));
}

BOOST_AUTO_TEST_CASE(the_folders_of_watches_are_remembered) {
    open();
    BOOST_TEST(book->folders().value().empty());
    folder_record web{"web", "/srv/drop zone/web\xff", 18'446'744'073'709'551'615u, 2};
    folder_record app{"app", "/srv/app", 1, 3};
    book->record_folder({"web", "/elsewhere", 1, 1});
    book->record_folder(web);
    book->record_folder(app);
    settle();
    reopen();
    auto found = book->folders().value();
    BOOST_REQUIRE(found.size() == 2u);
    BOOST_TEST((found[0] == app));
    BOOST_TEST((found[1] == web));
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
    auto forgotten = start(book->forget_retired(clock.wall_now()));
    BOOST_TEST(forgotten->value->value() == 1u);
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

BOOST_AUTO_TEST_CASE(files_pass_from_one_source_to_others_all_at_once) {
    open();
    auto whole = a_source(1);
    book->record(whole);
    settle();
    whole.slices.clear();
    whole.stage = stage::retired{an_outcome_record(), {}};
    auto first = a_source(2);
    auto second = a_source(3);
    book->record_together({&whole, &first, &second});
    first.attempts = 7;
    book->record(first);
    settle();
    reopen();
    auto left = book->unretired().value();
    BOOST_TEST_REQUIRE(left.size() == 2u);
    for (auto& one : left) BOOST_TEST((one == first || one == second));
}

BOOST_AUTO_TEST_CASE(of_a_blob_of_several_files_those_that_are_asked_for_are_found) {
    open();
    auto joined = a_source(1);
    joined.slices.push_back({"b.json", "b.json", 0, 1, {}});
    joined.slices.push_back({"b2.json", "b2.json", 0, 1, {}});
    book->record(joined);
    settle();
    journal_query query;
    query.file_glob = "b*";
    auto rows = find(query);
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(rows[0].files == 3u);
    BOOST_TEST_REQUIRE(rows[0].source.slices.size() == 2u);
    BOOST_TEST(rows[0].source.slices[0].name == "b.json");
    query.file_glob = "c*";
    BOOST_TEST(find(query).empty());
}

BOOST_AUTO_TEST_CASE(the_limit_of_a_question_counts_files) {
    open();
    for (int i = 0; i < 4; ++i) {
        auto joined = a_source(i);
        for (int j = 0; j < 9; ++j) joined.slices.push_back(joined.slices.front());
        book->record(joined);
    }
    settle();
    journal_query query;
    query.limit = 11;
    BOOST_TEST(find(query).size() == 2u);
    query.limit = 10;
    BOOST_TEST(find(query).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
