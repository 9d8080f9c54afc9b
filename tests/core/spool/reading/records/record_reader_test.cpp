// The records of logs, whatever the pieces are in which their bytes come.
#include "spool/reading/records/record_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace kustodrop::spool;

namespace {

const std::string time_a = "2026-01-01T00:00:00.1Z";

struct read_records {
    std::vector<std::string> records;  // "OFFSET STREAM|TEXT", with marks.
    std::uint64_t whole_until = 0;
    friend bool operator==(const read_records&, const read_records&) = default;
};

read_records read_in(
    const record_rules& rules, std::string_view text, std::size_t piece, bool ends = true
) {
    read_records out;
    record_reader reader(rules, 100, [&out](const found_record& one) {
        auto shown = std::to_string(one.offset - 100) + " " + std::string(one.stream) + "|" +
                     std::string(one.text);
        if (one.is_foreign) shown += " FOREIGN";
        if (one.is_a_part) shown += " PART";
        out.records.push_back(shown);
    });
    while (!text.empty()) {
        reader.add(text.substr(0, piece));
        text.remove_prefix(std::min(piece, text.size()));
    }
    if (ends) reader.end();
    out.whole_until = reader.whole_until() - 100;
    return out;
}

read_records read_all(const record_rules& rules, std::string_view text, bool ends = true) {
    auto whole = read_in(rules, text, text.size() + 1, ends);
    for (std::size_t piece = 1; piece <= std::min<std::size_t>(text.size(), 90); ++piece) {
        auto same = read_in(rules, text, piece, ends) == whole;
        BOOST_TEST(same, text.substr(0, 200) << " in " << piece);
    }
    return whole;
}

using texts = std::vector<std::string>;

void check(const record_rules& rules, std::string_view text, const texts& expected) {
    BOOST_TEST(read_all(rules, text).records == expected, boost::test_tools::per_element());
}

std::string cri(const std::string& stream, const std::string& tag, const std::string& text) {
    return time_a + " " + stream + " " + tag + " " + text + "\n";
}

constexpr std::size_t envelope = 22 + 1 + 6 + 1 + 1 + 1 + 1;  // With the newline.

}  // namespace

BOOST_AUTO_TEST_SUITE(record_reader_)

BOOST_AUTO_TEST_CASE(a_line_is_a_record) {
    check({}, "a\n\nb\r\nc", {"0 |a", "2 |", "3 |b", "6 |c"});
    BOOST_TEST(read_all({}, "a\nb", false).whole_until == 2u);
    BOOST_TEST(read_all({}, "", true).records.empty());
}

BOOST_AUTO_TEST_CASE(parts_of_a_stream_are_one_record) {
    record_rules rules{record_kind::cri};
    auto text = cri("stdout", "P", "one ") + cri("stdout", "P", "two ") +
                cri("stdout", "F", "end") + cri("stderr", "F", "other");
    check(
        rules, text, {"0 stdout|one two end", std::to_string(3 * envelope + 11) + " stderr|other"}
    );
}

// fluent-bit#4387
BOOST_AUTO_TEST_CASE(H1_parts_of_two_streams_are_never_joined_with_each_other) {
    std::vector<std::string> of_out{
        cri("stdout", "P", "o1"), cri("stdout", "F", "o2"), cri("stdout", "F", "o3")};
    std::vector<std::string> of_err{
        cri("stderr", "P", "e1"), cri("stderr", "P", "e2"), cri("stderr", "F", "e3")};
    std::vector<int> order{0, 0, 0, 1, 1, 1};
    do {
        std::string text;
        std::size_t out = 0;
        std::size_t err = 0;
        for (int stream : order) text += stream == 0 ? of_out[out++] : of_err[err++];
        texts found;
        for (auto& one : read_all({record_kind::cri}, text).records) {
            found.push_back(one.substr(one.find(' ') + 1));
        }
        std::ranges::sort(found);
        texts expected{"stderr|e1e2e3", "stdout|o1o2", "stdout|o3"};
        BOOST_TEST(found == expected, boost::test_tools::per_element());
    } while (std::ranges::next_permutation(order).found);
}

BOOST_AUTO_TEST_CASE(records_are_whole_where_no_stream_has_an_open_part) {
    record_rules rules{record_kind::cri};
    auto first = cri("stdout", "F", "a");
    auto open = cri("stdout", "P", "b") + cri("stderr", "F", "c");
    BOOST_TEST(read_all(rules, first + open, false).whole_until == first.size());
    auto closed = first + open + cri("stdout", "F", "d");
    BOOST_TEST(read_all(rules, closed + "2026-", false).whole_until == closed.size());
    BOOST_TEST(read_all(rules, closed + "2026-", true).whole_until == closed.size() + 5);
}

BOOST_AUTO_TEST_CASE(a_part_without_its_rest_is_a_record) {
    record_rules rules{record_kind::cri};
    auto text = cri("stdout", "P", "a") + cri("stderr", "P", "b");
    check(rules, text, {"0 stdout|a PART", std::to_string(envelope + 1) + " stderr|b PART"});
}

// moby#29511, kubernetes#37292
BOOST_AUTO_TEST_CASE(H7_a_line_that_is_no_envelope_is_a_record_as_it_is) {
    record_rules rules{record_kind::cri};
    auto half = cri("stdout", "P", "a").substr(5);
    check(
        rules,
        half + cri("stdout", "F", "b") + "\n2026-01-01T0",
        {"0 |" + half.substr(0, half.size() - 1) + " FOREIGN",
         std::to_string(half.size()) + " stdout|b",
         std::to_string(half.size() + envelope + 1) + " | FOREIGN",
         std::to_string(half.size() + envelope + 2) + " |2026-01-01T0 FOREIGN"}
    );
    auto nuls = std::string(4, '\0') + R"({"log":"a\n"})";
    check({record_kind::docker}, nuls + "\n", {"0 |" + nuls + " FOREIGN"});
    check({record_kind::docker}, R"({"log":"a)", {R"(0 |{"log":"a FOREIGN)"});
}

BOOST_AUTO_TEST_CASE(docker_divides_what_is_longer_than_16_KiB) {
    record_rules rules{record_kind::docker};
    std::string long_text(16 * 1024, 'x');
    std::string first = R"({"log":")" + long_text +
                        R"(","stream":"stdout","time":"T"})"
                        "\n";
    std::string other = R"({"log":"e\n","stream":"stderr","time":"T"})"
                        "\n";
    std::string last = R"({"log":"y\n","stream":"stdout","time":"U"})"
                       "\n";
    auto found = read_all(rules, first + other + last);
    texts expected{std::to_string(first.size()) + " stderr|e", "0 stdout|" + long_text + "y"};
    BOOST_TEST(found.records == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(indented_and_empty_lines_belong_to_the_one_before) {
    record_rules rules{record_kind::unindented};
    check(rules, "a\n  b\n\n\tc\r\nd\ne\n f", {"0 |a\n  b\n\n\tc", "11 |d", "13 |e\n f"});
    check(rules, "  b\nc\n", {"0 |  b", "4 |c"});
    BOOST_TEST(read_all(rules, "a\n b\nc\n d\n", false).whole_until == 5u);
    BOOST_TEST(read_all(rules, "a\n b\n", false).whole_until == 0u);
}

BOOST_AUTO_TEST_CASE(a_record_starts_with_a_pattern) {
    record_rules rules{record_kind::starts_with, {"####-##-##", "--"}};
    check(
        rules,
        "2026-01-01 a\nTrace:\n at b\n--\n2026-01-02 c\n",
        {"0 |2026-01-01 a\nTrace:\n at b", "26 |--", "29 |2026-01-02 c"}
    );
}

BOOST_AUTO_TEST_CASE(H6_a_record_that_is_too_long_is_cut_at_a_character) {
    record_rules rules{record_kind::cri};
    rules.max_record = 6;
    auto text = cri("stdout", "P", "abcd") + cri("stdout", "P", "eéé") + cri("stdout", "F", "g");
    check(rules, text, {"0 stdout|abcde PART", std::to_string(envelope + 4 + 1) + " stdout|éég"});
    check(rules, cri("stdout", "F", "aaaaaéb"), {"0 stdout|aaaaa PART", "5 stdout|éb PART"});
    rules = {record_kind::lines, {}, 6};
    check(rules, "1234567890\nab\n", {"0 |123456 PART", "6 |7890", "11 |ab"});
    check(rules, "123456\nab\n", {"0 |123456", "7 |ab"});
    rules = {record_kind::unindented, {}, 6};
    check(rules, "abc\n  d\n e\nf\n", {"0 |abc\n   PART", "6 |d\n e", "11 |f"});
    check(rules, "a\n 1234567\n b\n", {"0 |a PART", "2 | 12345 PART", "8 |67\n b"});
}

// Whatever is written, no byte of a text is lost and none is added.
BOOST_AUTO_TEST_CASE(every_byte_is_in_a_record) {
    std::mt19937 random(7);
    for (int turn = 0; turn < 3000; ++turn) {
        std::string text;
        auto lines = random() % 12;
        for (unsigned i = 0; i < lines; ++i) {
            auto stream = random() % 2 == 0 ? "stdout" : "stderr";
            std::string content(random() % 20, static_cast<char>('a' + i));
            if (random() % 8 == 0) {
                text += content + "\n";
            } else {
                text += cri(stream, random() % 2 == 0 ? "P" : "F", content);
            }
        }
        record_rules rules{record_kind::cri, {}, 8 + random() % 40};
        auto count = [](std::string_view in) {
            return std::ranges::count_if(in, [](char c) { return c >= 'a' && c <= 'l'; });
        };
        std::ptrdiff_t found = 0;
        std::ptrdiff_t envelopes = 0;
        record_reader reader(rules, 0, [&](const found_record& one) {
            found += count(one.text);
            BOOST_TEST(one.text.size() <= rules.max_record);
        });
        reader.add(text);
        reader.end();
        for (auto name : {"stdout", "stderr"}) {
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
                envelopes += count(name);
            }
        }
        BOOST_TEST(found == count(text) - envelopes);
    }
}

BOOST_AUTO_TEST_SUITE_END()
