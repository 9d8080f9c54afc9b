#include "spool/folder/quarantine_retention.hpp"

#include "async/clock.hpp"
#include "core/spool/folder/drop_folder_fixture.hpp"
#include "spool/folder/quarantine.hpp"

#include <sys/stat.h>

using namespace kustodrop;
using namespace kustodrop::spool;

using test::first_id;
using test::second_id;

namespace {

const std::string top = ".kustodrop/quarantine/";

struct quarantining : test::dropping {
    std::string quarantined(const std::string& name, const std::string& id = first_id) {
        files.write(name, "1");
        return quarantine(drop, claim(name, id), id, "{\"source_id\":\"" + id + "\"}").value();
    }

    /// Some days after everything here was written.
    quarantine_report expire(const quarantine_limits& limits, int days = 2) const {
        auto then = real_clock().wall_now() + std::chrono::hours(24 * days);
        return expire_quarantine(drop, then, limits).value();
    }
};

quarantine_limits older_than(int days) {
    quarantine_limits out;
    out.age = std::chrono::hours(24 * days);
    return out;
}

quarantine_limits at_most(std::uint64_t bytes) {
    quarantine_limits out;
    out.bytes = bytes;
    return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(quarantine_retention, quarantining)

BOOST_AUTO_TEST_CASE(files_in_quarantine_are_counted_without_what_is_said_of_them) {
    BOOST_TEST(count_quarantined(drop) == 0u);
    files.make_folder("sub");
    auto held = dropped_and_claimed("sub/a", "1");
    quarantine(drop, held, first_id, "{}").value();
    BOOST_TEST(count_quarantined(drop) == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_half_written_is_no_file_in_quarantine) {
    auto folder = std::string(quarantine_folder);
    for (auto end : {".tmp", ".part"}) files.write(folder + "/." + first_id + end, "1");
    BOOST_TEST(count_quarantined(drop) == 0u);
    for (auto name : {".tmp", ".note.tmp", ".part"}) files.write(folder + "/" + name, "1");
    files.write(folder + "/." + first_id, "1");
    BOOST_TEST(count_quarantined(drop) == 4u);
}

BOOST_AUTO_TEST_CASE(without_limits_everything_stays) {
    auto where = quarantined("a");
    BOOST_TEST(expire({}, 30'000).files_deleted == 0u);
    BOOST_TEST(files.has(where));
}

BOOST_AUTO_TEST_CASE(what_is_older_goes_with_its_explanation_and_its_folders) {
    files.make_folder("sub");
    auto where = quarantined("sub/a");
    BOOST_TEST(expire(older_than(3)).files_deleted == 0u);
    BOOST_TEST_REQUIRE(files.has(where + ".error.json"));
    auto report = expire(older_than(1));
    BOOST_TEST(report.files_deleted == 1u);
    BOOST_TEST(report.bytes_deleted > 0u);
    BOOST_TEST(std::filesystem::is_empty(files.path(top)));
}

BOOST_AUTO_TEST_CASE(a_name_too_long_for_its_explanation_goes_with_it) {
    auto where = quarantined(std::string(255, 'n'));
    BOOST_TEST_REQUIRE(files.has(top + first_id + ".error.json"));
    BOOST_TEST(expire(older_than(1)).files_deleted == 1u);
    BOOST_TEST(!files.has(where));
    BOOST_TEST(std::filesystem::is_empty(files.path(top)));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_named_like_an_explanation_is_one_of_its_own) {
    auto where = quarantined("a.error.json");
    auto other = quarantined("a", second_id);
    BOOST_TEST(other == top + "a." + second_id);
    BOOST_TEST(expire(older_than(1)).files_deleted == 2u);
    BOOST_TEST(!files.has(where));
    BOOST_TEST(std::filesystem::is_empty(files.path(top)));
}

BOOST_AUTO_TEST_CASE(the_oldest_make_room) {
    auto first = quarantined("b");
    auto second = quarantined("a", second_id);
    BOOST_TEST(expire(at_most(UINT64_MAX)).files_deleted == 0u);
    auto both = expire_quarantine(drop, real_clock().wall_now(), at_most(0)).value();
    BOOST_TEST(both.files_deleted == 0u);  // Of the last minute: the journal may not know them.
    auto room = [&](const std::string& name) {
        struct ::stat facts = {};
        BOOST_REQUIRE(::stat(files.path(name).c_str(), &facts) == 0);
        return static_cast<std::uint64_t>(facts.st_blocks) * 512;
    };
    auto of_one = room(second) + room(second + ".error.json");
    BOOST_TEST(expire(at_most(of_one)).files_deleted == 1u);
    BOOST_TEST(!files.has(first));
    BOOST_TEST(!files.has(first + ".error.json"));
    BOOST_TEST(files.has(second));
    BOOST_TEST(files.has(second + ".error.json"));
    BOOST_TEST(expire(at_most(0)).files_deleted == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_needed_stays) {
    auto where = quarantined("a");
    auto limits = older_than(1);
    limits.bytes = 0;
    limits.needed.insert(where);
    BOOST_TEST(expire(limits).files_deleted == 0u);
    BOOST_TEST(files.has(where + ".error.json"));
}

BOOST_AUTO_TEST_CASE(touches_nothing_but_the_quarantine) {
    files.write("a", "1");
    files.make_folder(".kustodrop/archive/2020-01-01");
    files.write(".kustodrop/archive/2020-01-01/x", "1");
    auto held = dropped_and_claimed("b", "1");
    expire(at_most(0));
    expire(older_than(1));
    for (auto& name : {std::string("a"), held.location}) BOOST_TEST(files.has(name));
    BOOST_TEST(files.has(".kustodrop/archive/2020-01-01/x"));
}

BOOST_AUTO_TEST_CASE(a_folder_without_a_quarantine_is_fine) {
    std::filesystem::remove(files.path(top));
    BOOST_TEST(expire(older_than(1)).files_deleted == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
