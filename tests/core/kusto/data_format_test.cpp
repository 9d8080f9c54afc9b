#include "kusto/data_format.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop::kusto;

BOOST_AUTO_TEST_SUITE(data_format_)

BOOST_AUTO_TEST_CASE(holds_every_format_of_the_service) {
    struct row {
        const char* name;
        const char* mapping;
        const char* extension;
        bool compressible;
        bool tabular;
    };
    std::size_t count = 0;
    for (auto& row : std::initializer_list<row>{
             {"csv", "Csv", "csv", true, true},
             {"tsv", "Csv", "tsv", true, true},
             {"scsv", "Csv", "scsv", true, true},
             {"sohsv", "Csv", "sohsv", true, true},
             {"psv", "Csv", "psv", true, true},
             {"txt", "Csv", "txt", true, true},
             {"tsve", "Csv", "tsv", true, true},
             {"raw", "Csv", "raw", true, true},
             {"json", "Json", "json", true, false},
             {"multijson", "Json", "multijson", true, false},
             {"avro", "Avro", "avro", false, false},
             {"apacheavro", "ApacheAvro", "avro", false, false},
             {"parquet", "Parquet", "parquet", false, false},
             {"orc", "Orc", "orc", false, false},
             {"sstream", "SStream", "ss", false, false},
             {"w3clogfile", "W3CLogFile", "log", true, false}}) {
        auto format = parse_data_format(row.name);
        BOOST_TEST_CONTEXT(row.name) {
            BOOST_TEST_REQUIRE(format.has_value());
            BOOST_TEST(to_string(*format) == row.name);
            BOOST_TEST(mapping_kind(*format) == row.mapping);
            BOOST_TEST(file_extension(*format) == row.extension);
            BOOST_TEST(is_compressible(*format) == row.compressible);
            BOOST_TEST(is_tabular(*format) == row.tabular);
        }
        ++count;
    }
    BOOST_TEST(count == every_data_format.size());
    BOOST_TEST(!parse_data_format("JSON").has_value());
}

BOOST_AUTO_TEST_CASE(those_that_can_be_streamed) {
    std::string taken;
    for (auto format : every_data_format) {
        if (can_be_streamed(format)) taken += std::string(to_string(format)) + " ";
    }
    BOOST_TEST(taken == "csv tsv scsv sohsv psv json multijson avro ");
}

BOOST_AUTO_TEST_SUITE_END()
