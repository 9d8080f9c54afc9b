#include "spool/reading/zip_directory.hpp"

#include "core/spool/reading/zipped.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace kustodrop;
using namespace kustodrop::spool;

static std::optional<zip_directory> directory_of(const std::string& archive) {
    auto read = [&](std::uint64_t offset, std::span<char> into) {
        if (offset + into.size() > archive.size()) return false;
        std::memcpy(into.data(), archive.data() + offset, into.size());
        return true;
    };
    return read_zip_directory(archive.size(), read);
}

BOOST_AUTO_TEST_SUITE(zip_directory_)

BOOST_AUTO_TEST_CASE(counts_the_bytes_of_all_entries) {
    auto found = directory_of(test::zipped({{"a.csv", "1,2\n"}, {"b.csv", "3\n"}}));
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->entries == 2u);
    BOOST_TEST(found->raw_bytes.value() == 6u);
}

BOOST_AUTO_TEST_CASE(a_comment_may_follow) {
    auto found = directory_of(test::zipped({{"a.csv", "1,2\n"}}, std::string(60'000, 'c')));
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->raw_bytes.value() == 4u);
}

BOOST_AUTO_TEST_CASE(an_archive_may_be_empty) {
    auto found = directory_of(test::zipped({}));
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->entries == 0u);
    BOOST_TEST(found->raw_bytes.value() == 0u);
}

BOOST_AUTO_TEST_CASE(every_truncation_has_none) {
    auto whole = test::zipped({{"a.csv", "1,2\n"}, {"b.csv", "3\n"}});
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        BOOST_TEST(!directory_of(whole.substr(0, bytes)).has_value());
    }
}

BOOST_AUTO_TEST_CASE(what_stands_in_the_fields_of_zip64_is_not_known) {
    auto whole = test::zipped({{"a.csv", "1,2\n"}});
    auto end = whole.size() - 22;
    auto large = whole;
    large.replace(end + 16, 4, "\xFF\xFF\xFF\xFF");
    BOOST_TEST(!directory_of(large)->raw_bytes.has_value());
    large = whole;
    large.replace(end + 10, 2, "\xFF\xFF");
    BOOST_TEST(!directory_of(large)->raw_bytes.has_value());
    large = whole;
    large.replace(whole.find("PK\x01\x02") + 24, 4, "\xFF\xFF\xFF\xFF");
    BOOST_TEST(!directory_of(large)->raw_bytes.has_value());
}

BOOST_AUTO_TEST_CASE(a_directory_that_leads_nowhere_says_nothing) {
    auto whole = test::zipped({{"a.csv", "1,2\n"}});
    auto end = whole.size() - 22;
    auto damaged = whole;
    damaged.replace(end + 16, 4, std::string("\x01\0\0\0", 4));
    BOOST_TEST(!directory_of(damaged)->raw_bytes.has_value());
    damaged.replace(end + 16, 4, std::string("\0\0\0\x7F", 4));
    BOOST_TEST(!directory_of(damaged)->raw_bytes.has_value());
}

BOOST_AUTO_TEST_CASE(an_archive_that_cannot_be_read_has_none) {
    auto never = [](std::uint64_t, std::span<char>) { return false; };
    BOOST_TEST(!read_zip_directory(1000, never).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct archive {
    test::temp_folder folder;
    reader_options options;

    result<std::uint64_t> raw_bytes(const std::string& content) {
        folder.write("a.zip", content);
        slice_files files({folder.slice("a.zip")}, {.root_fd = folder.root()});
        BOOST_REQUIRE(files.open().has_value());
        return raw_bytes_of_archive(files, options);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(raw_bytes_of_archive_, archive)

BOOST_AUTO_TEST_CASE(are_those_of_its_entries) {
    BOOST_TEST(raw_bytes(test::zipped({{"a.csv", "1,2\n"}})).value() == 4u);
}

BOOST_AUTO_TEST_CASE(an_archive_that_ends_early_may_be_being_written) {
    auto cut = test::zipped({{"a.csv", "1,2\n"}});
    cut.pop_back();
    BOOST_TEST((raw_bytes(cut).error().next == remedy::retry));
}

BOOST_AUTO_TEST_CASE(an_archive_that_changes_meanwhile_is_read_again) {
    auto whole = test::zipped({{"a.csv", "1,2\n"}});
    folder.write("a.zip", whole);
    slice_files files({folder.slice("a.zip")}, {.root_fd = folder.root()});
    BOOST_REQUIRE(files.open().has_value());
    folder.write("a.zip", whole.substr(0, 50));
    BOOST_TEST((raw_bytes_of_archive(files, options).error().next == remedy::retry));
}

BOOST_AUTO_TEST_CASE(without_entries_or_with_empty_ones_it_holds_no_data_where_that_counts) {
    for (auto& empty : {test::zipped({}), test::zipped({{"a.csv", ""}})}) {
        options.data = data_rules{data_syntax::separated};
        BOOST_TEST(raw_bytes(empty).has_error());
        options.data.reset();
        BOOST_TEST(raw_bytes(empty).value() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_directory_beyond_the_end_counts_as_the_archive) {
    auto odd = test::zipped({{"a.csv", "1,2\n"}});
    auto last_bytes = std::string("\0\0\0", 3).insert(0, 1, static_cast<char>(odd.size() - 30));
    for (auto at : {std::string("\0\0\0\x7F", 4), last_bytes}) {
        odd.replace(odd.size() - 22 + 16, 4, at);
        BOOST_TEST(raw_bytes(odd).value() == odd.size());
    }
}

BOOST_AUTO_TEST_CASE(more_than_the_service_takes_is_an_error) {
    options.max_raw_bytes = 3;
    BOOST_TEST(raw_bytes(test::zipped({{"a.csv", "1,2\n"}})).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
