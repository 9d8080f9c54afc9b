#include "emulator/storage/storage_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::emulator;
using http::verb;

namespace {

struct gateway_world : emulator::test::storage {
    http::url messages =
        address("SecuredReadyForAggregationQueue", "raup").with_path_suffix("messages");
    http::url target = address("TempStorage", "rw").with_path_suffix("a.json");
    queue_place place{"emulator1", "readyforaggregation-secured-0"};

    void order(std::string_view json) {
        std::vector<fault_rule> rules;
        auto wrong = fault_plan::parse(json, rules);
        BOOST_REQUIRE_MESSAGE(!wrong, wrong.value_or(""));
        for (auto& rule : rules) door.faults().add(std::move(rule));
    }
    http::reply put_blob() { return put_blob({{"x-ms-blob-type", "BlockBlob"}}); }
    http::reply put_blob(http::headers headers) {
        return ask(blob, verb::put, target, "x", std::move(headers));
    }
    http::reply put_message() {
        auto body = "<QueueMessage><MessageText>YQ==</MessageText></QueueMessage>";
        return ask(queue, verb::post, messages, body, {});
    }
    std::uint64_t counted(const std::string& operation, unsigned status) {
        std::uint64_t out = 0;
        for (auto& [key, count] : door.counts().requests) {
            if (std::get<1>(key) == operation && std::get<4>(key) == status) out += count;
        }
        return out;
    }
};

std::string problem_with(std::string_view json) {
    std::vector<fault_rule> rules;
    return fault_plan::parse(json, rules).value_or("none");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_, gateway_world)

BOOST_AUTO_TEST_CASE(answers_with_the_status_of_the_fault_and_does_not_act) {
    order(R"([{"service":"blob","operation":"put_blob","action":
        {"status":503,"code":"ServerBusy","message":"Slow down.","retry_after":"2"}}])");
    auto refused = put_blob();
    BOOST_TEST(refused.answer.status == 503u);
    BOOST_TEST(emulator::test::header(refused, "x-ms-error-code") == "ServerBusy");
    BOOST_TEST(emulator::test::header(refused, "Retry-After") == "2");
    BOOST_TEST(emulator::test::element(refused.answer.body, "Code") == "ServerBusy");
    BOOST_TEST(database.blobs().empty());
}

BOOST_AUTO_TEST_CASE(strikes_as_often_as_was_ordered) {
    order(R"([{"service":"blob","operation":"*","count":2,"skip":1,"action":{"status":500}}])");
    BOOST_TEST(put_blob().answer.status == 201u);
    BOOST_TEST(put_blob().answer.status == 500u);
    BOOST_TEST(put_blob().answer.status == 500u);
    BOOST_TEST(put_blob().answer.status == 201u);
}

BOOST_AUTO_TEST_CASE(answers_a_large_html_page_as_a_proxy_does) {
    order(R"([{"service":"blob","count":1,"action":{"status":403,"html_bytes":100000}}])");
    auto answer = put_blob().answer;
    BOOST_TEST(answer.status == 403u);
    BOOST_TEST(answer.body.size() == 100'000u);
    BOOST_TEST(answer.headers.find("Content-Type").value_or("") == "text/html");
    BOOST_TEST(!answer.headers.find("x-ms-error-code").has_value());
}

BOOST_AUTO_TEST_CASE(acts_and_answers_with_an_extension_of_a_chunk) {
    order(R"([{"action":{"chunk_extension":20000}}])");
    auto answer = put_message().answer;
    BOOST_TEST(queues.all(place).size() == 1u);
    BOOST_TEST(answer.headers.find("Transfer-Encoding").value_or("") == "chunked");
    auto line_end = answer.body.find("\r\n");
    auto size = std::stoul(answer.body, nullptr, 16);
    BOOST_TEST(line_end > 20'000u);
    BOOST_TEST(answer.body.ends_with("\r\n0\r\n\r\n"));
    BOOST_TEST(answer.body.size() == line_end + size + 9);
}

BOOST_AUTO_TEST_CASE(answers_any_status_with_any_code) {
    order(R"([{"action":{"status":409,"code":"AccountBeingCreated"}}])");
    auto answer = put_blob().answer;
    BOOST_TEST(answer.status == 409u);
    BOOST_TEST(answer.headers.find("x-ms-error-code").value_or("") == "AccountBeingCreated");
}

BOOST_AUTO_TEST_CASE(a_fault_of_one_account_leaves_the_others_alone) {
    order(R"([{"service":"blob","operation":"*","account":"emulator2","action":{"status":500}}])");
    BOOST_TEST(put_blob().answer.status == 201u);
    for (auto& one : places.resources()) {
        if (one.type != "TempStorage" || one.account != "emulator2") continue;
        target = places.address(one, "rw", 1h).with_path_suffix("a.json");
    }
    BOOST_TEST(put_blob().answer.status == 500u);
}

BOOST_AUTO_TEST_CASE(acts_and_then_breaks_the_connection) {
    order(R"([{"service":"queue","operation":"put_message","count":1,"action":{"reset":"after"}}])"
    );
    BOOST_TEST(put_message().reset);
    BOOST_TEST(queues.all(place).size() == 1u);
}

BOOST_AUTO_TEST_CASE(breaks_the_connection_and_does_not_act) {
    order(R"([{"service":"queue","operation":"*","count":1,"action":{"reset":"before"}}])");
    BOOST_TEST(put_message().reset);
    BOOST_TEST(queues.all(place).empty());
}

BOOST_AUTO_TEST_CASE(stalls_for_ten_minutes_at_most) {
    order(R"([{"service":"*","operation":"*","action":{"stall":true}}])");
    auto stalled = put_message();
    BOOST_TEST((stalled.stall == 10min));
    BOOST_TEST(queues.all(place).empty());
}

BOOST_AUTO_TEST_CASE(waits_and_then_acts) {
    order(R"([{"service":"blob","operation":"*","action":{"delay_ms":1500}}])");
    auto sent = send(blob, verb::put, target, "x", {{"x-ms-blob-type", "BlockBlob"}});
    pass(1499ms);
    BOOST_TEST(!sent->done());
    pass(1ms);
    BOOST_TEST(sent->value.value().answer.status == 201u);
}

BOOST_AUTO_TEST_CASE(acts_and_then_waits_before_it_says_so) {
    order(R"([{"service":"queue","operation":"*","action":{"answer_delay_ms":1500}}])");
    auto body = "<QueueMessage><MessageText>YQ==</MessageText></QueueMessage>";
    auto sent = send(queue, verb::post, messages, body, {});
    BOOST_TEST(queues.all(place).size() == 1u);
    pass(1499ms);
    BOOST_TEST(!sent->done());
    pass(1ms);
    BOOST_TEST(sent->value.value().answer.status == 201u);
}

BOOST_AUTO_TEST_CASE(spares_the_ingestor_and_does_not_count_it) {
    order(R"([{"service":"*","operation":"*","action":{"status":500}}])");
    auto answer =
        put_blob({{"x-ms-blob-type", "BlockBlob"}, {"x-emulator-internal", "the ingestor"}});
    BOOST_TEST(answer.answer.status == 201u);
    BOOST_TEST(door.counts().requests.empty());
}

BOOST_AUTO_TEST_CASE(is_not_fooled_by_a_guess_at_the_internal_value) {
    order(R"([{"service":"*","operation":"*","action":{"status":500}}])");
    auto answer = put_blob({{"x-ms-blob-type", "BlockBlob"}, {"x-emulator-internal", "1"}});
    BOOST_TEST(answer.answer.status == 500u);
}

BOOST_AUTO_TEST_CASE(counts_what_was_asked_and_how_it_ended) {
    put_blob();
    put_blob();
    put_message();
    target = target.with_path("/emulator1/x/y");
    put_blob();
    BOOST_TEST(counted("put_blob", 201) == 2u);
    BOOST_TEST(counted("put_blob", 401) == 1u);
    BOOST_TEST(counted("put_message", 201) == 1u);
}

BOOST_AUTO_TEST_CASE(gives_every_answer_what_clients_log) {
    auto answer = put_blob({{"x-ms-blob-type", "BlockBlob"}, {"x-ms-client-request-id", "me;1"}});
    BOOST_TEST(emulator::test::header(answer, "x-ms-client-request-id") == "me;1");
    BOOST_TEST(is_guid(emulator::test::header(answer, "x-ms-request-id")));
    BOOST_TEST(emulator::test::header(answer, "Date") == "Sat, 22 Aug 2026 00:00:00 GMT");
    BOOST_TEST(emulator::test::header(answer, "x-ms-version") == "2018-03-28");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_rule) {
    BOOST_TEST(problem_with("{}") == "expected a JSON array of rules");
    BOOST_TEST(problem_with("[{}]") == "a rule needs an action");
    BOOST_TEST(problem_with(R"([{"action":{"status":5}}])") == "invalid value of status");
    BOOST_TEST(problem_with(R"([{"action":{"rest":"after"}}])") == "unknown member rest");
    BOOST_TEST(problem_with(R"([{"action":{"reset":"during"}}])") == "invalid value of reset");
    BOOST_TEST(problem_with(R"([{"action":{},"count":-1}])") == "invalid value of count");
    BOOST_TEST(problem_with(R"([{"action":{"status":503}}])") == "none");
}

BOOST_AUTO_TEST_CASE(forgets_all_faults_when_asked_to) {
    order(R"([{"action":{"status":500}}])");
    door.faults().clear();
    BOOST_TEST(put_blob().answer.status == 201u);
}

BOOST_AUTO_TEST_SUITE_END()
