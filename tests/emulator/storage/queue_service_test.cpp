#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/storage/storage_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::emulator;
using http::verb;

namespace {

struct queue_world : emulator::test::storage {
    http::url ready = address("SecuredReadyForAggregationQueue", "raup");
    http::url messages = ready.with_path_suffix("messages");

    http::reply put(std::string_view text) { return put(text, ""); }
    http::reply put(std::string_view text, std::string_view parameters) {
        auto body =
            "<QueueMessage><MessageText>" + std::string(text) + "</MessageText></QueueMessage>";
        auto target = parameters.empty() ? messages : messages.with_parameters(parameters);
        return ask(queue, verb::post, target, body, {});
    }
    http::reply get(std::string_view parameters) {
        return ask(queue, verb::get, messages.with_parameters(parameters));
    }
    http::url of(const http::reply& got, std::string_view parameters) {
        auto id = emulator::test::element(got.answer.body, "MessageId");
        auto receipt = emulator::test::element(got.answer.body, "PopReceipt");
        auto text = "popreceipt=" + percent_encode(receipt) + std::string(parameters);
        return messages.with_path_suffix(id).with_parameters(text);
    }
};

std::string code(const http::reply& reply) {
    return std::to_string(reply.answer.status) + " " +
           emulator::test::header(reply, "x-ms-error-code");
}

std::string text_in(const http::reply& reply) {
    return emulator::test::element(reply.answer.body, "MessageText");
}

constexpr std::string_view empty_list = "<QueueMessagesList />";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(queue_service_, queue_world)

BOOST_AUTO_TEST_CASE(answers_a_put_with_id_receipt_and_times) {
    auto answer = put("aGVsbG8=");
    BOOST_TEST(answer.answer.status == 201u);
    auto& xml = answer.answer.body;
    BOOST_TEST(is_guid(emulator::test::element(xml, "MessageId")));
    BOOST_TEST(emulator::test::element(xml, "InsertionTime") == "Sat, 22 Aug 2026 00:00:00 GMT");
    BOOST_TEST(emulator::test::element(xml, "ExpirationTime") == "Sat, 29 Aug 2026 00:00:00 GMT");
    BOOST_TEST(text_in(answer) == "(none)");
}

BOOST_AUTO_TEST_CASE(gives_the_text_untouched_in_the_order_it_came) {
    put("Zmlyc3Q=");
    put("c2Vjb25k");
    auto got = get("numofmessages=2");
    auto& xml = got.answer.body;
    BOOST_TEST(xml.find("Zmlyc3Q=") != std::string::npos);
    BOOST_TEST(xml.find("Zmlyc3Q=") < xml.find("c2Vjb25k"));
    BOOST_TEST(emulator::test::element(xml, "DequeueCount") == "1");
}

BOOST_AUTO_TEST_CASE(hides_what_was_taken_until_its_time_is_up) {
    put("YQ==");
    get("visibilitytimeout=10");
    BOOST_TEST(get("numofmessages=1").answer.body.ends_with(empty_list));
    pass(10s);
    auto again = get("numofmessages=1");
    BOOST_TEST(text_in(again) == "YQ==");
    BOOST_TEST(emulator::test::element(again.answer.body, "DequeueCount") == "2");
}

BOOST_AUTO_TEST_CASE(peeks_without_hiding_and_without_a_receipt) {
    put("YQ==");
    auto peeked = get("peekonly=true");
    BOOST_TEST(text_in(peeked) == "YQ==");
    BOOST_TEST(emulator::test::element(peeked.answer.body, "PopReceipt") == "(none)");
    BOOST_TEST(emulator::test::element(peeked.answer.body, "TimeNextVisible") == "(none)");
    BOOST_TEST(text_in(get("numofmessages=1")) == "YQ==");
}

BOOST_AUTO_TEST_CASE(gives_a_message_back_to_its_place_when_its_visibility_is_set_to_zero) {
    put("Zmlyc3Q=");
    put("c2Vjb25k");
    auto got = get("numofmessages=1");
    auto updated = ask(queue, verb::put, of(got, "&visibilitytimeout=0"));
    BOOST_TEST(updated.answer.status == 204u);
    BOOST_TEST(!emulator::test::header(updated, "x-ms-popreceipt").empty());
    BOOST_TEST(!emulator::test::header(updated, "x-ms-time-next-visible").empty());
    BOOST_TEST(text_in(get("numofmessages=1")) == "Zmlyc3Q=");
}

BOOST_AUTO_TEST_CASE(replaces_the_text_when_an_update_brings_one) {
    put("YQ==");
    auto got = get("numofmessages=1");
    auto body = "<QueueMessage><MessageText>Yg==</MessageText></QueueMessage>";
    ask(queue, verb::put, of(got, "&visibilitytimeout=0"), body, {});
    BOOST_TEST(text_in(get("peekonly=true")) == "Yg==");
}

BOOST_AUTO_TEST_CASE(deletes_with_the_receipt_of_the_lease) {
    put("YQ==");
    auto got = get("numofmessages=1");
    BOOST_TEST(ask(queue, verb::delete_, of(got, "")).answer.status == 204u);
    BOOST_TEST(code(ask(queue, verb::delete_, of(got, ""))) == "404 MessageNotFound");
}

BOOST_AUTO_TEST_CASE(refuses_a_receipt_after_somebody_else_took_the_message) {
    put("YQ==");
    auto mine = get("visibilitytimeout=1");
    pass(1s);
    get("visibilitytimeout=30");
    BOOST_TEST(code(ask(queue, verb::delete_, of(mine, ""))) == "400 PopReceiptMismatch");
}

BOOST_AUTO_TEST_CASE(takes_a_receipt_after_the_lease_while_nobody_else_took_the_message) {
    put("YQ==");
    auto mine = get("visibilitytimeout=1");
    pass(5s);
    BOOST_TEST(ask(queue, verb::delete_, of(mine, "")).answer.status == 204u);
}

BOOST_AUTO_TEST_CASE(takes_64_kib_and_not_a_byte_more) {
    BOOST_TEST(put(std::string(65536, 'a')).answer.status == 201u);
    auto refused = put(std::string(65537, 'a'));
    BOOST_TEST(code(refused) == "413 RequestBodyTooLarge");
    BOOST_TEST(emulator::test::element(refused.answer.body, "MaxLimit") == "65536");
}

BOOST_AUTO_TEST_CASE(gives_32_messages_at_most) {
    auto refused = get("numofmessages=33");
    BOOST_TEST(code(refused) == "400 OutOfRangeQueryParameterValue");
    auto& xml = refused.answer.body;
    BOOST_TEST(emulator::test::element(xml, "QueryParameterName") == "numofmessages");
    BOOST_TEST(emulator::test::element(xml, "MinimumAllowed") == "1");
    BOOST_TEST(emulator::test::element(xml, "MaximumAllowed") == "32");
}

BOOST_AUTO_TEST_CASE(forgets_a_message_when_its_time_to_live_is_over) {
    put("YQ==", "messagettl=60");
    put("Yg==", "messagettl=-1");
    pass(61s);
    auto left = get("peekonly=true&numofmessages=32");
    BOOST_TEST(text_in(left) == "Yg==");
    pass(24h * 365);
    BOOST_TEST(queues.peek({"emulator1", "readyforaggregation-secured-0"}, 32).size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_xml_that_is_none) {
    BOOST_TEST(code(ask(queue, verb::post, messages, "hello", {})) == "400 InvalidXmlDocument");
}

BOOST_AUTO_TEST_CASE(clears_a_queue) {
    put("YQ==");
    get("numofmessages=1");
    put("Yg==");
    BOOST_TEST(ask(queue, verb::delete_, messages).answer.status == 204u);
    BOOST_TEST(queues.all({"emulator1", "readyforaggregation-secured-0"}).empty());
}

BOOST_AUTO_TEST_CASE(wants_the_right_of_each_operation) {
    messages = address("SecuredReadyForAggregationQueue", "a").with_path_suffix("messages");
    BOOST_TEST(put("YQ==").answer.status == 201u);
    BOOST_TEST(code(get("numofmessages=1")) == "403 AuthorizationPermissionMismatch");
    BOOST_TEST(code(get("peekonly=true")) == "403 AuthorizationPermissionMismatch");
}

BOOST_AUTO_TEST_CASE(keeps_every_ingestion_message_decoded) {
    put(base64_encode("{\"Id\":\"1\"}"));
    auto got = get("numofmessages=1");
    ask(queue, verb::delete_, of(got, ""));
    auto posted = database.posted(0, 10);
    BOOST_REQUIRE(posted.size() == 1u);
    BOOST_TEST(posted[0].text == "{\"Id\":\"1\"}");
    BOOST_TEST(posted[0].queue == "readyforaggregation-secured-0");
}

BOOST_AUTO_TEST_CASE(puts_injected_messages_before_all_others_in_their_order) {
    put("YQ==");
    queues.put_in_front({"emulator1", "readyforaggregation-secured-0"}, {"MQ==", "Mg=="});
    BOOST_TEST(text_in(get("numofmessages=1")) == "MQ==");
    BOOST_TEST(text_in(get("numofmessages=1")) == "Mg==");
    BOOST_TEST(text_in(get("numofmessages=1")) == "YQ==");
}

BOOST_AUTO_TEST_CASE(remembers_messages_and_leases_over_a_restart) {
    put("Zmlyc3Q=");
    put("c2Vjb25k");
    get("visibilitytimeout=60");
    queue_store again(clock, random, database);
    queue_place place{"emulator1", "readyforaggregation-secured-0"};
    auto visible = again.peek(place, 32);
    BOOST_REQUIRE(visible.size() == 1u);
    BOOST_TEST(visible[0].text == "c2Vjb25k");
    BOOST_TEST(again.all(place).size() == 2u);
}

BOOST_AUTO_TEST_CASE(knows_only_the_queues_there_are) {
    auto known = places.resources().front();
    known.name = "another";
    auto target = places.address(known, "a", 1h).with_path_suffix("messages");
    BOOST_TEST(code(ask(queue, verb::post, target, "x", {})) == "404 QueueNotFound");
}

BOOST_AUTO_TEST_SUITE_END()
