#include "pipeline/watch/renamed_files.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/descriptor.hpp"
#include "spool/reading/records/sampled_check.hpp"

#include <fcntl.h>
#include <filesystem>
#include <string>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

struct fixture : test::dropping {
    spool::slice in_place(const std::string& name, std::string_view text) const {
        files.write(name, text);
        auto out = claim_in_place(drop, look(name)).value();
        spool::descriptor file(::open(files.path(name).c_str(), O_RDONLY | O_CLOEXEC));
        out.end_check = spool::sampled_check(file.get(), out.end());
        return out;
    }
    void rename(const std::string& from, const std::string& to) const {
        std::filesystem::rename(files.path(from), files.path(to));
    }
    // Empty: not found.
    std::string found(const spool::slice& of, bool recursive = false) const {
        auto now = find_renamed(drop, recursive, {of}).front();
        return now ? now->name : "";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(renamed_files_, fixture)

BOOST_AUTO_TEST_CASE(a_file_that_has_its_name_is_not_looked_for) {
    auto file = in_place("a", "1");
    BOOST_TEST(found(file).empty());
}

BOOST_AUTO_TEST_CASE(a_renamed_file_is_found_whatever_has_its_name_by_now) {
    auto file = in_place("a", "1");
    rename("a", "b");
    BOOST_TEST(found(file) == "b");
    files.write("a", "1");
    BOOST_TEST(found(file) == "b");
}

BOOST_AUTO_TEST_CASE(a_deleted_one_is_not_found) {
    auto file = in_place("a", "1");
    files.write("b", "1");
    std::filesystem::remove(files.path("a"));
    BOOST_TEST(found(file).empty());
}

BOOST_AUTO_TEST_CASE(one_with_other_bytes_is_another_file) {
    auto file = in_place("a", "1");
    rename("a", "b");
    files.append("b", "2");
    BOOST_TEST(found(file).empty());
}

BOOST_AUTO_TEST_CASE(in_folders_below_only_where_the_watch_has_them) {
    auto file = in_place("a", "1");
    files.make_folder("below");
    rename("a", "below/a");
    BOOST_TEST(found(file).empty());
    BOOST_TEST(found(file, true) == "below/a");
}

BOOST_AUTO_TEST_CASE(without_a_birth_time_the_bytes_decide) {
    auto file = in_place("a", "1");
    file.identity.born_ns = 0;
    rename("a", "b");
    BOOST_TEST(found(file) == "b");
    auto other = file;
    ++other.end_check;
    BOOST_TEST(found(other).empty());
    other.end_check = 0;
    BOOST_TEST(found(other).empty());
}

BOOST_AUTO_TEST_CASE(where_inode_numbers_do_not_last_nothing_is_found) {
    auto file = in_place("a", "1");
    file.identity.inode = 0;
    rename("a", "b");
    BOOST_TEST(found(file).empty());
}

BOOST_AUTO_TEST_CASE(each_of_several_is_found_in_one_look) {
    auto first = in_place("a", "1");
    auto second = in_place("b", "2");
    rename("b", "c");
    rename("a", "b");
    auto now = find_renamed(drop, false, {first, spool::slice(), second});
    BOOST_TEST_REQUIRE(now.size() == 3u);
    BOOST_TEST(now[0].value().name == "b");
    BOOST_TEST(!now[1].has_value());
    BOOST_TEST(now[2].value().name == "c");
}

BOOST_AUTO_TEST_CASE(a_birth_time_decides) {
    auto file = in_place("a", "1");
    auto seen = look("a");
    BOOST_TEST(is_same_in_place(file, seen).value_or(false));
    ++seen.identity.born_ns;
    BOOST_TEST(!is_same_in_place(file, seen).value_or(true));
    seen.identity.born_ns = 0;
    BOOST_TEST(!is_same_in_place(file, seen).has_value());
    seen.kind = spool::file_kind::folder;
    BOOST_TEST(!is_same_in_place(file, seen).value_or(true));
}

BOOST_AUTO_TEST_SUITE_END()
