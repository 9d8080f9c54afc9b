#include "spool/reading/inspection.hpp"

#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using spool::inspection;
using spool::inspection_options;

namespace {

struct inspecting {
    test::temp_folder folder;
    spool::open_folders through{folder.root()};
    inspection_options csv{',', false};
    inspection_options with_header{',', true};
    inspection_options lines{{}, false};

    inspection look(std::string_view text, const inspection_options& how) {
        folder.write("x", text);
        return spool::inspect(folder.slice("x"), through, how);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(inspection_, inspecting)

BOOST_AUTO_TEST_CASE(bytes_at_hand_say_the_same_as_the_file) {
    using namespace std::string_literals;
    inspection_options json;
    json.json = true;
    for (auto& how : {csv, with_header, lines, json}) {
        for (auto& text :
             {""s,
              "\n"s,
              "a,b\nc,d\n"s,
              "\xEF\xBB\xBF" + "{}\n"s,
              "a,\"b\n"s,
              "a\0b\n"s,
              "\x1F\x8B\x08"s,
              test::lines(200'000)}) {
            auto read = look(text, how);
            auto held = spool::inspect(text, how);
            BOOST_TEST(read.alone_because == held.alone_because);
            BOOST_TEST(read.head_bytes == held.head_bytes);
            BOOST_TEST(read.fields == held.fields);
            BOOST_TEST(held.content == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(plain_lines_may_be_joined) {
    for (auto& how : {csv, with_header, lines}) {
        auto said = look("a,b\nc,d\n", how);
        BOOST_TEST(said.alone_because == "");
        BOOST_TEST(said.head_bytes == (how.drops_first_record ? 4u : 0u));
    }
}

BOOST_AUTO_TEST_CASE(json_that_is_not_one_object_a_line_travels_alone) {
    inspection_options json;
    json.json = true;
    for (auto text : {"{\"number\":1}\n{\"number\":2}\n", "{\"number\":4}", "\n{}\n\n"}) {
        BOOST_TEST(look(text, json).alone_because == "", text);
    }
    for (auto text :
         {"[{\"number\":2},{\"number\":3}]\n",
          "{\n  \"number\": 2\n}\n",
          "a,b\n",
          "<html></html>\n",
          "{\"number\":1}\n{\"num",
          "{\"number\":1} {\"number\":2}\n",
          "{\"text\":\"a\nb\"}\n",
          "{'number':1}\n",
          "{}\n{\"n\":1,}\n",
          "{\"n\":NaN}\n",
          "{\"s\":\"\xff\"}\n"}) {
        auto because = "it is not one valid JSON object a line";
        BOOST_TEST(look(text, json).alone_because == because, text);
        BOOST_TEST(spool::inspect(text, json).alone_because == because, text);
    }
    BOOST_TEST(look("[]\n", lines).alone_because == "");
}

BOOST_AUTO_TEST_CASE(a_file_without_data_travels_alone) {
    auto because = [&](std::string_view text, inspection_options how, spool::data_syntax syntax) {
        how.data.syntax = syntax;
        how.data.drops_first_record = how.drops_first_record;
        return look(text, how).alone_because;
    };
    auto none = "it holds no data";
    BOOST_TEST(because("\n\r\n", csv, spool::data_syntax::separated) == none);
    BOOST_TEST(because("a,b\n\n", with_header, spool::data_syntax::separated) == none);
    BOOST_TEST(because("a,b\n1,2\n", with_header, spool::data_syntax::separated) == "");
    BOOST_TEST(because(std::string(1000, '\n'), lines, spool::data_syntax::lines) == none);
    BOOST_TEST(because(std::string(1000, '\n') + "x", lines, spool::data_syntax::lines) == "");
    BOOST_TEST(because("\xEF\xBB\xBF", lines, spool::data_syntax::lines) == none);
    inspection_options json;
    json.json = true;
    BOOST_TEST(because(" \n\t", json, spool::data_syntax::json) == none);
}

BOOST_AUTO_TEST_CASE(quotes_that_do_not_close_keep_a_file_alone_where_the_format_has_quotes) {
    BOOST_TEST(look("a,\"b\nc,d\n", csv).alone_because == "its quotes do not close");
    BOOST_TEST(look("a,\"b\nc,d\n", lines).alone_because == "");
}

BOOST_AUTO_TEST_CASE(quotes_are_followed_to_the_end_of_the_file) {
    auto text = test::lines(300'000);
    BOOST_TEST(look(text + "\n\"\n\"\n", csv).alone_because == "");
    BOOST_TEST(look(text + "\n\"\n", csv).alone_because == "its quotes do not close");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_the_header_are_the_head) {
    BOOST_TEST(
        look(
            "\xEF\xBB\xBF"
            "a,b\nc,d\n",
            csv
        )
            .head_bytes == 3u
    );
    BOOST_TEST(look("\xEF\xBB\xBF{}\n", lines).head_bytes == 3u);
    BOOST_TEST(
        look(
            "\xEF\xBB\xBF"
            "a,b\nc,d\n",
            with_header
        )
            .head_bytes == 7u
    );
    BOOST_TEST(look("\xEF\xBB\xBF\"a\nb\",c\nd,e\n", with_header).head_bytes == 11u);
}

BOOST_AUTO_TEST_CASE(a_header_whose_end_is_not_certain_keeps_a_file_alone) {
    auto said = look("\na,b\n", with_header);
    BOOST_TEST(said.alone_because == "where its first record ends is not certain");
    BOOST_TEST(look("\na,b\n", csv).alone_because == "");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_the_formats_own_keep_a_file_alone) {
    BOOST_TEST(look("\x1F\x8B\x08", lines).alone_because == "it is gzip already");
    BOOST_TEST(look("PK\x03\x04", lines).alone_because == "it is zip already");
    BOOST_TEST(look("\xFF\xFE{", lines).alone_because == "it is UTF-16");
    BOOST_TEST(look("\xFE\xFF{", csv).alone_because == "it is UTF-16");
}

BOOST_AUTO_TEST_CASE(what_is_not_separated_text_keeps_a_file_alone) {
    using namespace std::string_literals;
    for (auto page : {"<!DOCTYPE html>\n<p>a,b</p>\n", "\n <html>\n", "<?xml version='1.0'?>\n"}) {
        BOOST_TEST(look(page, csv).alone_because == "it is a page of markup", page);
        BOOST_TEST(look(page, lines).alone_because == "", page);
    }
    BOOST_TEST(look("<p>,b\n", csv).alone_because == "");
    BOOST_TEST(look("a,b\nc\0,d\n"s, csv).alone_because == "it is not text");
    auto late = test::lines(30'000) + "\0"s;
    BOOST_TEST(look(late, csv).alone_because == "it is not text");
}

BOOST_AUTO_TEST_CASE(what_is_evidently_another_content_keeps_a_file_alone) {
    BOOST_TEST(look("%PDF-1.4\n1,2\n", csv).alone_because == "it is a PDF");
    BOOST_TEST(look("-----BEGIN PGP MESSAGE-----\n", csv).alone_because == "it is encrypted");
    BOOST_TEST(look("%PDF-1.4\n", lines).alone_because == "");
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_within_a_record_travels_alone) {
    auto cut = "its last record has fewer fields than its first";
    for (auto text : {"a,b,c\n1,2", "a,b\n1", "a,b\n1,2\n3"}) {
        BOOST_TEST(look(text, csv).alone_because == cut, text);
        BOOST_TEST(look(text, with_header).alone_because == cut, text);
        BOOST_TEST(look(text, lines).alone_because == "", text);
    }
    // As whole as it can be said to be.
    for (auto text : {"a,b\n1,2", "a,b", "a,b\n1,\"2\"", "a,b\n1,2\n"}) {
        BOOST_TEST(look(text, csv).alone_because == "", text);
    }
}

BOOST_AUTO_TEST_CASE(the_fields_of_the_first_record_are_counted) {
    BOOST_TEST(look("a\n", csv).fields == 1u);
    BOOST_TEST(look("a,b,c\n1\n", csv).fields == 3u);
    BOOST_TEST(look("\"a,\n\"\",\",b\n1,2\n", csv).fields == 2u);
    BOOST_TEST(
        look(
            "\xEF\xBB\xBF"
            "a;b,c\n",
            csv
        )
            .fields == 2u
    );
    BOOST_TEST(look("a;b;c\n", {';', false}).fields == 3u);
    // Not certain, or of no separator.
    BOOST_TEST(look("\na,b\n", csv).fields == 0u);
    BOOST_TEST(look("a,b\n", lines).fields == 0u);
}

BOOST_AUTO_TEST_CASE(returns_all_bytes_of_a_short_file_that_may_be_joined_where_wanted) {
    for (auto how : {csv, with_header, lines}) {
        BOOST_TEST(look("a,b\nc,d\n", how).content == "");
        how.keep_bytes = 8;
        auto said = look("a,b\nc,d\n", how);
        BOOST_TEST(said.content == "a,b\nc,d\n");
        BOOST_TEST(said.head_bytes == (how.drops_first_record ? 4u : 0u));
        BOOST_TEST(look("a,b\nc,d\ne", how).content == "");
        how.keep_bytes = 1u << 20u;
        auto longest = "a,b\n" + std::string(64 * 1024 - 6, 'x') + ",x";
        BOOST_TEST(look(longest + "x", how).content == "");
        BOOST_TEST((look(longest, how).content == longest));
    }
    csv.keep_bytes = 100;
    BOOST_TEST(look("a,\"b\n", csv).content == "");
    lines.keep_bytes = 100;
    BOOST_TEST(look("\x1F\x8B\x08", lines).content == "");
    BOOST_TEST(look("\xEF\xBB\xBF{}\n", lines).content == "\xEF\xBB\xBF{}\n");
    // It has grown since.
    folder.write("x", "a\n");
    auto claimed = folder.slice("x");
    folder.append("x", "b\n");
    auto said = spool::inspect(claimed, through, lines);
    BOOST_TEST(said.alone_because == "it cannot be read as it was");
    BOOST_TEST(said.content == "");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_what_was_claimed_is_left_to_the_shipper) {
    folder.write("x", "a,b\n");
    auto claimed = folder.slice("x");
    folder.write("x", "a,b,c\n");
    BOOST_TEST(
        spool::inspect(claimed, through, csv).alone_because == "it cannot be read as it was"
    );
    claimed.location = "gone";
    BOOST_TEST(
        spool::inspect(claimed, through, csv).alone_because == "it cannot be read as it was"
    );
    folder.make_folder("f");
    BOOST_TEST(spool::inspect(folder.slice("f"), through, csv).alone_because != "");
    // Shorter than it says, with the same facts.
    claimed = folder.slice("x");
    claimed.length_bytes += 1;
    BOOST_TEST(
        spool::inspect(claimed, through, csv).alone_because == "it cannot be read as it was"
    );
}

BOOST_AUTO_TEST_CASE(a_last_line_counts_as_cut_only_where_that_is_certain) {
    auto cut = std::string("its last record has fewer fields than its first");
    BOOST_TEST(look("a,b\nc", csv).alone_because == cut);
    BOOST_TEST(look("a,b", csv).alone_because == "");
    BOOST_TEST(look("a,b\nc,d", csv).alone_because == "");
    // Longer than what is kept of it.
    auto longest = std::string(200'000, 'c');
    BOOST_TEST(look("a,b\n" + longest, csv).alone_because == "");
    BOOST_TEST(look("a,b\n" + longest + "\nd", csv).alone_because == cut);
}

BOOST_AUTO_TEST_SUITE_END()
