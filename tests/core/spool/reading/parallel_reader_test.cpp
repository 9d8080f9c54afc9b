#include "core/spool/reading/gunzip.hpp"
#include "spool/reading/source_reader.hpp"
#include "support/temp_folder.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

namespace kustodrop::spool::test {

namespace {

struct parallel_reading {
    kustodrop::test::temp_folder folder;
    boost::asio::thread_pool pool{2};
    compression_gate gate{2};
    std::string text;

    parallel_reading() {
        text = kustodrop::test::lines(6'000'000);
        folder.write("large", text);
    }
    ~parallel_reading() { pool.join(); }

    std::unique_ptr<source_reader> open(slice what) {
        source whole;
        whole.slices.push_back(std::move(what));
        reader_options options;
        options.root_fd = folder.root();
        options.threads = 3;
        options.gate = &gate;
        options.may_grow = true;
        options.run = [this](std::function<void()> work) {
            boost::asio::post(pool, std::move(work));
        };
        return source_reader::open(whole, options);
    }
    slice all_of_it() { return {"large", "large", 0, text.size(), folder.identity("large")}; }
};

result<std::string> read_all(source_reader& reader) {
    std::string whole;
    std::string buffer(100'000, '\0');
    for (;;) {
        auto made = reader.next(buffer);
        if (made.has_error()) return made.error();
        whole.append(buffer, 0, made->bytes);
        if (made->last) return {boost::system::in_place_value, whole};
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(parallel_reader_, parallel_reading)

BOOST_AUTO_TEST_CASE(reads_a_large_file_on_several_threads_into_one_member) {
    auto reader = open(all_of_it());
    auto packed = read_all(*reader);
    BOOST_REQUIRE(packed.has_value());
    BOOST_TEST((kustodrop::test::gunzip_one_member(*packed) == text));
    BOOST_TEST(reader->raw_bytes() == text.size());
    BOOST_TEST(reader->stored_bytes() == packed->size());
    BOOST_TEST((reader->form() == stored_as::gzip));
}

BOOST_AUTO_TEST_CASE(reads_just_its_slice_of_a_file_that_grows) {
    auto what = all_of_it();
    what.offset = 17;
    what.length_bytes -= 17;
    folder.append("large", "more\n");
    auto reader = open(what);
    auto packed = read_all(*reader);
    BOOST_REQUIRE(packed.has_value());
    BOOST_TEST((kustodrop::test::gunzip_one_member(*packed) == text.substr(17)));
    BOOST_TEST(reader->grown().has_value());
}

BOOST_AUTO_TEST_CASE(notices_that_the_file_has_changed) {
    auto reader = open(all_of_it());
    std::string buffer(1000, '\0');
    BOOST_REQUIRE(reader->next(buffer).has_value());
    folder.write("large", "short");
    auto rest = read_all(*reader);
    BOOST_REQUIRE(rest.has_error());
    BOOST_TEST(rest.error().code == errc::file_changed);
    BOOST_TEST(reader->at() == 0u);
}

BOOST_AUTO_TEST_CASE(may_be_given_up_while_others_work_for_it) {
    for (int round = 0; round < 20; ++round) {
        auto reader = open(all_of_it());
        std::string buffer(1000, '\0');
        BOOST_TEST(reader->next(buffer).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kustodrop::spool::test
