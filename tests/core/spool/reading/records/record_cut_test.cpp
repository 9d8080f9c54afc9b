#include "spool/reading/records/record_cut.hpp"

#include "spool/reading/records/sampled_check.hpp"
#include "spool/reading/records/tail_check.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct fixture {
    test::temp_folder folder;
    writer_state writers = writer_state::some;

    record_cut cut(const slice& what, std::optional<record_syntax> syntax) const {
        open_folders through(folder.root());
        auto file = open_to_cut(what, through).value();
        std::optional<record_form> form;
        if (syntax) form = record_form{*syntax, ','};
        return cut_at_record_end(file.get(), what, form, writers).value();
    }
    record_cut cut(const std::string& text, std::optional<record_syntax> syntax) const {
        folder.write("a", text);
        return cut(folder.slice("a"), syntax);
    }
    std::string shipped(const std::string& text, record_syntax syntax) const {
        return text.substr(0, cut(text, syntax).whole_records);
    }
    descriptor writer() const {
        return descriptor(::open(folder.path("a").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(record_cut_, fixture)

BOOST_AUTO_TEST_CASE(a_file_of_whole_records_is_taken_whole) {
    for (auto syntax : {record_syntax::lines, record_syntax::separated, record_syntax::json}) {
        auto taken = cut("{\"n\":1}\n{\"n\":2}\n", syntax);
        BOOST_TEST(taken.whole_records == 16u);
        BOOST_TEST(taken.is_whole);
    }
    BOOST_TEST(cut("", record_syntax::lines).is_whole);
    BOOST_TEST(cut("{\"n\":1}", record_syntax::json).is_whole);
    BOOST_TEST(cut("{\n\"n\":1\n}", record_syntax::json).is_whole);
}

BOOST_AUTO_TEST_CASE(what_follows_the_last_record_is_left) {
    BOOST_TEST(shipped("{\"n\":1}\n{\"num", record_syntax::json) == "{\"n\":1}\n");
    BOOST_TEST(shipped("1,a\n2,12", record_syntax::separated) == "1,a\n");
    BOOST_TEST(shipped("1,a\n2,\"b\nc", record_syntax::separated) == "1,a\n");
    BOOST_TEST(shipped("1,a\n2,\"b\n", record_syntax::separated) == "1,a\n");
    BOOST_TEST(shipped("one\ntw", record_syntax::lines) == "one\n");
    auto none = cut("{\"num", record_syntax::json);
    BOOST_TEST(none.whole_records == 0u);
    BOOST_TEST(!none.is_whole);
    BOOST_TEST(none.is_cuttable);
}

BOOST_AUTO_TEST_CASE(what_nobody_writes_is_whole_whatever_it_ends_with) {
    writers = writer_state::none;
    BOOST_TEST(cut("1,a\n2,12", record_syntax::separated).is_whole);
    writers = writer_state::unknown;
    BOOST_TEST(cut("1,a\n2,\"b\n", record_syntax::separated).is_whole);
    BOOST_TEST(!cut("1,a\n2,12", record_syntax::separated).is_whole);
}

BOOST_AUTO_TEST_CASE(a_slice_that_follows_another_begins_with_a_record) {
    folder.write("a", "1,\"a\nb\"\n2,\"c\nd");
    auto rest = folder.slice("a");
    rest.offset = 8;
    BOOST_TEST(cut(rest, record_syntax::separated).whole_records == 0u);
    folder.append("a", "\"\n3");
    auto taken = cut(rest, record_syntax::separated);
    BOOST_TEST(taken.whole_records == std::string("2,\"c\nd\"\n").size());
    BOOST_TEST(taken.length_bytes == taken.whole_records + 1);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_truncated_and_written_again_does_not_continue) {
    folder.write("a", "1,a\n2,b\n");
    auto rest = folder.slice("a");
    rest.offset = 4;
    rest.start_check = sampled_check(std::string_view("1,a\n"));
    BOOST_TEST(cut(rest, record_syntax::separated).continues);
    folder.write("a", "9,z\n8,y\n7,x\n");
    BOOST_TEST(!cut(rest, record_syntax::separated).continues);
    folder.write("a", "9,");
    auto shorter = cut(rest, record_syntax::separated);
    BOOST_TEST(!shorter.continues);
    BOOST_TEST(shorter.length_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_long_file_is_read_to_its_end) {
    auto text = test::lines(300'000);
    text.resize(text.rfind('\n') + 1);
    BOOST_TEST((shipped(text + "{\"torn", record_syntax::json) == text));
    BOOST_TEST((shipped(text + "torn", record_syntax::lines) == text));
}

BOOST_AUTO_TEST_CASE(what_is_no_text_or_has_no_records_is_never_cut) {
    BOOST_TEST(!cut(std::string("\x1F\x8B\x08\n abc", 8), record_syntax::lines).is_cuttable);
    BOOST_TEST(!cut("PK\x03\x04 a\nb", record_syntax::lines).is_cuttable);
    BOOST_TEST(!cut("\x28\xB5\x2F\xFD a\nb", record_syntax::json).is_cuttable);
    BOOST_TEST(!cut("\xFF\xFE"
                    "a\nb",
                    record_syntax::json)
                    .is_cuttable);
    BOOST_TEST(!cut("PAR1 a\nb", std::nullopt).is_cuttable);
}

BOOST_AUTO_TEST_CASE(a_missing_file_cannot_be_opened) {
    folder.write("a", "1\n2\n");
    auto known = folder.slice("a");
    known.location = "none";
    open_folders through(folder.root());
    BOOST_TEST((open_to_cut(known, through).error().code == errc::file_vanished));
}

BOOST_AUTO_TEST_CASE(small_contents_are_those_of_the_slice) {
    folder.write("a", "1,a\n2,b\n");
    auto what = folder.slice("a");
    open_folders through(folder.root());
    auto file = open_to_cut(what, through).value();
    BOOST_TEST(small_content(file.get(), what, 8) == "1,a\n2,b\n");
    BOOST_TEST(small_content(file.get(), what, 7).empty());
    auto part = what;
    part.length_bytes = 4;
    BOOST_TEST(small_content(file.get(), part, 8).empty());
    folder.write("a", "1,a\n2,b\n3,c\n");
    BOOST_TEST(small_content(file.get(), what, 80).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(writers_, fixture)

BOOST_AUTO_TEST_CASE(knows_whether_a_process_has_the_file_open_for_writing) {
    folder.write("a", "1\n");
    descriptor reader(::open(folder.path("a").c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_TEST((probe_writers(reader.get()) == writer_state::none));
    {
        auto open = writer();
        BOOST_TEST((probe_writers(reader.get()) == writer_state::some));
    }
    BOOST_TEST((probe_writers(reader.get()) == writer_state::none));
    // The lease was given back: a writer need not wait for it.
    auto later = writer();
    BOOST_TEST(later.is_open());
    BOOST_TEST((probe_writers(later.get()) == writer_state::some));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tail_check_)

BOOST_AUTO_TEST_CASE(is_of_the_last_bytes_before_a_place) {
    test::temp_folder folder;
    auto text = test::lines(5000);
    folder.write("a", text);
    descriptor file(::open(folder.path("a").c_str(), O_RDONLY | O_CLOEXEC));
    for (std::size_t end : {1u, 1023u, 1024u, 1025u, 3000u}) {
        BOOST_TEST(tail_check(file.get(), end) == tail_check(text.substr(0, end)));
    }
    BOOST_TEST(tail_check(file.get(), text.size() + 1) == 0u);
    BOOST_TEST(tail_check(std::string_view()) != 0u);
    BOOST_TEST(may_be_same(0, 5));
    BOOST_TEST(may_be_same(5, 5));
    BOOST_TEST(!may_be_same(5, 6));
}

BOOST_AUTO_TEST_SUITE_END()
