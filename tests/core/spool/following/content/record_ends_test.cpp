// Where ranges of logs end.
#include "spool/following/content/record_ends.hpp"

#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct ending {
    test::temp_folder place;
    range_rules rules;
    std::string text;
    std::uint64_t from = 0;

    ending() {
        rules.form = {record_syntax::separated, ','};
        rules.max_record = 100;
        rules.sizes.least = 64;
    }

    record_end find(bool quiet = false, bool unfinished = false) {
        std::ofstream(place.path("app.log"), std::ios::binary) << text;
        int file = ::open(place.path("app.log").c_str(), O_RDONLY | O_CLOEXEC);
        auto found = find_record_end(file, from, {1, text.size(), unfinished, quiet}, rules);
        ::close(file);
        return found;
    }

    /// What the range has, and why it does not end with a record.
    std::string found(bool quiet = false, bool unfinished = false) {
        auto one = find(quiet, unfinished);
        static constexpr const char* splits[] = {"", " length", " quote", " rest"};
        auto bytes = one.end > 0 ? text.substr(from, one.end - from) : std::string("nothing");
        return bytes + splits[static_cast<int>(one.split)] + (one.is_alone ? " alone" : "");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(record_ends_, ending)

BOOST_AUTO_TEST_CASE(a_newline_in_quotes_ends_no_record) {
    text = "1,\"a\nb\"\n2,\"c\n";
    BOOST_TEST(found() == "1,\"a\nb\"\n");
    from = 8;
    BOOST_TEST(found() == "nothing");
}

BOOST_AUTO_TEST_CASE(a_line_whose_quotation_is_not_closed_goes_alone_when_it_has_waited) {
    text = "1,5\" pipe\n2,b\n3,c\n";
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(found(true) == "1,5\" pipe\n quote alone");
    from = 10;
    BOOST_TEST(found() == "2,b\n3,c\n");
}

BOOST_AUTO_TEST_CASE(so_it_does_before_more_than_a_record_may_have_waits_behind_it) {
    text = "1,\"a\n" + std::string(94, 'x');
    BOOST_TEST(found() == "nothing");
    text += "x";
    BOOST_TEST(found() == "1,\"a\n quote alone");
}

BOOST_AUTO_TEST_CASE(so_it_does_at_the_end_of_its_log) {
    text = "1,\"a\n2,b";
    BOOST_TEST(found(false, true) == "1,\"a\n quote alone");
    from = 5;
    BOOST_TEST(found(false, true) == "2,b alone");
}

BOOST_AUTO_TEST_CASE(half_a_line_waits_however_long_it_takes) {
    text = "1,a";
    BOOST_TEST(found(true) == "nothing");
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_line_that_was_cut_within_is_one_record) {
    text = "1,\"" + std::string(97, 'x');
    BOOST_TEST(found() == text + " length alone");
    from = text.size();
    text += "yy\",b";
    BOOST_TEST(found() == "nothing");
    text += "\n2,c\n";
    BOOST_TEST(found() == "yy\",b\n rest alone");
    from += 6;
    BOOST_TEST(found() == "2,c\n");
}

BOOST_AUTO_TEST_CASE(a_newline_that_ends_what_was_cut_without_it_is_no_record) {
    text = "1,a\n2,b\n";
    from = 3;
    BOOST_TEST(found() == "\n2,b\n");
}

BOOST_AUTO_TEST_CASE(text_behind_nuls_is_no_rest) {
    text = std::string(50, '\0') + "1,a\n";
    from = 50;
    BOOST_TEST(found() == "1,a\n");
}

BOOST_AUTO_TEST_CASE(lines_end_where_they_end) {
    rules.form = {record_syntax::lines};
    text = "a \"b\nc\nhalf";
    BOOST_TEST(found() == "a \"b\nc\n");
    from = 7;
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(found(true) == "nothing");
    BOOST_TEST(found(false, true) == "half");
}

BOOST_AUTO_TEST_CASE(a_record_that_no_range_has_room_for_holds_nothing_up) {
    rules.records.kind = record_kind::cri;
    rules.max_record = rules.records.max_record = rules.max_range = 100;
    std::string part = "2026-11-30T10:00:00Z stdout P " + std::string(20, 'a') + "\n";
    text = part + part;
    text.resize(99);
    BOOST_TEST(found() == "nothing");
    text += "aa";
    text.resize(100, 'a');
    BOOST_TEST(found() == part + " length");
    rules.max_range = 1000;
    BOOST_TEST(found() == "nothing");
}

BOOST_AUTO_TEST_CASE(nor_does_a_line_that_none_has_room_for) {
    for (auto kind : {record_kind::cri, record_kind::docker, record_kind::unindented}) {
        rules.records.kind = kind;
        rules.max_record = rules.records.max_record = rules.max_range = 100;
        text = std::string(99, 'a');
        BOOST_TEST(found() == "nothing");
        text += "a";
        BOOST_TEST(found() == text + " length");
        text.back() = '\xC3';
        BOOST_TEST(found() == text.substr(0, 99) + " length");
    }
}

BOOST_AUTO_TEST_CASE(places_inside_are_ends_of_records_far_apart) {
    for (auto syntax : {record_syntax::lines, record_syntax::separated}) {
        rules.form = {syntax, ','};
        text.clear();
        for (int i = 0; i < 1000; ++i) text += std::to_string(i) + ",\"quoted\"\n";
        for (auto begin : {std::uint64_t(0), std::uint64_t(text.find("100,"))}) {
            from = begin;
            auto one = find();
            BOOST_TEST(one.end == text.size());
            BOOST_TEST(one.inside.size() >= (from == 0 ? 8u : 2u));
            BOOST_TEST(one.inside.size() <= (from == 0 ? 11u : 3u));
            auto last = from;
            for (auto end : one.inside) {
                BOOST_TEST(text[end - 1] == '\n');
                BOOST_TEST(end >= last + 64);
                BOOST_TEST(end < one.end);
                last = end;
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_carriage_return_ends_no_record_without_a_newline) {
    rules.form = {record_syntax::lines};
    text = "10%\r20%\r100%\r\nnext\rline\n50%\r";
    BOOST_TEST(found() == "10%\r20%\r100%\r\nnext\rline\n");
    // One that nothing else ends is cut at max_record, and when its log has ended.
    text = "50%\r60%\r";
    BOOST_TEST(found() == "nothing");
    BOOST_TEST(found(false, true) == text);
    text = std::string(60, 'a') + "\r" + std::string(60, 'b') + "\r";
    BOOST_TEST((find().split == record_split::length));
}

BOOST_AUTO_TEST_SUITE_END()
