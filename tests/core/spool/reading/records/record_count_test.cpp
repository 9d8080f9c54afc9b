#include "spool/reading/records/record_count.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace kustodrop::spool;

namespace {

/// Bytes, and how many records are in them; -1: that is not known.
struct row {
    std::string bytes;
    int records = 0;
};

int counted(const std::string& bytes, std::size_t piece, record_count_rules rules) {
    record_count count(rules);
    for (std::size_t at = 0; at < bytes.size(); at += piece) count.add(bytes.substr(at, piece));
    auto total = count.total();
    return total ? static_cast<int>(*total) : -1;
}

// Whatever pieces they come in.
void check(const std::vector<row>& rows, record_count_rules rules) {
    for (auto& [bytes, records] : rows) {
        for (std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
            BOOST_TEST_CONTEXT(bytes << " by " << piece) {
                BOOST_TEST(counted(bytes, piece, rules) == records);
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_count_)

BOOST_AUTO_TEST_CASE(lines_that_are_not_empty) {
    check(
        {
            {"", 0},
            {"\n\r\n\n", 0},
            {"a", 1},
            {"a\n", 1},
            {"a\nb", 2},
            {"a\r\n\r\nb\r\n", 2},
            {" \n", 1},
            {"\xEF\xBB\xBF", 0},
            {"\xEF\xBB\xBF\na\n", 1},
            {"\xEF\xBBx\n", 1},
            {"\xEF\n", 1},
            {"a\n\xEF\xBB\xBF\n", 2},
        },
        {counted_record::line}
    );
}

BOOST_AUTO_TEST_CASE(separated_records) {
    check(
        {
            {"1,x\n2,y\n", 2},
            {"1,x\r\n\r\n2,y", 2},
            {"1,\"two\nlines\"\n2,y\n", 2},
            {"1,\"he said \"\"no\"\"\n\"\n2,y\n", 2},
            {"\"a\nb\"\n", 1},
            {"\"\n\n\"\n", 1},
            {"1,\"x\n2,y\n", -1},
            {"1,a\"b\n2,c\"d\n", 2},
            {",\n,\n", 2},
            {"\"\"\n", 1},
            {"1,\"x\"y\"\n2,z\n", 2},
            {"\n\n", 0},
            {"\xEF\xBB\xBF\"a\n\",b\n", 1},
        },
        {counted_record::separated}
    );
    check({{"1;\"x\ny\"\n", 1}, {"1,\"x\n2\"\n", 2}}, {counted_record::separated, ';'});
}

BOOST_AUTO_TEST_CASE(a_header_is_no_row) {
    check(
        {{"a,b\n1,x\n2,y\n", 2}, {"a,b\n", 0}, {"a,b", 0}, {"", 0}, {"\"a\nb\",c\n1,2\n", 1}},
        {counted_record::separated, ',', true}
    );
    check({{"head\n\nx\ny\n", 2}}, {counted_record::line, ',', true});
}

BOOST_AUTO_TEST_CASE(objects_of_json) {
    check(
        {
            {"{\"a\":1}\n{\"a\":2}\n", 2},
            {"{\"a\":1}\r\n\n  {\"a\":2} \t\r\n", 2},
            {"{\"a\":1}", 1},
            {"\xEF\xBB\xBF{\"a\":1}\n", 1},
            {"{\n\"a\":1\n}\n", -1},
            {"[{\"a\":1}]\n", -1},
            {"{\"a\":1}\n7\n", -1},
            {"{\"a\":", -1},
            {"\n \n", 0},
        },
        {counted_record::object}
    );
}

BOOST_AUTO_TEST_CASE(directives_are_no_rows) {
    check({{"#Version: 1.0\n#Fields: a b\n1 2\n\n3 4\n#Date: x\n5 6", 3}}, {counted_record::w3c});
}

BOOST_AUTO_TEST_SUITE_END()
