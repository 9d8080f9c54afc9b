#include "pipeline/intake/cutting/cutting.hpp"

#include "spool/reading/records/sampled_check.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using spool::writer_state;

static spool::record_cut seen_of(std::uint64_t length, std::uint64_t whole, writer_state writers) {
    spool::record_cut out;
    out.is_cuttable = true;
    out.length_bytes = length;
    out.whole_records = whole;
    out.is_whole = length == whole;
    out.writers = writers;
    return out;
}

BOOST_AUTO_TEST_SUITE(bytes_to_ship_)

BOOST_AUTO_TEST_CASE(whole_records_go_at_once_and_the_rest_waits_for_its_writer) {
    auto torn = seen_of(10, 6, writer_state::some);
    BOOST_TEST(bytes_to_ship(torn, true, {}).value() == 6u);
    BOOST_TEST(bytes_to_ship(torn, false, {}).value() == 6u);
    auto none = seen_of(10, 0, writer_state::some);
    BOOST_TEST(!bytes_to_ship(none, true, {.unchanged_looks = 100}).has_value());
    BOOST_TEST(bytes_to_ship(none, true, {.hurries = true}).value() == 10u);
    BOOST_TEST(bytes_to_ship(seen_of(10, 10, writer_state::some), false, {}).value() == 10u);
}

BOOST_AUTO_TEST_CASE(without_a_writer_a_file_that_rests_is_shipped_to_its_end) {
    auto torn = seen_of(10, 6, writer_state::none);
    BOOST_TEST(bytes_to_ship(torn, true, {}).value() == 10u);
    BOOST_TEST(bytes_to_ship(torn, false, {}).value() == 6u);
}

BOOST_AUTO_TEST_CASE(where_writers_are_unknown_what_is_torn_goes_last) {
    BOOST_TEST(bytes_to_ship(seen_of(10, 6, writer_state::unknown), true, {}).value() == 6u);
    auto none = seen_of(10, 0, writer_state::unknown);
    BOOST_TEST(!bytes_to_ship(none, true, {}).has_value());
    cut_rules patient{.unchanged_looks = most_looks_without_proof - 1};
    BOOST_TEST(!bytes_to_ship(none, true, patient).has_value());
    patient.unchanged_looks = most_looks_without_proof;
    BOOST_TEST(bytes_to_ship(none, true, patient).value() == 10u);
    BOOST_TEST(!bytes_to_ship(none, false, patient).has_value());
    // A process that has it open may still finish the record.
    none.writers = writer_state::some;
    BOOST_TEST(!bytes_to_ship(none, true, patient).has_value());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_cut_goes_whole_when_it_rests_and_is_closed) {
    auto whole = seen_of(10, 10, writer_state::none);
    whole.is_cuttable = false;
    BOOST_TEST(bytes_to_ship(whole, true, {}).value() == 10u);
    BOOST_TEST(!bytes_to_ship(whole, false, {}).has_value());
    whole.writers = writer_state::some;
    BOOST_TEST(!bytes_to_ship(whole, true, {}).has_value());
    BOOST_TEST(
        bytes_to_ship(whole, true, {.unchanged_looks = most_looks_at_an_open_file}).value() == 10u
    );
    // In place the name may be another file's by now; it is not asked who writes it.
    BOOST_TEST(bytes_to_ship(whole, true, {.in_place = true}).value() == 10u);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct fixture {
    test::temp_folder folder;
    cut_rules json{.form = spool::record_form{spool::record_syntax::json}};

    cut_look look(const spool::slice& file) const {
        spool::open_folders through(folder.root());
        return look_and_cut(file, through, json).value();
    }
    spool::slice rest(const std::string& text, std::uint64_t offset) const {
        folder.write("a", text);
        auto out = folder.slice("a");
        out.offset = offset;
        out.length_bytes = 0;
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(look_and_cut_, fixture)

BOOST_AUTO_TEST_CASE(ships_what_follows_the_offset) {
    auto seen = look(rest("{\"n\":1}\n{\"n\":2}\n", 8));
    BOOST_TEST(seen.file.offset == 8u);
    BOOST_TEST(seen.file.length_bytes == 8u);
    BOOST_TEST(seen.file.end_check != 0u);
    BOOST_TEST(seen.is_unchanged);
    BOOST_TEST(!is_undecided(seen.file));
}

// FAT, CIFS, FUSE: the next look at the file finds another number.
BOOST_AUTO_TEST_CASE(an_inode_number_that_does_not_last_is_not_remembered) {
    auto file = rest("{\"n\":1}\n{\"n\":2}\n", 8);
    file.identity.inode = 0;
    BOOST_TEST(look(file).file.identity.inode == 0u);
}

BOOST_AUTO_TEST_CASE(what_stays_is_known_by_its_birth_too) {
    auto file = rest("{\"n\":1}\n{\"n\":2}\n", 8);
    file.identity.born_ns = 7;
    BOOST_TEST(look(file).file.identity.born_ns == 7);
    ++file.identity.inode;
    BOOST_TEST(look(file).file.identity.born_ns == 0);
}

BOOST_AUTO_TEST_CASE(what_is_small_and_whole_is_read_once_with_its_check) {
    using spool::writer_state;
    auto file = rest("{\"n\":1}\n", 0);
    spool::open_folders through(folder.root());
    auto opened = spool::open_to_cut(file, through).value();
    auto content = [&](std::uint64_t keep_bytes, writer_state writers) {
        auto how = json;
        how.keep_bytes = keep_bytes;
        auto seen = cut_open_file(opened.get(), file, writers, how).value();
        BOOST_TEST(seen.file.end_check == spool::sampled_check(opened.get(), 8));
        return seen.content;
    };
    BOOST_TEST(content(8, writer_state::none) == "{\"n\":1}\n");
    BOOST_TEST(content(7, writer_state::none) == "");
    BOOST_TEST(content(0, writer_state::none) == "");
    BOOST_TEST(content(8, writer_state::some) == "");
    json.form = std::nullopt;
    BOOST_TEST(content(8, writer_state::none) == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_at_is_an_error) {
    BOOST_TEST(cut_open_file(-1, rest("{}", 0), writer_state::none, json).has_error());
}

BOOST_AUTO_TEST_CASE(nothing_is_left_where_nothing_was_added) {
    auto seen = look(rest("{\"n\":1}\n", 8));
    BOOST_TEST(seen.file.offset == 8u);
    BOOST_TEST(seen.file.length_bytes == 0u);
    BOOST_TEST(!is_undecided(seen.file));
}

BOOST_AUTO_TEST_CASE(starts_at_the_beginning_where_the_file_is_another_one) {
    auto file = rest("{\"n\":1}\n{\"n\":2}\n", 8);
    file.start_check = 1;
    BOOST_TEST(look(file).file.offset == 0u);
    file.start_check = 0;
    ++file.identity.inode;
    BOOST_TEST(look(file).file.offset == 0u);
    BOOST_TEST(look(rest("{}", 8)).file.offset == 0u);
    BOOST_TEST(look(rest(std::string("\x1F\x8B\x08 abc def ghi", 15), 8)).file.offset == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_grows_waits_for_a_whole_record) {
    auto file = rest("{\"n\":1}\n{\"n", 8);
    spool::descriptor writer(::open(folder.path("a").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    auto seen = look(file);
    BOOST_TEST(is_undecided(seen.file));
    BOOST_TEST(seen.is_unchanged);
    folder.append("a", "\":2}\n{");
    seen = look(seen.file);
    BOOST_TEST(!seen.is_unchanged);
    BOOST_TEST(seen.file.length_bytes == 8u);
    BOOST_TEST(seen.file.has_rest());
}

BOOST_AUTO_TEST_SUITE_END()
