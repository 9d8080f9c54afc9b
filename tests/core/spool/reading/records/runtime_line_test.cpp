#include "spool/reading/records/runtime_line.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::spool;

static const std::string written = "2016-10-06T00:17:09.669794202Z";

BOOST_AUTO_TEST_SUITE(runtime_line_)

BOOST_AUTO_TEST_CASE(a_line_of_the_container_runtime_interface) {
    auto line = written + " stdout F a text, with blanks ";
    auto whole = parse_cri(line);
    BOOST_TEST(whole.value().time == written);
    BOOST_TEST(whole->stream == "stdout");
    BOOST_TEST(whole->text == "a text, with blanks ");
    BOOST_TEST(!whole->is_partial);
    auto part = parse_cri("2016-10-06T02:17:09.6+02:00 stderr P:more:members begins");
    BOOST_TEST(part.value().is_partial);
    BOOST_TEST(part->text == "begins");
    BOOST_TEST(parse_cri(written + " stdout F ").value().text == "");
    BOOST_TEST(parse_cri(written + " stdout F").value().text == "");
    BOOST_TEST(parse_cri(written + " stdout F  indented").value().text == " indented");
}

BOOST_AUTO_TEST_CASE(what_is_no_line_of_a_runtime) {
    for (auto line :
         {std::string(),
          std::string("text"),
          std::string(100, '\0'),
          written,
          written + " stdout",
          written + " stdlog F text",
          written + " stdout X text",
          written + " stdout FP text",
          written + "stdout F text",
          std::string("2016-10-06 stdout F text"),
          std::string("669794202Z stdout F text"),
          " " + written + " stdout F text"}) {
        BOOST_TEST(!parse_cri(line), line);
    }
}

BOOST_AUTO_TEST_CASE(a_line_of_docker) {
    docker_line docker;
    auto whole = docker.parse(
        R"({"log":"a \"text\"\t\u00e9 \ud83d\ude00\u003c\n","stream":"stdout","time":")" + written +
        "\"}"
    );
    BOOST_TEST(whole.value().text == "a \"text\"\té 😀<");
    BOOST_TEST(whole->time == written);
    BOOST_TEST(whole->stream == "stdout");
    BOOST_TEST(!whole->is_partial);
    auto part = docker.parse(R"({"log":"begins","stream":"stderr"})");
    BOOST_TEST(part.value().is_partial);
    BOOST_TEST(part->text == "begins");
    BOOST_TEST(part->time == "");
    BOOST_TEST(docker.parse(R"({"log":"\n"})").value().text == "");
    BOOST_TEST(docker.parse(R"({"log":"a\r\n"})").value().text == "a\r");
}

BOOST_AUTO_TEST_CASE(members_of_docker_may_have_any_order_and_others_beside_them) {
    docker_line docker;
    auto found = docker.parse(
        R"({ "attrs" : {"log":"no","b":["}",1,{"c":null}]} , "n":-1.5e3,"t":true,"s":"x\\",)"
        R"( "log":"yes\n" } )"
    );
    BOOST_TEST(found.value().text == "yes");
    BOOST_TEST(!docker.parse(R"({"a":1})"));
}

BOOST_AUTO_TEST_CASE(half_a_surrogate_is_replaced) {
    docker_line docker;
    BOOST_TEST(docker.parse(R"({"log":"\ud83d!\n"})").value().text == "\xEF\xBF\xBD!");
    BOOST_TEST(docker.parse(R"({"log":"\ude00\n"})").value().text == "\xEF\xBF\xBD");
    BOOST_TEST(
        docker.parse(R"({"log":"\ud83d\u0041\n"})").value().text ==
        "\xEF\xBF\xBD"
        "A"
    );
}

BOOST_AUTO_TEST_CASE(what_docker_has_not_finished_is_no_line_of_it) {
    docker_line docker;
    std::string whole = R"({"log":"a\u0041\\\n","stream":"stdout","attrs":{"x":["y"]},"time":"T"})";
    BOOST_TEST(docker.parse(whole).has_value());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        BOOST_TEST(!docker.parse(whole.substr(0, length)), length);
        if (length > 0) BOOST_TEST(!docker.parse(whole.substr(0, length) + whole), length);
    }
    for (std::string line :
         {R"({"log":"a" "stream":"b"})",
          R"({"log":1})",
          R"({"log":"a\x"})",
          R"({"log":"\u00g0"})",
          R"({"stream":"a"})",
          R"({"x":],"log":"a"})",
          R"({"x":,"log":"a"})",
          R"([{"log":"a"}])",
          R"({"log":"a"} b)",
          R"({})"}) {
        BOOST_TEST(!docker.parse(line), line);
    }
    BOOST_TEST(!docker.parse(std::string(R"({"log":"a)") + '\0' + "\"}"));
    BOOST_TEST(!docker.parse(std::string(64, '\0') + whole));
}

BOOST_AUTO_TEST_SUITE_END()
