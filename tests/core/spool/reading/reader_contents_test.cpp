#include "core/spool/reading/gunzip.hpp"
#include "spool/reading/source_reader.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <string>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct in_memory {
    test::temp_folder folder;
    source what;
    reader_options options;

    in_memory() {
        options.how = compression::none;
        options.end_lines = true;
        options.root_fd = folder.root();
    }

    void add(const std::string& name, std::string_view text, bool held) {
        folder.write(name, text);
        what.slices.push_back(folder.slice(name));
        options.contents.push_back(held ? std::make_shared<const std::string>(text) : nullptr);
    }

    result<std::string> read(std::size_t block_bytes = 4096) {
        auto reader = source_reader::open(what, options);
        std::string whole;
        std::string buffer(block_bytes, '\0');
        for (;;) {
            auto made = reader->next(buffer);
            if (!made) return made.error();
            whole.append(buffer, 0, made->bytes);
            if (made->last) break;
        }
        BOOST_TEST(reader->stored_bytes() == whole.size());
        return {boost::system::in_place_value, whole};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reader_contents_, in_memory)

BOOST_AUTO_TEST_CASE(what_is_in_memory_is_not_opened) {
    add("a", "1\n", true);
    add("b", "2\n", true);
    std::filesystem::remove(folder.path("a"));
    std::filesystem::remove(folder.path("b"));
    BOOST_TEST(read().value() == "1\n2\n");
}

BOOST_AUTO_TEST_CASE(files_and_memory_are_strung_together_in_their_order) {
    for (std::size_t block : {1u, 3u, 4096u}) {
        for (unsigned held = 0; held < 16; ++held) {
            what.slices.clear();
            options.contents.clear();
            add("a", "one", (held & 1u) != 0);
            add("b", "two\n", (held & 2u) != 0);
            add("c", "", false);
            add("d", "three", (held & 4u) != 0);
            add("e", "four", (held & 8u) != 0);
            BOOST_TEST(read(block).value() == "one\ntwo\nthree\nfour");
        }
    }
}

BOOST_AUTO_TEST_CASE(only_the_slice_of_what_is_in_memory_is_sent) {
    add("a", "h\n1\n", true);
    add("b", "h\n2\n3\n", true);
    what.slices[1].offset = 2;
    what.slices[1].length_bytes = 2;
    BOOST_TEST(read().value() == "h\n1\n2\n");
}

BOOST_AUTO_TEST_CASE(one_of_which_nothing_is_sent_is_stepped_over) {
    for (std::size_t empty = 0; empty < 3; ++empty) {
        what.slices.clear();
        options.contents.clear();
        for (std::size_t at = 0; at < 3; ++at) {
            add("f" + std::to_string(at), "h\n", true);
            if (at != empty) continue;
            what.slices[at].offset = 2;
            what.slices[at].length_bytes = 0;
        }
        BOOST_TEST(read().value() == "h\nh\n");
    }
}

BOOST_AUTO_TEST_CASE(is_let_go_of_with_the_last_block) {
    add("a", "1\n", true);
    add("b", "2\n", true);
    std::weak_ptr<const std::string> held = options.contents[0];
    auto reader = source_reader::open(what, std::move(options));
    std::string buffer(100, '\0');
    BOOST_TEST(!held.expired());
    BOOST_TEST(reader->next(buffer)->last);
    BOOST_TEST(held.expired());
}

BOOST_AUTO_TEST_CASE(is_compressed_like_any_other) {
    options.how = compression::fast;
    auto text = test::lines(50'000) + "\n";
    add("a", text, true);
    add("b", text, false);
    add("c", text, true);
    BOOST_TEST((test::gunzip(read().value()) == text + text + text));
}

BOOST_AUTO_TEST_CASE(a_list_that_is_too_short_leaves_the_rest_to_the_files) {
    add("a", "1\n", true);
    add("b", "2\n", true);
    options.contents.resize(1);
    BOOST_TEST(read().value() == "1\n2\n");
}

BOOST_AUTO_TEST_CASE(says_which_of_several_files_is_missing) {
    for (auto name : {"a", "b", "c"}) add(name, "one\n", false);
    std::filesystem::remove(folder.path("b"));
    auto reader = source_reader::open(what, options);
    std::string buffer(4096, '\0');
    BOOST_TEST(reader->next(buffer).error().code == errc::file_vanished);
    BOOST_TEST(reader->at() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
