#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/source/place.hpp"

#include <sys/syscall.h>

#include <cerrno>
#include <filesystem>
#include <stdio.h>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::spool;

// What the C library would call, counted, and refused as by a file system without it.
static bool lacks_noreplace = false;
static int links = 0;

extern "C" int renameat2(
    int from_folder, const char* from, int to_folder, const char* to, unsigned flags
) noexcept {
    if (lacks_noreplace && flags != 0) {
        errno = EINVAL;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

extern "C" int linkat(
    int from_folder, const char* from, int to_folder, const char* to, int flags
) noexcept {
    ++links;
    return static_cast<int>(::syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}

namespace {

struct without_noreplace : test::dropping {
    without_noreplace() {
        lacks_noreplace = true;
        links = 0;
    }
    ~without_noreplace() { lacks_noreplace = false; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(claim_by_rename_, without_noreplace)

// FUSE keeps a file that is open, as it is while it is cut, under a hidden name when it is
// unlinked.
BOOST_AUTO_TEST_CASE(a_claimed_file_never_has_two_names) {
    files.write("a.json", "1");
    auto held = claim("a.json");
    BOOST_TEST(files.read(held.location) == "1");
    BOOST_TEST(!files.has("a.json"));
    BOOST_TEST(links == 0);
}

BOOST_AUTO_TEST_CASE(a_claim_that_was_interrupted_between_two_names_is_finished) {
    files.write("a.json", "1");
    auto seen = look("a.json");
    auto place = work_location(test::first_id, "a.json");
    std::filesystem::create_hard_link(files.path("a.json"), files.path(place));
    auto held = spool::claim(drop, seen, test::first_id);
    BOOST_REQUIRE(held.has_value());
    BOOST_TEST(held->location == place);
    BOOST_TEST(!files.has("a.json"));
}

BOOST_AUTO_TEST_SUITE_END()
