#include "azure/storage/queue_xml.hpp"

#include "azure/storage/xml_reader.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using azure::parse_queue_messages;
using azure::queue_message_xml;
using azure::xml_reader;

namespace {

std::string message(const std::string& inside) {
    return "<QueueMessage><MessageId>1</MessageId>" + inside + "</QueueMessage>";
}

std::string list(const std::string& inside) {
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList>" + inside +
           "</QueueMessagesList>";
}

std::string text_of(const std::string& encoded) {
    auto found = parse_queue_messages(list(message("<MessageText>" + encoded + "</MessageText>")));
    return found && found->size() == 1 ? found->front().text : "(none)";
}

bool is_well_formed(std::string_view document) {
    xml_reader reader(document);
    for (;;) {
        auto token = reader.next();
        if (token.type == xml_reader::kind::bad) return false;
        if (token.type == xml_reader::kind::end) return true;
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(queue_xml_)

BOOST_AUTO_TEST_CASE(reads_a_message_as_azure_writes_it) {
    auto found = parse_queue_messages(
        list("<QueueMessage><MessageId>218f</MessageId>"
             "<InsertionTime>Mon, 23 Nov 2026 00:24:22 GMT</InsertionTime>"
             "<ExpirationTime>Mon, 30 Nov 2026 00:24:22 GMT</ExpirationTime>"
             "<PopReceipt>MjNOb3Yy+/=</PopReceipt>"
             "<TimeNextVisible>Mon, 23 Nov 2026 00:24:52 GMT</TimeNextVisible>"
             "<DequeueCount>3</DequeueCount><MessageText>aGVsbG8=</MessageText></QueueMessage>")
    );
    BOOST_TEST_REQUIRE(found->size() == 1u);
    auto& one = found->front();
    BOOST_TEST(one.id == "218f");
    BOOST_TEST(one.text == "hello");
    BOOST_TEST(one.pop_receipt == "MjNOb3Yy+/=");
    BOOST_TEST(one.dequeue_count == 3u);
    BOOST_TEST((one.inserted_at == parse_iso8601("2026-11-23T00:24:22Z")));
}

BOOST_AUTO_TEST_CASE(reads_an_empty_list_in_every_spelling) {
    for (auto text :
         {"<QueueMessagesList/>",
          "<QueueMessagesList />",
          "<QueueMessagesList></QueueMessagesList>",
          "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<QueueMessagesList />\r\n"}) {
        auto found = parse_queue_messages(text);
        BOOST_TEST_REQUIRE(found.has_value());
        BOOST_TEST(found->empty());
    }
}

BOOST_AUTO_TEST_CASE(reads_several_messages_and_ignores_what_it_does_not_know) {
    auto found = parse_queue_messages(list(
        message("<New a=\"1>2\"><Deep>x</Deep></New>") + "\n  <Other/>" +
        message("<MessageText></MessageText>")
    ));
    BOOST_TEST(found->size() == 2u);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_base64_is_taken_as_it_is) {
    BOOST_TEST(text_of("{&quot;a&quot;:1}") == "{\"a\":1}");
    BOOST_TEST(text_of("not base64!") == "not base64!");
    BOOST_TEST(text_of("<![CDATA[<a&b>]]>") == "<a&b>");
    BOOST_TEST(text_of("") == "");
}

BOOST_AUTO_TEST_CASE(base64_of_bytes_that_are_no_text_is_left_alone) {
    auto encoded = base64_encode("\xFF\xFE\xFD");
    BOOST_TEST(text_of(encoded) == encoded);
}

BOOST_AUTO_TEST_CASE(decodes_utf8_and_character_references) {
    BOOST_TEST(text_of(base64_encode("grün")) == "grün");
    BOOST_TEST(text_of("&#65;&#x42;&lt;&gt;&amp;&apos;!&#233;&#x20AC;&#x1F600;") == "AB<>&'!é€😀");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_list_of_messages) {
    for (auto text :
         {"",
          "   ",
          "hello",
          "{}",
          "<Error><Code>x</Code></Error>",
          "<QueueMessagesList>",
          "<QueueMessagesList><QueueMessage></QueueMessagesList></QueueMessage>",
          "<QueueMessagesList><QueueMessage></QueueMessage></QueueMessagesList>",  // No id.
          "<QueueMessagesList/>junk"}) {
        BOOST_TEST(!parse_queue_messages(text).has_value(), text);
    }
    std::string many;
    for (int i = 0; i < 100; ++i) many += message("");
    BOOST_TEST(!parse_queue_messages(list(many)).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_every_document_that_is_not_well_formed_or_not_harmless) {
    for (auto text :
         {"<a>",
          "</a>",
          "<a></b>",
          "<a",
          "<a b='>",
          "< a/>",
          "<>",
          "</>",
          "<a><b></a></b>",
          "<a>&x;</a>",
          "<a>&amp</a>",
          "<a>&#0;</a>",
          "<a>&#xD800;</a>",
          "<a>&#x110000;</a>",
          "<a>&#;</a>",
          "<a>&#12a;</a>",
          "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
          "<?php ?><a/>",
          "<a><!ELEMENT b></a>",
          "<!-- ",
          "<![CDATA[x]]>",
          "<a><![CDATA[x</a>",
          "x<a/>",
          "<a/>x",
          "<?xml version='1.0'"}) {
        BOOST_TEST(!is_well_formed(text), text);
    }
}

BOOST_AUTO_TEST_CASE(refuses_depth_and_survives_a_million_comments) {
    std::string deep;
    for (int i = 0; i < 17; ++i) deep += "<a>";
    for (int i = 0; i < 17; ++i) deep += "</a>";
    BOOST_TEST(!is_well_formed(deep));
    std::string comments;
    for (int i = 0; i < 1'000'000; ++i) comments += "<!---->";
    BOOST_TEST(is_well_formed(comments + "<a>" + comments + "</a>" + comments));
}

BOOST_AUTO_TEST_CASE(a_bad_document_stays_bad) {
    xml_reader reader("<a></b><c/>");
    reader.next();
    BOOST_TEST((reader.next().type == xml_reader::kind::bad));
    BOOST_TEST((reader.next().type == xml_reader::kind::bad));
}

BOOST_AUTO_TEST_CASE(writes_a_message) {
    BOOST_TEST(
        queue_message_xml("YWJj") ==
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
        "<QueueMessage><MessageText>YWJj</MessageText></QueueMessage>"
    );
    BOOST_TEST(queue_message_xml("a<&>").find("a&lt;&amp;&gt;<") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
