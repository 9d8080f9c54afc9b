// A file system on which files can be renamed and nothing can be made.
#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/claiming.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/source/place.hpp"
#include "support/in_work.hpp"
#include "support/skipping.hpp"

#include <sys/mount.h>

using namespace kustodrop;
using namespace kustodrop::spool;

using test::first_id;
using test::second_id;

BOOST_AUTO_TEST_SUITE(scarce_inodes)

namespace {

struct small_disk {
    test::temp_folder files;
    bool is_mounted = ::mount("none", files.path().c_str(), "tmpfs", 0, "nr_inodes=40") == 0;

    small_disk() = default;
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;
    ~small_disk() {
        if (is_mounted) ::umount2(files.path().c_str(), MNT_DETACH);
    }

    // Until no inode is left.
    void fill() const {
        for (int i = 0; i < 100; ++i) {
            auto name = files.path("filler-" + std::to_string(i));
            auto* made = std::fopen(name.c_str(), "w");
            if (!made) return;
            std::fclose(made);
        }
    }
};

sighting seen(const drop_folder& drop, const std::string& name) {
    auto found = drop.look(name).value();
    BOOST_TEST_REQUIRE(found.has_value());
    return *found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_of_a_subfolder_is_claimed_flat) {
    small_disk disk;
    if (!disk.is_mounted) return test::skip("mounting is not allowed here");
    auto drop = drop_folder::open(disk.files.path()).value();
    BOOST_TEST_REQUIRE(drop.prepare().has_value());
    disk.files.make_folder("a b/100%");
    disk.files.write("a b/100%/x~y.csv", "1");
    auto longest = "a b/" + std::string(240, 'n');
    disk.files.write(longest, "1");
    disk.fill();
    auto held = claim(drop, seen(drop, "a b/100%/x~y.csv"), first_id).value();
    BOOST_TEST(held.location == test::in_work(first_id + "=a b%2F100%25%2Fx~y.csv"));
    BOOST_TEST(disk.files.has(held.location));
    // After a crash, without a journal.
    auto work = list_work(drop).value().files;
    BOOST_TEST_REQUIRE(work.size() == 1u);
    BOOST_TEST(work[0].source_id == first_id);
    BOOST_TEST(work[0].name == "a b/100%/x~y.csv");
    // What would be too long waits, and leaves nothing behind.
    auto refused = claim(drop, seen(drop, longest), second_id);
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().code == errc::disk_full);
    BOOST_TEST(disk.files.has(longest));
    // With on_success: delete it is shipped, and makes room; the other needs two folders.
    BOOST_TEST(remove(drop, held, first_id).has_value());
    BOOST_TEST(list_work(drop).value().files.empty());
    for (auto* filler : {"filler-0", "filler-1"}) std::filesystem::remove(disk.files.path(filler));
    BOOST_TEST(claim(drop, seen(drop, longest), second_id).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
