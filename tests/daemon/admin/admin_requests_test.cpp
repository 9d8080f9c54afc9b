#include "daemon/admin/admin.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::journal_query_text;
using daemon::parse_journal_query;

BOOST_AUTO_TEST_SUITE(admin_requests_)

BOOST_AUTO_TEST_CASE(a_question_to_the_journal_is_read_as_it_was_written) {
    spool::journal_query asked;
    asked.watch = "web";
    asked.file_glob = "a b*.csv";
    asked.limit = 7;
    asked.after = {1'700'000'000'000'000, "00000000-0000-4000-8000-000000000001"};
    auto read = parse_journal_query(journal_query_text(asked));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(*read->watch == "web");
    BOOST_TEST(*read->file_glob == "a b*.csv");
    BOOST_TEST(read->limit == 7u);
    BOOST_TEST(read->after.changed_at_us == 1'700'000'000'000'000);
    BOOST_TEST(read->after.id == "00000000-0000-4000-8000-000000000001");
}

BOOST_AUTO_TEST_CASE(a_place_in_the_journal_may_be_a_time_alone) {
    auto read = parse_journal_query("after=5");
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->after.changed_at_us == 5);
    BOOST_TEST(read->after.id.empty());
    BOOST_TEST(parse_journal_query("after=5,")->after.id.empty());
    for (auto wrong : {"after=", "after=x", "after=-1", "after=,a", "limit=-1"}) {
        BOOST_TEST(!parse_journal_query(wrong).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_question_about_a_file_is_read_as_it_was_written) {
    auto read = daemon::parse_look_request(daemon::look_request_text({"web", "a b&c/\xFF.csv"}));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->watch == "web");
    BOOST_TEST(read->file == "a b&c/\xFF.csv");
    for (auto wrong : {"", "watch=web", "file=a&other=1", "file=%zz"}) {
        BOOST_TEST(!daemon::parse_look_request(wrong).has_value());
    }
}

BOOST_AUTO_TEST_CASE(targets_are_read_as_they_were_written) {
    std::vector<std::string> all{"/D/a//", "/D/b%20c//"};
    BOOST_TEST((daemon::targets_of(daemon::targets_json(all)) == all));
    for (auto wrong : {"", "{}", "[7]", "not ready"}) {
        BOOST_TEST(daemon::targets_of(wrong).empty());
    }
    BOOST_TEST(*daemon::parse_targets_request("watch=a%20b") == "a b");
    BOOST_TEST(!daemon::parse_targets_request("file=a").has_value());
}

BOOST_AUTO_TEST_CASE(a_request_to_retry_is_read_as_it_was_written) {
    pipeline::retry_request asked;
    asked.watch = "web";
    asked.code = "BadRequest_X";
    asked.file = "a&b *.csv";
    auto read = daemon::parse_retry_request(daemon::retry_request_text(asked));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(*read->watch == "web");
    BOOST_TEST(*read->code == "BadRequest_X");
    BOOST_TEST(*read->file == "a&b *.csv");
    BOOST_TEST(!read->source_id);
    BOOST_TEST(!read->dry_run);
    asked.dry_run = true;
    BOOST_TEST(daemon::parse_retry_request(daemon::retry_request_text(asked))->dry_run);
    BOOST_TEST(daemon::parse_retry_request("").has_value());
    for (auto wrong : {"dry_run=", "dry_run=yes", "dry=true", "watch"}) {
        BOOST_TEST(!daemon::parse_retry_request(wrong).has_value());
    }
}

BOOST_AUTO_TEST_CASE(what_a_retry_left_out_is_named) {
    pipeline::retry_report report;
    report.expired = 2;
    failure locked{errc::folder_locked, remedy::retry, "another daemon has it"};
    report.left_out.push_back({"far", locked});
    auto expected = R"({"dry_run":true,"retried":[],"problems":0,"expired":2,)"
                    R"("left_out":[{"watch":"far","code":"folder_locked",)"
                    R"("detail":"another daemon has it"}]})";
    BOOST_TEST(daemon::retried_json(report, true) == expected);
}

BOOST_AUTO_TEST_CASE(what_a_look_showed_is_read_as_it_was_written) {
    spool::sighting seen;
    seen.kind = spool::file_kind::fifo;
    seen.links = 2;
    seen.identity.size_bytes = 7;
    seen.identity.modified_ns = 1'700'000'000'000'000'001;
    seen.readable = true;
    auto read = daemon::sighting_of(daemon::look_json(seen));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == seen));
    BOOST_TEST(!daemon::sighting_of(daemon::look_json({})).has_value());
    BOOST_TEST(!daemon::sighting_of("404 not here").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
