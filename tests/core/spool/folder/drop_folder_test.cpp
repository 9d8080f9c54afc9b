#include "spool/folder/drop_folder.hpp"

#include "core/spool/folder/drop_folder_fixture.hpp"
#include "support/skipping.hpp"

#include <sys/mount.h>

#include <fcntl.h>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_FIXTURE_TEST_SUITE(drop_folder_, test::dropping)

BOOST_AUTO_TEST_CASE(an_absent_folder_is_worth_another_try) {
    auto said = drop_folder::open(files.path("none"));
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::folder_absent);
    BOOST_TEST((said.error().next == remedy::retry));
}

BOOST_AUTO_TEST_CASE(a_file_is_not_a_folder) {
    files.write("x", "");
    BOOST_TEST(drop_folder::open(files.path("x")).error().code == errc::folder_absent);
}

BOOST_AUTO_TEST_CASE(makes_its_own_folders_and_keeps_them_private) {
    for (auto name :
         {".kustodrop", ".kustodrop/work", ".kustodrop/archive", ".kustodrop/quarantine"}) {
        struct ::stat facts = {};
        BOOST_REQUIRE(::stat(files.path(name).c_str(), &facts) == 0);
        BOOST_TEST(S_ISDIR(facts.st_mode));
        BOOST_TEST((facts.st_mode & 0007) == 0u);
    }
}

BOOST_AUTO_TEST_CASE(preparing_again_changes_nothing) {
    auto held = dropped_and_claimed("a", "1");
    BOOST_TEST(drop.prepare().has_value());
    BOOST_TEST(files.read(held.location) == "1");
}

BOOST_AUTO_TEST_CASE(refuses_links_where_its_folders_should_be) {
    test::temp_folder other;
    other.make_folder("elsewhere");
    std::filesystem::create_symlink("elsewhere", other.path(".kustodrop"));
    auto opened = drop_folder::open(other.path());
    auto said = opened->prepare();
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::folder_hostile);
}

BOOST_AUTO_TEST_CASE(refuses_folders_that_everyone_may_write) {
    ::chmod(files.path(".kustodrop/work").c_str(), 0777);
    BOOST_TEST(drop.prepare().error().code == errc::folder_hostile);
}

BOOST_AUTO_TEST_CASE(warns_of_a_folder_where_everyone_may_replace_files) {
    BOOST_TEST(drop.prepare()->empty());
    ::chmod(files.path().c_str(), 0777);
    BOOST_TEST(drop.prepare()->size() == 1u);
}

BOOST_AUTO_TEST_CASE(advises_to_rename_where_that_works) { BOOST_TEST(drop.advice()->rename); }

BOOST_AUTO_TEST_CASE(says_so_if_its_folder_is_on_another_file_system) {
    if (::geteuid() != 0) return test::skip("mounting wants root");
    auto own = files.path(".kustodrop");
    if (::mount("none", own.c_str(), "tmpfs", 0, "size=1m") != 0)
        return test::skip("no mounts here");
    auto advice = drop.advice();
    auto prepared = drop.prepare();
    ::umount(own.c_str());
    BOOST_TEST(!advice->rename);
    BOOST_TEST(prepared.error().code == errc::other_file_system);
}

BOOST_AUTO_TEST_CASE(notices_that_the_path_leads_elsewhere) {
    BOOST_TEST(drop.verify().has_value());
    std::filesystem::rename(files.path(), files.path() + ".moved");
    BOOST_TEST(drop.verify().error().code == errc::folder_absent);
    std::filesystem::create_directory(files.path());
    BOOST_TEST(drop.verify().error().code == errc::folder_absent);
    std::filesystem::remove(files.path());
    std::filesystem::rename(files.path() + ".moved", files.path());
    BOOST_TEST(drop.verify().has_value());
}

BOOST_AUTO_TEST_CASE(keeps_a_second_daemon_out_and_says_who_is_in) {
    BOOST_REQUIRE(drop.lock("/var/lib/first").has_value());
    auto second = opened(files);
    auto said = second.lock("/var/lib/second");
    BOOST_REQUIRE(said.has_error());
    BOOST_TEST(said.error().code == errc::folder_locked);
    BOOST_TEST(said.error().detail.find("/var/lib/first") != std::string::npos);
    BOOST_TEST(said.error().detail.find(std::to_string(::getpid())) != std::string::npos);
}

// Who may read the lock file may lock it too, and keep the daemon out.
BOOST_AUTO_TEST_CASE(nobody_else_may_open_the_lock_and_an_older_one_is_repaired) {
    namespace fs = std::filesystem;
    auto path = files.path(".kustodrop/lock");
    auto mode = [&] { return fs::status(path).permissions(); };
    BOOST_REQUIRE(drop.lock("/a").has_value());
    BOOST_TEST((mode() == (fs::perms::owner_read | fs::perms::owner_write)));
    auto stranger = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    drop = opened(files);
    fs::permissions(path, fs::perms(0640));
    struct ::flock whole = {};
    whole.l_type = F_RDLCK;
    whole.l_whence = SEEK_SET;
    BOOST_REQUIRE(::fcntl(stranger, F_OFD_SETLK, &whole) == 0);
    auto held = drop.lock("/b");
    BOOST_REQUIRE(held.has_error());
    BOOST_TEST(held.error().code == errc::folder_locked);
    BOOST_TEST(held.error().detail.find("not kustodrop") != std::string::npos);
    BOOST_TEST((mode() == (fs::perms::owner_read | fs::perms::owner_write)));
    ::close(stranger);
    BOOST_TEST(drop.lock("/b").has_value());
}

BOOST_AUTO_TEST_CASE(lets_the_next_one_in_when_it_goes) {
    {
        auto first = opened(files);
        BOOST_REQUIRE(first.lock("/a").has_value());
    }
    BOOST_TEST(drop.lock("/b").has_value());
}

BOOST_AUTO_TEST_CASE(locks_a_state_directory_too) {
    auto first = lock_state_directory(files.path());
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(first->held());
    auto second = lock_state_directory(files.path());
    BOOST_REQUIRE(second.has_error());
    BOOST_TEST(second.error().code == errc::state_locked);
}

BOOST_AUTO_TEST_CASE(
    says_of_a_state_directory_that_cannot_be_locked_that_the_journal_cannot_be_opened
) {
    files.write("no folder", "");
    auto no_folder = lock_state_directory(files.path() + "/no folder");
    BOOST_REQUIRE(no_folder.has_error());
    BOOST_TEST(no_folder.error().code == errc::journal_unopenable);
    std::filesystem::create_symlink("elsewhere", files.path() + "/lock");
    auto no_lock = lock_state_directory(files.path());
    BOOST_REQUIRE(no_lock.has_error());
    BOOST_TEST(no_lock.error().code == errc::journal_unlockable);
}

BOOST_AUTO_TEST_CASE(looks_at_what_is_there) {
    files.write("a", "12345");
    auto seen = look("a");
    BOOST_TEST(seen.name == "a");
    BOOST_TEST((seen.identity == files.identity("a")));
    BOOST_TEST((seen.kind == file_kind::regular));
    BOOST_TEST(seen.links == 1u);
    BOOST_TEST(seen.readable);
    BOOST_TEST(!drop.look("b")->has_value());
    BOOST_TEST(!drop.look("a/b")->has_value());
    BOOST_TEST(!drop.look("../a")->has_value());
    BOOST_TEST(!drop.look("")->has_value());
}

BOOST_AUTO_TEST_CASE(distinguishes_the_kinds_without_following_links) {
    ::mkfifo(files.path("pipe").c_str(), 0600);
    std::filesystem::create_symlink("/etc/hostname", files.path("link"));
    files.make_folder("sub");
    files.write("a", "");
    std::filesystem::create_hard_link(files.path("a"), files.path("b"));
    BOOST_TEST((look("pipe").kind == file_kind::fifo));
    BOOST_TEST((look("link").kind == file_kind::symlink));
    BOOST_TEST((look("sub").kind == file_kind::folder));
    BOOST_TEST(look("b").links == 2u);
}

BOOST_AUTO_TEST_CASE(knows_its_space_and_its_medium) {
    auto space = drop.space();
    BOOST_REQUIRE(space.has_value());
    BOOST_TEST(space->total_bytes >= space->free_bytes);
    BOOST_TEST(space->total_bytes > 0u);
    BOOST_TEST(!drop.medium().name.empty());
}

BOOST_AUTO_TEST_CASE(knows_which_media_report_all_changes) {
    BOOST_TEST((medium_of(0xEF53).kind == medium_kind::local));
    BOOST_TEST((medium_of(0x794c7630).kind == medium_kind::overlay));
    BOOST_TEST((medium_of(0x6969).kind == medium_kind::remote));
    BOOST_TEST((medium_of(0x65735546).kind == medium_kind::remote));
    BOOST_TEST((medium_of(0x1234).kind == medium_kind::unknown));
    BOOST_TEST(medium_of(0x1234).name == "0x1234");
    for (std::uint64_t magic : {0x4D44u, 0xFF534D42u, 0x65735546u, 0x1234u}) {
        BOOST_TEST(!medium_of(magic).lasting_inodes);
    }
    BOOST_TEST(medium_of(0x6969).lasting_inodes);
    BOOST_TEST(medium_of(0x4D44).is_local());
    BOOST_TEST(!medium_of(0x6969).is_local());
}

BOOST_AUTO_TEST_SUITE_END()
