// What became of each byte of a log, from the rows of the journal.
#include "daemon/commands/recorded/byte_ranges.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop::daemon;

namespace {

struct recorded {
    std::string rows;
    int minute = 10;

    // Each is claimed a minute after the one before.
    void row(
        const std::string& file,
        std::uint64_t inode,
        std::uint64_t from,
        std::uint64_t to,
        const std::string& outcome,
        const std::string& code = ""
    ) {
        bool is_stage = outcome == "claimed" || outcome == "posted";
        auto at = "\"2026-11-29T10:" + std::to_string(minute++) + ":00Z\"";
        auto id = "\"s" + std::to_string(minute) + "\"";
        auto text = R"({"watch":"app","file":")" + file + R"(","inode":)" + std::to_string(inode) +
                    R"(,"claimed_at":)" + at + R"(,"changed_at":)" + at + R"(,"source_id":)" + id +
                    R"(,"offset":)" + std::to_string(from) + R"(,"bytes":)" +
                    std::to_string(to - from) + R"(,"stage":")" +
                    (is_stage ? outcome : std::string("retired")) + R"(","outcome":)" +
                    (is_stage ? std::string("null") : "\"" + outcome + "\"") + R"(,"code":")" +
                    code + R"(","details":""})";
        rows = rows.empty() ? text : text + "," + rows;  // Newest first.
    }
    std::vector<recorded_log> logs() const { return logs_in("[" + rows + "]"); }

    static std::string said(const recorded_log& log) {
        auto out = log.file;
        for (auto& one : log.ranges) {
            out += " " + std::to_string(one.from) + "-" + std::to_string(one.to) + ":" + one.state;
        }
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(byte_ranges_, recorded)

BOOST_AUTO_TEST_CASE(neighbours_with_one_outcome_are_one_range) {
    row("app.log", 7, 0, 10, "succeeded");
    row("app.log", 7, 10, 30, "succeeded");
    row("app.log", 7, 30, 40, "failed", "E");
    row("app.log", 7, 40, 50, "succeeded");
    BOOST_TEST_REQUIRE(logs().size() == 1u);
    BOOST_TEST(said(logs()[0]) == "app.log 0-30:succeeded 30-40:failed 40-50:succeeded");
    auto first = logs().at(0).ranges.at(0);
    BOOST_TEST(first.sources == 2u);
    BOOST_TEST(first.first_source == "s11");
    BOOST_TEST(first.last_source == "s12");
    BOOST_TEST(first.first_at < first.last_at);
}

BOOST_AUTO_TEST_CASE(a_gap_or_another_code_parts_them) {
    row("app.log", 7, 0, 10, "failed", "A");
    row("app.log", 7, 10, 20, "failed", "B");
    row("app.log", 7, 30, 40, "failed", "B");
    BOOST_TEST(said(logs()[0]) == "app.log 0-10:failed 10-20:failed 30-40:failed");
}

BOOST_AUTO_TEST_CASE(a_log_keeps_its_ranges_when_it_is_renamed) {
    row("app.log", 7, 0, 10, "succeeded");
    row("app.log.1", 7, 10, 20, "succeeded");
    row("app.log", 8, 0, 5, "succeeded");
    BOOST_TEST_REQUIRE(logs().size() == 2u);
    BOOST_TEST(said(logs()[0]) == "app.log.1 0-20:succeeded");
    BOOST_TEST(said(logs()[1]) == "app.log 0-5:succeeded");
}

BOOST_AUTO_TEST_CASE(a_truncated_file_begins_another_log) {
    row("app.log", 7, 0, 10, "succeeded");
    row("app.log", 7, 10, 20, "succeeded");
    row("app.log", 7, 0, 5, "succeeded");
    row("app.log", 7, 5, 9, "succeeded");
    BOOST_TEST_REQUIRE(logs().size() == 2u);
    BOOST_TEST(said(logs()[0]) == "app.log 0-20:succeeded");
    BOOST_TEST(said(logs()[1]) == "app.log 0-9:succeeded");
}

BOOST_AUTO_TEST_CASE(lost_bytes_belong_to_the_log_of_their_name) {
    row("app.log", 7, 0, 10, "succeeded");
    row("app.log", 0, 10, 25, "rejected", "deleted_unread");
    BOOST_TEST_REQUIRE(logs().size() == 1u);
    BOOST_TEST(said(logs()[0]) == "app.log 0-10:succeeded 10-25:rejected");
}

BOOST_AUTO_TEST_CASE(a_file_is_asked_for_by_its_inode_or_else_by_its_name) {
    row("app.log", 7, 0, 10, "succeeded");
    row("app.log", 8, 0, 5, "succeeded");
    BOOST_TEST(logs_of(logs(), "app.log.1", 7).at(0).inode == 7u);
    BOOST_TEST(logs_of(logs(), "app.log", 0).size() == 2u);
    BOOST_TEST(logs_of(logs(), "app.log", 99).size() == 2u);
    BOOST_TEST(logs_of(logs(), "other.log", 99).empty());
}

BOOST_AUTO_TEST_CASE(a_byte_lies_in_one_range_of_the_last_log_or_in_none) {
    row("app.log", 7, 0, 100, "failed", "E");
    row("app.log", 7, 0, 10, "succeeded");
    row("app.log", 7, 10, 20, "claimed");
    BOOST_TEST(range_at(logs(), 0)->state == "succeeded");
    BOOST_TEST(range_at(logs(), 9)->state == "succeeded");
    BOOST_TEST(range_at(logs(), 10)->state == "claimed");
    BOOST_TEST(!range_at(logs(), 20).has_value());
    BOOST_TEST(!range_at({}, 0).has_value());
    BOOST_TEST(only_at(logs(), 20).empty());
    BOOST_TEST(ranges_json(only_at(logs(), 3)).find("\"from\":0,\"to\":10") != std::string::npos);
    BOOST_TEST(ranges_json({}) == "[]");
    auto text = ranges_text(only_at(logs(), 3));
    BOOST_TEST(text.starts_with("app app.log, inode 7\n  0 to 10  succeeded"), text);
}

BOOST_AUTO_TEST_CASE(progress_ends_at_the_first_byte_that_is_not_so_far) {
    row("app.log", 7, 0, 10, "succeeded");
    row("app.log", 7, 10, 20, "failed", "E");
    row("app.log", 7, 20, 30, "posted");
    row("app.log", 7, 30, 40, "claimed");
    row("app.log", 7, 40, 50, "succeeded");
    auto so_far = progress_of(logs().at(0));
    BOOST_TEST(so_far.read == 50u);
    BOOST_TEST(so_far.posted == 30u);
    BOOST_TEST(so_far.confirmed == 20u);
    BOOST_TEST(so_far.lost_bytes == 10u);
    BOOST_TEST(so_far.lost == "10 to 20: E");
    BOOST_TEST(progress_of({}).read == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
