#include "daemon/comparing/table_facts.hpp"

#include "daemon/comparing/json_place.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop::daemon;

BOOST_AUTO_TEST_SUITE(table_facts_)

BOOST_AUTO_TEST_CASE(a_schema_lists_columns_in_their_order) {
    auto columns = parse_table_schema(
        R"({"Name":"T","OrderedColumns":[{"Name":"a","Type":"System.Int64","CslType":"long"},)"
        R"({"Name":"b c","Type":"System.String","CslType":"string"}]})"
    );
    BOOST_REQUIRE(columns);
    BOOST_REQUIRE_EQUAL(columns->size(), 2U);
    BOOST_TEST(columns->at(0).name == "a");
    BOOST_TEST(columns->at(0).type == "long");
    BOOST_TEST(columns->at(1).name == "b c");
}

BOOST_AUTO_TEST_CASE(what_is_no_schema_is_refused) {
    for (auto text : {"", "[]", "{}", R"({"OrderedColumns":1})", R"({"OrderedColumns":[1]})"}) {
        BOOST_TEST(!parse_table_schema(text), text);
    }
}

BOOST_AUTO_TEST_CASE(a_mapping_is_read_in_each_spelling) {
    auto mapping = parse_mapping(
        R"([{"Column":"a","Properties":{"Path":"$.a"}},)"
        R"({"column":"b","path":"$.b","datatype":"long","transform":null},)"
        R"({"Name":"c","Ordinal":2},)"
        R"({"column":"d","Properties":{"Ordinal":"3","Transform":"None"}},)"
        R"({"column":"e","Properties":{"ConstValue":"x"}},)"
        R"({"column":"f","Properties":{"Path":"$.f","Transform":"DateTimeFromUnixSeconds"}}])"
    );
    BOOST_REQUIRE(mapping);
    BOOST_REQUIRE_EQUAL(mapping->size(), 6U);
    BOOST_TEST(mapping->at(0).path == "$.a");
    BOOST_TEST(mapping->at(1).path == "$.b");
    BOOST_TEST(mapping->at(1).type == "long");
    BOOST_TEST(mapping->at(2).ordinal.value() == 2U);
    BOOST_TEST(mapping->at(3).ordinal.value() == 3U);
    BOOST_TEST(mapping->at(3).transform == "");
    BOOST_TEST(mapping->at(4).is_constant);
    BOOST_TEST(!mapping->at(4).ordinal.has_value());
    BOOST_TEST(mapping->at(5).transform == "DateTimeFromUnixSeconds");
}

BOOST_AUTO_TEST_CASE(columns_about_the_source_read_no_property) {
    auto mapping = parse_mapping(
        R"([{"column":"a","Properties":{"Path":"$.a","Transform":"SourceLocation"}},)"
        R"({"column":"b","Properties":{"Ordinal":"9","Transform":"sourcelinenumber"}}])"
    );
    BOOST_REQUIRE(mapping);
    BOOST_TEST(mapping->at(0).is_constant);
    BOOST_TEST(mapping->at(1).is_constant);
}

BOOST_AUTO_TEST_CASE(what_is_no_mapping_is_refused) {
    for (auto text : {"", "{}", "[1]", "7"}) BOOST_TEST(!parse_mapping(text), text);
}

BOOST_AUTO_TEST_CASE(paths_find_values) {
    auto record = boost::json::parse(R"({"a":{"b c":[1,{"d":2}]},"x.y":3,"[0]":4})");
    auto found = [&](std::string_view path) {
        auto place = json_place::parse(path);
        if (!place) return std::string("no path");
        auto* value = place->find(record);
        return value ? boost::json::serialize(*value) : std::string("nothing");
    };
    BOOST_TEST(found("$.a['b c'][1].d") == "2");
    BOOST_TEST(found("$[\"x.y\"]") == "3");
    BOOST_TEST(found("$.a['b c'][7]") == "nothing");
    BOOST_TEST(found("$.a.b") == "nothing");
    BOOST_TEST(found("$.a['b c'].d") == "nothing");
    BOOST_TEST(found("$.x.y.z") == "nothing");
    BOOST_TEST(found("$") == boost::json::serialize(record));
    for (auto path :
         {"a", "$a", "$..a", "$.a[*]", "$.*", "$.a[", "$.a['b", "$.a['b'", "$['[0]']"}) {
        BOOST_TEST(found(path) == "no path", path);
    }
}

BOOST_AUTO_TEST_CASE(a_place_is_written_as_a_path) {
    for (auto path : {"$", "$.a.b", "$['a b'][0].c", "$['it\\'s'].b", "$['a\\\\b']"}) {
        BOOST_TEST(json_place::parse(path).value().text() == path);
    }
}

BOOST_AUTO_TEST_SUITE_END()
