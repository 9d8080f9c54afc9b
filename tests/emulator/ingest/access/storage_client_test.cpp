#include "emulator/ingest/access/storage_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::emulator;

BOOST_AUTO_TEST_SUITE(storage_client_)

BOOST_AUTO_TEST_CASE(reads_messages_as_the_service_writes_them) {
    auto messages = read_messages(
        "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList><QueueMessage>"
        "<MessageId>218f</MessageId><InsertionTime>x</InsertionTime>"
        "<PopReceipt>MjNO&amp;b3Yy+/=</PopReceipt><DequeueCount>3</DequeueCount>"
        "<MessageText>aGVsbG8=</MessageText></QueueMessage><QueueMessage><MessageId>2</MessageId>"
        "<MessageText /></QueueMessage></QueueMessagesList>",
        7
    );
    BOOST_REQUIRE(messages.size() == 2u);
    BOOST_TEST(messages[0].ticket.queue == 7u);
    BOOST_TEST(messages[0].ticket.message_id == "218f");
    BOOST_TEST(messages[0].ticket.pop_receipt == "MjNO&b3Yy+/=");
    BOOST_TEST(messages[0].ticket.dequeue_count == 3u);
    BOOST_TEST(messages[0].text == "aGVsbG8=");
    BOOST_TEST(messages[1].text.empty());
}

BOOST_AUTO_TEST_CASE(reads_an_empty_queue_in_either_spelling) {
    BOOST_TEST(read_messages("<QueueMessagesList/>", 0).empty());
    BOOST_TEST(read_messages("<QueueMessagesList />", 0).empty());
    BOOST_TEST(read_messages("", 0).empty());
}

BOOST_AUTO_TEST_CASE(names_download_failures_as_the_service_does) {
    auto code = [](unsigned status) { return download_failure(status, "X").code.text(); };
    BOOST_TEST(code(403) == "Download_Forbidden");
    BOOST_TEST(code(404) == "Download_SourceNotFound");
    BOOST_TEST(code(412) == "Download_AccessConditionNotSatisfied");
    BOOST_TEST(code(400) == "Download_BadRequest");
    BOOST_TEST(code(409) == "Download_NotTransient");
    BOOST_TEST((download_failure(403, "X").next == remedy::give_up));
    BOOST_TEST((download_failure(503, "X").next == remedy::retry));
}

BOOST_AUTO_TEST_SUITE_END()
