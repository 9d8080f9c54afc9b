#include "spool/following/keeping/kept_ranges.hpp"

#include "spool/reading/records/tail_check.hpp"
#include "spool/source/place.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct keeping {
    test::temp_folder files;
    kept_ranges kept{files.path("state/follow/app")};
    std::string text = "1,one\n2,two\n3,three\n";

    keeping() {
        files.make_folder("state");
        files.make_folder("logs/sub");
        files.write("logs/app.log", text);
    }

    descriptor open(const std::string& name = "app.log") const {
        return descriptor(::open(files.path("logs/" + name).c_str(), O_RDONLY | O_CLOEXEC));
    }

    slice range(std::uint64_t from, std::uint64_t to, const std::string& name = "app.log") const {
        auto file = open(name);
        slice out;
        out.name = out.location = name;
        out.offset = from;
        out.length_bytes = to - from;
        out.start_check = from > 0 ? tail_check(file.get(), from) : 0;
        out.end_check = tail_check(file.get(), to);
        return out;
    }

    std::string keep(const slice& what, const std::string& id = "an-id") const {
        auto location =
            kept.keep(open(what.name).get(), what, id, R"({"source_id": ")" + id + "\"}");
        BOOST_TEST_REQUIRE(location.has_value());
        return *location;
    }

    std::string copy_at(const std::string& location) const {
        return files.read("state/follow/app" + location);
    }

    std::size_t entries(const std::string& folder) const {
        using entry = std::filesystem::directory_iterator;
        return static_cast<std::size_t>(std::distance(entry(files.path(folder)), entry()));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(kept_ranges_, keeping)

BOOST_AUTO_TEST_CASE(a_range_is_kept_with_its_explanation_under_the_name_of_its_log) {
    auto location = keep(range(6, 12));
    BOOST_TEST(location == "/quarantine/app.log@6-12");
    BOOST_TEST(is_kept_range(location));
    BOOST_TEST(copy_at(location) == "2,two\n");
    BOOST_TEST(copy_at(location + ".error.json") == R"({"source_id": "an-id"})");
    BOOST_TEST(entries("state/follow/app/quarantine") == 2u);
    BOOST_TEST(kept.count() == 1u);
    BOOST_TEST((kept.size_of(location) == 6u));
}

BOOST_AUTO_TEST_CASE(a_log_of_a_subfolder_has_one_in_quarantine_too) {
    files.write("logs/sub/0.log", text);
    auto location = keep(range(0, 6, "sub/0.log"));
    BOOST_TEST(location == "/quarantine/sub/0.log@0-6");
    BOOST_TEST(copy_at(location) == "1,one\n");
    BOOST_TEST(kept.remove(location).has_value());
    BOOST_TEST(!std::filesystem::exists(files.path("state/follow/app/quarantine/sub")));
}

BOOST_AUTO_TEST_CASE(what_was_kept_before_a_crash_is_kept_once) {
    auto first = keep(range(0, 6));
    BOOST_TEST(keep(range(0, 6)) == first);
    BOOST_TEST(kept.count() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_range_of_another_life_does_not_overwrite_it) {
    auto first = keep(range(0, 6));
    files.write("logs/app.log", "9,new\n");
    auto second = keep(range(0, 6), "11111111-2222-7333-8444-555555555555");
    BOOST_TEST(second != first);
    BOOST_TEST(copy_at(first) == "1,one\n");
    BOOST_TEST(copy_at(second) == "9,new\n");
}

BOOST_AUTO_TEST_CASE(other_bytes_in_their_place_are_not_kept) {
    auto what = range(6, 12);
    files.write("logs/app.log", "x,xxx\ny,yyy\nz,zzzzz\n");
    auto refused = kept.keep(open().get(), what, "an-id", "{}");
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == errc::file_vanished));
    BOOST_TEST(kept.count() == 0u);
}

BOOST_AUTO_TEST_CASE(names_that_are_too_long_give_way_to_the_id) {
    std::string name(250, 'a');
    files.write("logs/" + name, text);
    std::string id = "11111111-2222-7333-8444-555555555555";
    auto location = keep(range(0, 6, name), id);
    BOOST_TEST(location == "/quarantine/" + id + "@0-6");
    BOOST_TEST(kept.explain(location, id, "{}").has_value());
    BOOST_TEST(copy_at(location + ".error.json") == "{}");
}

BOOST_AUTO_TEST_CASE(a_range_that_failed_again_has_the_newer_explanation) {
    auto location = keep(range(0, 6));
    BOOST_TEST(kept.explain(location, "another-id", R"({"code": "other"})").has_value());
    BOOST_TEST(copy_at(location + ".error.json") == R"({"code": "other"})");
    BOOST_TEST(kept.count() == 1u);
    BOOST_TEST(entries("state/follow/app/quarantine") == 2u);
}

BOOST_AUTO_TEST_CASE(a_corrected_copy_may_have_another_size) {
    auto location = keep(range(0, 6));
    files.write("state/follow/app" + location, "1,corrected\n");
    BOOST_TEST((kept.size_of(location) == 12u));
    BOOST_TEST(!kept.size_of("/quarantine/app.log@6-12"));
}

BOOST_AUTO_TEST_CASE(what_a_source_needs_is_not_expired) {
    auto needed = keep(range(0, 6));
    keep(range(6, 12));
    quarantine_limits limits;
    limits.bytes = 0;
    limits.needed = {needed};
    auto later = wall_time(std::chrono::microseconds(9'000'000'000'000'000));
    auto expired = kept.expire(later, limits);
    BOOST_TEST_REQUIRE(expired.has_value());
    BOOST_TEST(expired->files_deleted == 1u);
    BOOST_TEST(kept.size_of(needed).has_value());
    BOOST_TEST(kept.count() == 1u);
}

BOOST_AUTO_TEST_CASE(where_nothing_was_kept_there_is_nothing) {
    BOOST_TEST(kept.count() == 0u);
    BOOST_TEST(kept.expire({}, {}).has_value());
    BOOST_TEST(kept.remove("/quarantine/app.log@0-6").has_value());
    BOOST_TEST(!std::filesystem::exists(files.path("state/follow")));
}

BOOST_AUTO_TEST_SUITE_END()
