#include "pipeline/retiring/file_history.hpp"

#include "spool/source/place.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using spool::outcome;

namespace {

// A log that was shipped in pieces; the last one was refused.
struct pieces {
    std::vector<spool::journal_row> rows;  // Newest first.

    static spool::source piece(
        std::string id, std::uint64_t offset, std::uint64_t length, outcome said
    ) {
        spool::source what;
        what.id = std::move(id);
        spool::slice file{"a.log", spool::work_location("id-1", "a.log"), offset, length};
        file.identity = {1, 2, offset + length, 100, 100};
        file.start_check = offset > 0 ? 7 : 0;
        what.slices.push_back(file);
        spool::outcome_record record;
        record.outcome = said;
        what.stage = spool::stage::settled{record};
        return what;
    }
    void shipped(std::string id, std::uint64_t offset, std::uint64_t length, outcome said) {
        auto what = piece(std::move(id), offset, length, said);
        what.stage = spool::stage::retired{*spool::outcome_of(what.stage), {}};
        rows.insert(rows.begin(), {std::move(what), {}});
    }
    std::vector<shipped_range> history(const spool::source& what) const {
        return history_of(what, what.slices.front(), rows);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(file_history_, pieces)

BOOST_AUTO_TEST_CASE(a_whole_file_has_one_range) {
    auto what = piece("id-1", 0, 100, outcome::failed);
    BOOST_TEST((history(what) == std::vector<shipped_range>{{0, 100, "failed", "id-1"}}));
}

BOOST_AUTO_TEST_CASE(what_was_shipped_before_is_said_with_its_outcome) {
    shipped("id-1", 0, 40, outcome::succeeded);
    shipped("id-2", 40, 60, outcome::presumed);
    auto what = piece("id-3", 100, 23, outcome::failed);
    std::vector<shipped_range> expected{
        {0, 40, "succeeded", "id-1"}, {40, 60, "presumed", "id-2"}, {100, 23, "failed", "id-3"}};
    BOOST_TEST((history(what) == expected));
}

BOOST_AUTO_TEST_CASE(what_failed_and_was_sent_again_with_more_is_not_said_twice) {
    shipped("id-1", 0, 40, outcome::succeeded);
    shipped("id-2", 40, 20, outcome::failed);
    auto what = piece("id-3", 40, 60, outcome::rejected);
    std::vector<shipped_range> expected{{0, 40, "succeeded", "id-1"}, {40, 60, "rejected", "id-3"}};
    BOOST_TEST((history(what) == expected));
}

BOOST_AUTO_TEST_CASE(what_follows_the_last_record_was_not_sent) {
    auto what = piece("id-1", 0, 100, outcome::failed);
    what.slices.front().identity.size_bytes = 104;
    std::vector<shipped_range> expected{{0, 100, "failed", "id-1"}, {100, 4, "not sent", ""}};
    BOOST_TEST((history(what) == expected));
}

BOOST_AUTO_TEST_CASE(what_the_journal_has_forgotten_is_not_known) {
    shipped("id-2", 40, 60, outcome::succeeded);
    auto what = piece("id-3", 100, 23, outcome::failed);
    std::vector<shipped_range> expected{
        {0, 40, "unknown", ""}, {40, 60, "succeeded", "id-2"}, {100, 23, "failed", "id-3"}};
    BOOST_TEST((history(what) == expected));
}

BOOST_AUTO_TEST_CASE(another_file_of_that_name_is_another_file) {
    shipped("id-1", 0, 40, outcome::succeeded);
    rows.front().source.slices.front().identity.inode = 99;
    rows.front().source.slices.front().location = ".kustodrop/archive/2026-01-01/a.log";
    auto what = piece("id-2", 40, 60, outcome::failed);
    std::vector<shipped_range> expected{{0, 40, "unknown", ""}, {40, 60, "failed", "id-2"}};
    BOOST_TEST((history(what) == expected));
}

BOOST_AUTO_TEST_CASE(a_header_that_was_left_out_is_no_history) {
    auto what = piece("id-1", 12, 60, outcome::failed);
    what.slices.front().start_check = 0;
    BOOST_TEST(!has_history(what.slices.front()));
    BOOST_TEST((history(what) == std::vector<shipped_range>{{12, 60, "failed", "id-1"}}));
}

BOOST_AUTO_TEST_CASE(the_error_file_is_json_whatever_the_service_says) {
    auto what = piece("id-1", 0, 100, outcome::failed);
    what.attempts = 3;
    auto record = *spool::outcome_of(what.stage);
    record.code = "Stream_WrongNumberOfFields";
    record.details = "a \"quote\"\nand a line";
    auto text = error_json(what, what.slices.front(), record, history(what));
    BOOST_TEST(text.find("\"source_id\": \"id-1\"") != std::string::npos);
    BOOST_TEST(text.find("\"code\": \"Stream_WrongNumberOfFields\"") != std::string::npos);
    BOOST_TEST(text.find("a \\\"quote\\\"\\nand a line") != std::string::npos);
    BOOST_TEST(text.find("\"attempts\": 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_error_file_says_what_became_of_which_bytes) {
    shipped("id-1", 0, 100, outcome::succeeded);
    auto what = piece("id-2", 100, 23, outcome::failed);
    auto text = error_json(what, what.slices.front(), {}, history(what));
    BOOST_TEST(text.find("\"offset\": 100,\n  \"bytes\": 23,") != std::string::npos);
    BOOST_TEST(
        text.find("{\"offset\": 0, \"bytes\": 100, \"outcome\": \"succeeded\", "
                  "\"source_id\": \"id-1\"},\n    {\"offset\": 100, \"bytes\": 23, "
                  "\"outcome\": \"failed\", \"source_id\": \"id-2\"}\n  ]") != std::string::npos,
        text
    );
}

BOOST_AUTO_TEST_CASE(growth_is_said_in_bytes) {
    auto what = piece("id-1", 0, 100, outcome::failed);
    auto& file = what.slices.front();
    auto now = file.identity;
    BOOST_TEST(growth_note(file, {now}) == "");
    now.size_bytes = 90;
    BOOST_TEST(growth_note(file, {now}) == "");
    now.size_bytes = 130;
    BOOST_TEST(growth_note(file, {now}).starts_with("the file has grown from 100 to 130 bytes"));
}

BOOST_AUTO_TEST_SUITE_END()
