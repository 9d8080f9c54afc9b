#include "daemon/commands/recorded/summary.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace kustodrop;
namespace json = boost::json;

static json::object row(const char* at, const char* outcome, const char* code = "") {
    json::object out{
        {"changed_at", at}, {"watch", "web"}, {"stage", "posted"}, {"outcome", nullptr}};
    out["code"] = code;
    if (*outcome) out["outcome"] = outcome;
    return out;
}

BOOST_AUTO_TEST_SUITE(journal_summary_)

BOOST_AUTO_TEST_CASE(counts_files_by_day_watch_outcome_and_code) {
    daemon::journal_summary all;
    all.take({row("2026-11-30T10:00:00Z", ""), row("2026-11-30T09:00:00Z", "succeeded")});
    all.take(
        {row("2026-11-30T08:00:00Z", "succeeded"),
         row("2026-11-29T08:00:00Z", "failed", "BadRequest_X")}
    );
    BOOST_TEST(
        all.to_text() ==
        "DAY         WATCH  OUTCOME    FILES  CODE\n"
        "2026-11-30  web    (posted)   1\n"
        "2026-11-30  web    succeeded  2\n"
        "2026-11-29  web    failed     1      BadRequest_X\n"
    );
    auto rows = json::parse(all.to_json()).as_array();
    BOOST_REQUIRE(rows.size() == 3u);
    BOOST_TEST((rows[0].as_object().at("stage").as_string() == "posted"));
    BOOST_TEST(rows[0].as_object().at("outcome").is_null());
    BOOST_TEST(rows[1].as_object().at("files").to_number<int>() == 2);
    BOOST_TEST((rows[2].as_object().at("code").as_string() == "BadRequest_X"));
}

BOOST_AUTO_TEST_CASE(of_nothing_it_says_so) {
    BOOST_TEST(daemon::journal_summary().to_text() == "nothing is recorded for that question\n");
    BOOST_TEST(daemon::journal_summary().to_json() == "[]\n");
}

BOOST_AUTO_TEST_SUITE_END()
