#include "spool/reading/records/sampled_check.hpp"

#include "spool/folder/descriptor.hpp"
#include "spool/reading/records/tail_check.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <string>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct fixture {
    test::temp_folder folder;

    descriptor file(const std::string& text) const {
        folder.write("a", text);
        return descriptor(::open(folder.path("a").c_str(), O_RDONLY | O_CLOEXEC));
    }
};

std::string rows(std::size_t bytes) {
    std::string out;
    for (int i = 0; out.size() < bytes; ++i) out += std::to_string(i) + "\n";
    out.resize(bytes);
    return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sampled_check_, fixture)

BOOST_AUTO_TEST_CASE(is_the_same_of_a_file_and_of_its_bytes) {
    auto text = rows(100'000);
    auto opened = file(text);
    for (std::size_t end : {0u, 1u, 1024u, 16'384u, 16'385u, 17'000u, 100'000u}) {
        auto check = sampled_check(opened.get(), end);
        BOOST_TEST(check != 0u);
        BOOST_TEST(check == sampled_check(text.substr(0, end)), end);
    }
    BOOST_TEST(sampled_check(opened.get(), text.size() + 1) == 0u);
    BOOST_TEST(sampled_check(-1, 1) == 0u);
}

BOOST_AUTO_TEST_CASE(any_byte_of_a_small_file_counts) {
    auto text = rows(checked_whole_bytes);
    auto check = sampled_check(text);
    for (std::size_t at : {std::size_t(0), std::size_t(5000), text.size() - 1}) {
        auto other = text;
        other[at] = 'x';
        BOOST_TEST(sampled_check(other) != check, at);
    }
}

BOOST_AUTO_TEST_CASE(of_a_large_one_its_ends_and_places_in_between_count) {
    auto text = rows(4'097'024);
    auto check = sampled_check(text);
    for (std::size_t at : {0u, 1023u, 1'024'000u, 2'048'500u, 3'072'000u, 4'096'000u}) {
        auto other = text;
        other[at] = 'x';
        BOOST_TEST(sampled_check(other) != check, at);
    }
    BOOST_TEST(sampled_check(text.substr(0, text.size() - 1)) != check);
}

BOOST_AUTO_TEST_CASE(what_was_appended_changes_nothing) {
    auto text = rows(50'000);
    auto check = sampled_check(text);
    auto opened = file(text + rows(70'000));
    BOOST_TEST(may_be_as_checked(opened.get(), text.size(), check));
    BOOST_TEST(may_be_as_checked(opened.get(), text.size(), 0));
    BOOST_TEST(!may_be_as_checked(opened.get(), text.size(), check + 1));
}

BOOST_AUTO_TEST_CASE(a_new_version_with_the_same_end_is_another_file) {
    auto text = rows(50'000);
    auto check = sampled_check(text);
    auto other = text;
    other.replace(0, 10, "0123456789");
    auto opened = file(other + "more\n");
    BOOST_TEST(!may_be_as_checked(opened.get(), text.size(), check));
}

BOOST_AUTO_TEST_CASE(the_check_of_an_earlier_release_counts) {
    auto text = rows(50'000);
    auto opened = file(text + "more\n");
    BOOST_TEST(may_be_as_checked(opened.get(), text.size(), tail_check(text)));
}

BOOST_AUTO_TEST_SUITE_END()
