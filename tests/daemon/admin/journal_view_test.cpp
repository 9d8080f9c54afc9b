#include "daemon/admin/journal_view.hpp"

#include "base/text.hpp"
#include "daemon/terminal/causes.hpp"
#include "daemon/terminal/columns.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
namespace json = boost::json;

namespace {

json::object row(const std::string& id, const std::string& claimed, const std::string& outcome) {
    return {
        {"source_id", id},
        {"watch", "web"},
        {"file", "a.csv"},
        {"target", "Logs.Web"},
        {"stage", "retired"},
        {"outcome", outcome},
        {"code", outcome == "failed" ? "Stream_WrongNumberOfFields" : ""},
        {"details", "Stream_WrongNumberOfFields: line 7"},
        {"claimed_at", claimed},
        {"changed_at", claimed}};
}

const json::array history{
    row("3", "2026-08-22T12:00:00Z", "succeeded"),
    row("2", "2026-08-22T11:00:00Z", "failed"),
    row("1", "2026-08-22T10:00:00Z", "failed")};

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_view_)

BOOST_AUTO_TEST_CASE(what_failed_leads_to_the_source_it_was_sent_again_as) {
    json::array rows{history[1], history[2]};
    auto find = [](const std::string&, const std::string&) { return json::serialize(history); };
    auto text = daemon::with_successors(json::serialize(rows), find);
    auto linked = json::parse(text).as_array();
    BOOST_TEST(linked[0].as_object().at("successor").as_string() == "3");
    BOOST_TEST(linked[0].as_object().at("successor_outcome").as_string() == "succeeded");
    BOOST_TEST(linked[1].as_object().at("successor").as_string() == "2");
    auto table = daemon::journal_text(text);
    BOOST_TEST(table.find("sent again as 3: succeeded") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_succeeded_or_was_not_sent_again_leads_nowhere) {
    auto rows = json::serialize(json::array{history[0]});
    int asked = 0;
    auto find = [&](const std::string&, const std::string&) {
        ++asked;
        return std::string("[]");
    };
    BOOST_TEST(daemon::with_successors(rows, find) == rows);
    BOOST_TEST(asked == 0);
    auto alone = json::serialize(json::array{history[2]});
    auto only = [&](const std::string&, const std::string&) { return alone; };
    BOOST_TEST(daemon::with_successors(alone, only) == alone);
}

BOOST_AUTO_TEST_CASE(a_code_is_not_said_twice) {
    auto text = daemon::journal_text(json::serialize(json::array{history[2]}));
    BOOST_TEST(text.find("Stream_WrongNumberOfFields: line 7") != std::string::npos);
    BOOST_TEST(text.find("Fields: Stream_") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_code_is_said_once) {
    using daemon::with_code;
    BOOST_TEST(with_code("X", "no table") == "X: no table");
    BOOST_TEST(with_code("X", "X: no table") == "X: no table");
    BOOST_TEST(with_code("X", "") == "X");
    BOOST_TEST(with_code("", "no table") == "no table");
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_names) {
    auto text = daemon::journal_text(
        R"([{"changed_at":"T","watch":"a-long-name-of-a-watch","target":"D.T","file":"a.csv"},)"
        R"({"changed_at":"T","watch":"w","target":"D.T","file":"b.csv"}])"
    );
    auto lines = split(text, '\n');
    BOOST_TEST(lines[0].find("FILE") == lines[1].find("a.csv"));
    BOOST_TEST(lines[0].find("FILE") == lines[2].find("b.csv"));
}

BOOST_AUTO_TEST_CASE(columns_stay_below_their_titles_whatever_letters_a_target_has) {
    auto strange = row("1", "2026-08-22T10:00:00Z", "succeeded");
    strange["target"] = "Größen.日本";
    auto text = daemon::journal_text(json::serialize(json::array{strange}));
    auto title = text.substr(0, text.find('\n'));
    auto line = text.substr(text.find('\n') + 1);
    auto before = line.substr(0, line.find("a.csv"));
    BOOST_TEST(daemon::columns_of(before) == title.find("FILE"));
}

BOOST_AUTO_TEST_SUITE_END()
