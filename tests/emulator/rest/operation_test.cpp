#include "emulator/rest/operation.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;
namespace json = boost::json;

namespace {

operation of_two() {
    operation out;
    out.id = "1;2;3";
    out.database = "Db";
    out.table = "T";
    out.started = wall_time(std::chrono::hours(24));
    out.blobs = {
        {"http://h/c/a.gz?sig=s", "id-a", "m-a", "{}"}, {"http://h/c/b.gz?sig=s", "", "m-b"}};
    return out;
}

json::object document(const blob_outcomes& outcomes, status_form form = {true, false, true}) {
    return json::parse(status_document(of_two(), outcomes, form)).as_object();
}

blob_outcome ended(std::string status, std::string code = "") {
    return {std::move(status), std::move(code), "why", "2026-01-01T00:00:00.000Z", ""};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operation_)

BOOST_AUTO_TEST_CASE(comes_back_as_it_was_kept) {
    auto back = read_operation(to_json(of_two()));
    BOOST_REQUIRE(back);
    BOOST_TEST(back->id == "1;2;3");
    BOOST_TEST((back->started == of_two().started));
    BOOST_TEST((back->blobs == of_two().blobs));
    BOOST_TEST(back->tracked);
    BOOST_TEST(!read_operation("{}"));
    BOOST_TEST(!read_operation("nonsense"));
}

BOOST_AUTO_TEST_CASE(counts_nothing_before_the_service_has_looked) {
    auto early = document({std::nullopt, std::nullopt}, {true, false, false});
    BOOST_TEST(early.at("status").at("InProgress").as_int64() == 0);
    BOOST_TEST(early.at("details").at(0).at("status").as_string() == "Queued");
    BOOST_TEST(!early.contains("lastUpdated"));
}

BOOST_AUTO_TEST_CASE(names_a_source_only_where_one_was_given) {
    auto pending = document({std::nullopt, ended("succeeded")});
    BOOST_TEST(pending.at("status").at("InProgress").as_int64() == 1);
    BOOST_TEST(pending.at("status").at("Succeeded").as_int64() == 1);
    BOOST_TEST(pending.at("details").at(0).at("sourceId").as_string() == "id-a");
    BOOST_TEST(!pending.at("details").at(1).as_object().contains("sourceId"));
    BOOST_TEST(pending.contains("lastUpdated"));
}

BOOST_AUTO_TEST_CASE(reports_what_was_dropped_as_failed) {
    auto done = document({ended("skipped"), ended("failed", "BadRequest_EmptyBlob")});
    BOOST_TEST(done.at("status").at("Failed").as_int64() == 2);
    BOOST_TEST(done.at("details").at(0).at("errorCode").as_string() == "DataAlreadyExists");
    BOOST_TEST(done.at("details").at(1).at("failureStatus").as_string() == "Permanent");
    auto given_up = ended("failed", "General_RetryAttemptsExceeded");
    auto exhausted = document({given_up, std::nullopt});
    BOOST_TEST(exhausted.at("details").at(0).at("failureStatus").as_string() == "Exhausted");
}

BOOST_AUTO_TEST_CASE(reports_what_was_canceled) {
    auto done = document({ended("canceled"), ended("canceled")});
    BOOST_TEST(done.at("status").at("Canceled").as_int64() == 2);
    BOOST_TEST(!done.at("details").at(0).as_object().contains("errorCode"));
}

BOOST_AUTO_TEST_CASE(spells_names_as_the_openapi_description_does) {
    auto done = document({ended("succeeded"), std::nullopt}, {true, true, true});
    BOOST_TEST(done.at("status").at("inProgress").as_int64() == 1);
    BOOST_TEST(done.at("details").at(0).as_object().contains("lastUpdateTime"));
    BOOST_TEST(done.at("details").at(0).as_object().contains("startedAt"));
}

BOOST_AUTO_TEST_CASE(has_no_details_unless_asked) {
    auto brief = document({std::nullopt, std::nullopt}, {false, false, true});
    BOOST_TEST(!brief.contains("details"));
}

BOOST_AUTO_TEST_SUITE_END()
