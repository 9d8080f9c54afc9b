#include "spool/reading/source_reader.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct counting {
    test::temp_folder folder;
    source what;
    reader_options options;
    std::string bytes;  // Of the last reading.

    counting() {
        options.end_lines = true;
        options.may_grow = true;
        options.root_fd = folder.root();
        options.counted = record_count_rules{counted_record::separated, ',', false};
    }

    void add(const std::string& name, std::string_view text) {
        folder.write(name, text);
        what.slices.push_back(folder.slice(name));
    }

    // -1: not known.
    int records() {
        auto reader = source_reader::open(what, options);
        std::string buffer(4096, '\0');
        bytes.clear();
        for (;;) {
            auto made = reader->next(buffer);
            BOOST_REQUIRE(made.has_value());
            bytes.append(buffer, 0, made->bytes);
            if (made->last) break;
        }
        auto found = reader->records();
        return found ? static_cast<int>(*found) : -1;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(counting_reader_, counting)

BOOST_AUTO_TEST_CASE(counts_records_whether_it_compresses_or_not) {
    add("a", "1,x\n2,\"y\nz\"\n");
    for (auto how : {compression::none, compression::fast}) {
        options.how = how;
        BOOST_TEST(records() == 2);
    }
}

BOOST_AUTO_TEST_CASE(counts_over_files_that_do_not_end_their_line) {
    add("a", "1,x\n2,y");
    add("b", "3,z");
    BOOST_TEST(records() == 3);
}

BOOST_AUTO_TEST_CASE(a_header_is_one_at_the_start_of_its_file_only) {
    options.counted->drops_first_record = true;
    add("a", "h,k\n1,x\n2,y\n");
    BOOST_TEST(records() == 2);
    what.slices.front().offset = 4;
    what.slices.front().length_bytes -= 4;
    BOOST_TEST(records() == 2);
}

BOOST_AUTO_TEST_CASE(does_not_count_what_was_compressed_already) {
    add("a", "1,x\n");
    options.how = compression::fast;
    BOOST_TEST(records() == 1);
    folder.write("a.gz", bytes);
    what.slices = {folder.slice("a.gz")};
    BOOST_TEST(records() == -1);
}

BOOST_AUTO_TEST_CASE(does_not_count_unless_it_is_asked_to) {
    options.counted.reset();
    add("a", "1,x\n");
    BOOST_TEST(records() == -1);
}

BOOST_AUTO_TEST_SUITE_END()
