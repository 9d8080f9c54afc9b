#include "spool/reading/source_reader.hpp"

#include "core/spool/reading/gunzip.hpp"
#include "spool/reading/records/tail_check.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/un.h>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct reading {
    test::temp_folder folder;
    reader_options options = plain();

    static reader_options plain() {
        reader_options options;
        options.how = compression::none;
        return options;
    }

    source of(std::vector<slice> slices) {
        source what;
        what.slices = std::move(slices);
        return what;
    }

    std::unique_ptr<source_reader> open(std::vector<slice> slices) {
        options.root_fd = folder.root();
        return source_reader::open(of(std::move(slices)), options);
    }

    // Everything in blocks of `block_bytes`; checks that only the last is short.
    result<std::string> all(source_reader& reader, std::size_t block_bytes = 4096) {
        std::string whole;
        std::string buffer(block_bytes, '\0');
        for (;;) {
            auto made = reader.next(buffer);
            if (!made) return made.error();
            whole.append(buffer, 0, made->bytes);
            if (made->last) break;
            BOOST_TEST(made->bytes == block_bytes);
        }
        BOOST_TEST(reader.stored_bytes() == whole.size());
        return {boost::system::in_place_value, whole};
    }

    result<std::string> all(std::vector<slice> slices, std::size_t block_bytes = 4096) {
        auto reader = open(std::move(slices));
        return all(*reader, block_bytes);
    }

    failure refused(std::vector<slice> slices) {
        auto said = all(std::move(slices));
        BOOST_REQUIRE(said.has_error());
        return said.error();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(source_reader_, reading)

BOOST_AUTO_TEST_CASE(passes_a_file_on_in_full_blocks) {
    for (std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 1'000'000u}) {
        auto text = test::random_text(size, 3);
        folder.write("a", text);
        auto reader = open({folder.slice("a")});
        BOOST_TEST((all(*reader).value() == text));
        BOOST_TEST(reader->raw_bytes() == size);
        BOOST_TEST((reader->form() == stored_as::raw));
    }
}

BOOST_AUTO_TEST_CASE(compresses_on_the_way_and_counts_both_sides) {
    auto text = test::lines(3'000'000);
    folder.write("a", text);
    options.how = compression::fast;
    auto reader = open({folder.slice("a")});
    auto stored = all(*reader, 64 * 1024).value();
    BOOST_TEST((test::gunzip(stored) == text));
    BOOST_TEST(reader->raw_bytes() == text.size());
    BOOST_TEST((reader->form() == stored_as::gzip));
}

BOOST_AUTO_TEST_CASE(what_compresses_into_one_block_is_one_block) {
    folder.write("a", test::lines(3'000'000));
    options.how = compression::dense;
    auto reader = open({folder.slice("a")});
    std::string buffer(4 << 20, '\0');
    auto made = reader->next(buffer).value();
    BOOST_TEST(made.last);
}

BOOST_AUTO_TEST_CASE(leaves_binary_formats_as_they_are) {
    folder.write("a", test::lines(10'000));
    options.how = compression::fast;
    options.compressible = false;
    BOOST_TEST((all({folder.slice("a")}).value() == test::lines(10'000)));
}

BOOST_AUTO_TEST_CASE(passes_gzip_on_and_counts_what_is_inside) {
    folder.write("raw", test::lines(700'000));
    options.how = compression::fast;
    auto packed = all({folder.slice("raw")}).value();
    folder.write("a.gz", packed);
    auto reader = open({folder.slice("a.gz")});
    BOOST_TEST((all(*reader).value() == packed));
    BOOST_TEST(reader->raw_bytes() == 700'000u);
    BOOST_TEST((reader->form() == stored_as::gzip));
}

BOOST_AUTO_TEST_CASE(broken_gzip_is_given_up_and_named) {
    folder.write("a.gz", "\x1F\x8Bthis is not gzip");
    auto f = refused({folder.slice("a.gz")});
    BOOST_TEST(f.code == errc::broken_gzip);
    BOOST_TEST((f.next == remedy::give_up));
    BOOST_TEST(f.detail.find("a.gz") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(truncated_gzip_is_found_at_its_end) {
    folder.write("raw", test::random_text(5000, 1));
    options.how = compression::fast;
    auto packed = all({folder.slice("raw")}).value();
    folder.write("a.gz", packed.substr(0, packed.size() - 4));
    auto f = refused({folder.slice("a.gz")});
    BOOST_TEST(f.code == errc::broken_gzip);
    BOOST_TEST((f.next == remedy::retry));
}

BOOST_AUTO_TEST_CASE(strings_slices_together) {
    folder.write("a", "first\n");
    folder.write("b", "0123456789");
    auto middle = folder.slice("b");
    middle.offset = 2;
    middle.length_bytes = 5;
    folder.write("empty", "");
    std::vector slices{folder.slice("empty"), folder.slice("a"), middle, folder.slice("empty")};
    BOOST_TEST(all(slices).value() == "first\n23456");
}

BOOST_AUTO_TEST_CASE(ends_lines_between_files_that_do_not) {
    folder.write("a", "1");
    folder.write("b", "2\n");
    folder.write("c", "3");
    folder.write("empty", "");
    options.end_lines = true;
    auto reader = open(
        {folder.slice("a"),
         folder.slice("b"),
         folder.slice("c"),
         folder.slice("c"),
         folder.slice("empty")}
    );
    BOOST_TEST(all(*reader).value() == "1\n2\n3\n3");
    BOOST_TEST(reader->raw_bytes() == 7u);
}

BOOST_AUTO_TEST_CASE(ends_lines_between_gzip_files_too) {
    options.how = compression::dense;
    folder.write("a", "1");
    folder.write("b", "2\n");
    folder.write("a.gz", all({folder.slice("a")}).value());
    folder.write("b.gz", all({folder.slice("b")}).value());
    options.end_lines = true;
    auto reader = open({folder.slice("a.gz"), folder.slice("b.gz"), folder.slice("a.gz")});
    BOOST_TEST(test::gunzip(all(*reader).value()) == "1\n2\n1");
    BOOST_TEST(reader->raw_bytes() == 5u);
}

BOOST_AUTO_TEST_CASE(reads_a_slice_of_a_growing_file_if_it_may_grow) {
    folder.write("log", "one\ntwo\n");
    auto first = folder.slice("log");
    folder.append("log", "three\n");
    options.may_grow = true;
    auto reader = open({first});
    BOOST_TEST(all(*reader).value() == "one\ntwo\n");
    BOOST_REQUIRE(reader->grown().has_value());
    BOOST_TEST(reader->grown()->now.size_bytes == 14u);
}

BOOST_AUTO_TEST_CASE(each_of_several_files_that_have_grown_is_looked_at) {
    folder.write("a", "one\n");
    folder.write("b", "two\n");
    auto first = folder.slice("a");
    auto second = folder.slice("b");
    first.end_check = tail_check("one\n");
    second.end_check = tail_check("two\n");
    folder.append("a", "three\n");
    folder.append("b", "four\n");
    options.may_grow = true;
    BOOST_TEST(all({first, second}).value() == "one\ntwo\n");
    // The second is another version by now.
    folder.write("b", "six\nseven\n");
    auto reader = open({first, second});
    BOOST_TEST(all(*reader).error().code == errc::file_changed);
    BOOST_TEST(reader->at() == 1u);
}

BOOST_AUTO_TEST_CASE(otherwise_a_grown_file_is_changed) {
    folder.write("a", "one\n");
    auto before = folder.slice("a");
    folder.append("a", "two\n");
    auto reader = open({before});
    auto said = all(*reader);
    BOOST_TEST(said.error().code == errc::file_changed);
    BOOST_TEST((said.error().next == remedy::retry));
    BOOST_TEST(reader->at() == 0u);
}

BOOST_AUTO_TEST_CASE(notices_growth_between_blocks) {
    folder.write("a", test::random_text(3'000'000, 5));
    auto reader = open({folder.slice("a")});
    std::string buffer(1 << 20, '\0');
    BOOST_REQUIRE(reader->next(buffer).has_value());
    folder.append("a", "x");
    BOOST_TEST(reader->next(buffer).error().code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(notices_truncation_between_blocks) {
    folder.write("a", test::random_text(3'000'000, 5));
    auto reader = open({folder.slice("a")});
    std::string buffer(1 << 20, '\0');
    BOOST_REQUIRE(reader->next(buffer).has_value());
    BOOST_REQUIRE(::truncate(folder.path("a").c_str(), 1'500'000) == 0);
    BOOST_TEST(reader->next(buffer).error().code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(a_truncated_file_is_changed_even_if_it_may_grow) {
    folder.write("a", "one\ntwo\n");
    auto before = folder.slice("a");
    BOOST_REQUIRE(::truncate(folder.path("a").c_str(), 2) == 0);
    options.may_grow = true;
    BOOST_TEST(refused({before}).code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(an_overwritten_file_is_changed) {
    folder.write("a", "one\n");
    auto before = folder.slice("a");
    before.identity.modified_ns -= 1;
    BOOST_TEST(refused({before}).code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(a_replaced_file_is_changed) {
    folder.write("a", "one\n");
    folder.write("b", "two\n");
    auto before = folder.slice("a");
    std::filesystem::rename(folder.path("b"), folder.path("a"));
    BOOST_TEST(refused({before}).code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(finishes_the_old_file_when_the_name_is_replaced_while_reading) {
    auto text = test::random_text(2'000'000, 9);
    folder.write("a", text);
    folder.write("b", "new");
    auto reader = open({folder.slice("a")});
    std::string buffer(1 << 20, '\0');
    auto first = reader->next(buffer).value();
    auto start = buffer.substr(0, first.bytes);
    std::filesystem::rename(folder.path("b"), folder.path("a"));
    auto rest = reader->next(buffer);
    BOOST_REQUIRE(rest.has_value());
    BOOST_TEST((start + buffer.substr(0, rest->bytes) == text));
}

BOOST_AUTO_TEST_CASE(a_compression_that_the_service_does_not_read_is_rejected) {
    options.how = compression::fast;
    folder.write("a.csv", "\x28\xB5\x2F\xFD and so on");
    auto f = refused({folder.slice("a.csv")});
    BOOST_TEST(f.code == errc::unsupported_compression);
    BOOST_TEST((f.next == remedy::give_up));
    BOOST_TEST(f.message() == "a.csv is a zstd file; deliver it uncompressed, as gzip or as zip");
    options.compressible = false;
    BOOST_TEST(refused({folder.slice("a.csv")}).code == errc::unsupported_compression);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_absent_has_vanished) {
    folder.write("a", "one\n");
    auto before = folder.slice("a");
    std::filesystem::remove(folder.path("a"));
    auto f = refused({before});
    BOOST_TEST(f.code == errc::file_vanished);
    BOOST_TEST((f.next == remedy::retry));
}

BOOST_AUTO_TEST_CASE(never_follows_a_link_or_leaves_the_folder) {
    folder.write("secret", "key");
    folder.make_folder("drop/real");
    folder.write("drop/real/x", "1");
    descriptor drop(::open(folder.path("drop").c_str(), O_RDONLY | O_DIRECTORY));
    std::filesystem::create_symlink("../secret", folder.path("drop/link"));
    std::filesystem::create_symlink("real", folder.path("drop/folder"));
    options.root_fd = drop.get();
    for (std::string name : {"link", "../secret", "folder/x", "/etc/hostname", "real/../real/x"}) {
        slice what{name, name, 0, 3, folder.identity("secret")};
        auto reader = source_reader::open(of({what}), options);
        auto said = all(*reader);
        BOOST_REQUIRE(said.has_error());
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(
                (said.error().code == errc::not_a_file || said.error().code == errc::file_vanished)
            );
        }
    }
}

BOOST_AUTO_TEST_CASE(does_not_hang_on_a_fifo) {
    BOOST_REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0644) == 0);
    BOOST_TEST(refused({{"pipe", "pipe", 0, 3, {}}}).code == errc::not_a_file);
}

BOOST_AUTO_TEST_CASE(a_folder_is_not_a_file) {
    folder.make_folder("sub");
    BOOST_TEST(refused({{"sub", "sub", 0, 3, {}}}).code == errc::not_a_file);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_known_before_it_is_read) {
    folder.write("a", "");
    BOOST_REQUIRE(::truncate(folder.path("a").c_str(), 6'000'000'001) == 0);
    options.max_raw_bytes = 6'000'000'000;
    auto reader = open({folder.slice("a")});
    std::string buffer(100, '\0');
    auto said = reader->next(buffer);
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::too_large);
    BOOST_TEST((said.error().next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(gzip_that_inflates_beyond_the_limit_is_too_large) {
    folder.write("raw", std::string(100'000, 'x'));
    options.how = compression::fast;
    folder.write("a.gz", all({folder.slice("raw")}).value());
    options.max_raw_bytes = 99'999;
    BOOST_TEST(refused({folder.slice("a.gz")}).code == errc::too_large);
}

BOOST_AUTO_TEST_CASE(opens_any_name) {
    auto longest = std::string(255, 'n');
    for (auto& name : std::vector<std::string>{"a b", "a\nb", "100%", "\xff\xfe", longest}) {
        folder.write(name, "bytes");
        BOOST_TEST(all({folder.slice(name)}).value() == "bytes");
    }
}

BOOST_AUTO_TEST_SUITE_END()
