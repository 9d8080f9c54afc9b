#include "pipeline/recovery.hpp"

#include "spool/folder/scanning.hpp"
#include "spool/source/place.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

static constexpr auto id = "5d608b78-2235-4885-911e-b16a84388a85";

static spool::work_entry in_work(std::string source_id, std::string name) {
    spool::work_entry file;
    file.source_id = source_id;
    file.name = name;
    file.location = spool::work_location(source_id, name);
    file.identity.size_bytes = 42;
    file.kind = spool::file_kind::regular;
    return file;
}

static spool::source journaled(spool::any_stage at) {
    spool::source what;
    what.id = id;
    what.watch = "web";
    what.slices.push_back({"a.json", spool::work_location(id, "a.json"), 0, 42, {}});
    what.stage = std::move(at);
    return what;
}

struct after {
    std::vector<spool::source> resumed;
    std::vector<spool::source> lost;
    std::vector<spool::source> adopted;
    std::size_t foreign_files = 0;
};

static after after_restart(
    std::vector<spool::source> sources,
    std::vector<spool::work_entry> files,
    const recovery_facts& facts = {}
) {
    found_work work(spool::work_listing{std::move(files), {}});
    find_by_ids(sources, work);
    auto found = reconcile(std::move(sources), work);
    auto adopted = adopt_strangers(work, "web", facts);
    return {found.resumed, found.lost, adopted.sources, adopted.foreign_files};
}

BOOST_AUTO_TEST_SUITE(recovery_)

BOOST_AUTO_TEST_CASE(resumes_a_source_at_the_stage_that_was_journaled) {
    auto found = after_restart({journaled(stage::uploaded{})}, {in_work(id, "a.json")});
    BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
    BOOST_TEST(std::holds_alternative<stage::uploaded>(found.resumed[0].stage));
    BOOST_TEST(found.adopted.empty());
    BOOST_TEST(found.lost.empty());
}

BOOST_AUTO_TEST_CASE(a_blob_of_several_files_of_which_one_is_absent_is_uploaded_without_it) {
    auto what = journaled(stage::uploaded{});
    what.slices.push_back({"b.json", spool::work_location(id, "b.json"), 0, 42, {}});
    auto found = after_restart({what}, {in_work(id, "a.json")});
    BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
    BOOST_TEST(std::holds_alternative<stage::claimed>(found.resumed[0].stage));
    BOOST_TEST(found.resumed[0].slices.size() == 2u);
    BOOST_TEST(found.adopted.empty());
    BOOST_TEST(found.lost.empty());
}

// On its way to the archive; under another name if it was renamed in the folder before.
BOOST_AUTO_TEST_CASE(a_file_in_place_that_is_in_work_by_now_belongs_to_its_source) {
    for (auto name : {"a.json", "b.json"}) {
        auto what = journaled(stage::settled{});
        what.slices.front().location = "a.json";
        auto found = after_restart({what}, {in_work(id, name)});
        BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
        BOOST_TEST(found.resumed[0].slices[0].location == spool::work_location(id, name));
        BOOST_TEST(found.adopted.empty());
    }
}

BOOST_AUTO_TEST_CASE(files_in_place_that_share_a_blob_are_found_in_work_too) {
    auto what = journaled(stage::settled{});
    what.slices.front().location = "a.json";
    what.slices.push_back({"b.json", "b.json", 0, 42, {}});
    auto found = after_restart({what}, {in_work(id, "b.json")});
    BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
    BOOST_TEST(found.resumed[0].slices[0].location == "a.json");
    BOOST_TEST(found.resumed[0].slices[1].location == spool::work_location(id, "b.json"));
    BOOST_TEST(found.adopted.empty());
}

BOOST_AUTO_TEST_CASE(adopts_a_file_the_journal_does_not_know_under_its_own_id) {
    auto found = after_restart({}, {in_work(id, "a.json")});
    BOOST_TEST_REQUIRE(found.adopted.size() == 1u);
    BOOST_TEST(found.adopted[0].id == id);
    BOOST_TEST(found.adopted[0].slices[0].name == "a.json");
    BOOST_TEST(found.adopted[0].slices[0].length_bytes == 42u);
    BOOST_TEST(std::holds_alternative<stage::claimed>(found.adopted[0].stage));
}

BOOST_AUTO_TEST_CASE(what_the_journal_does_not_know_was_never_posted_unless_the_journal_was_lost) {
    auto now = wall_time(std::chrono::seconds(1'000'000));
    BOOST_TEST(after_restart({}, {in_work(id, "a.json")}).adopted[0].ambiguous_posts == 0u);
    auto found = after_restart({}, {in_work(id, "a.json")}, {now, true});
    BOOST_TEST(found.adopted[0].ambiguous_posts == 1u);
    BOOST_TEST((found.adopted[0].last_post_at == now));
}

BOOST_AUTO_TEST_CASE(a_file_with_a_second_name_is_not_ours) {
    auto planted = in_work(id, "a.json");
    planted.links = 2;
    auto found = after_restart({}, {planted});
    BOOST_TEST(found.adopted.empty());
    BOOST_TEST(found.foreign_files == 1u);
    // The link was made while the file was ours: a journaled file is still resumed.
    BOOST_TEST(after_restart({journaled(stage::claimed{})}, {planted}).resumed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_post_that_was_under_way_is_ambiguous) {
    auto found = after_restart({journaled(stage::posting{})}, {in_work(id, "a.json")});
    BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
    BOOST_TEST(found.resumed[0].ambiguous_posts == 1u);
    BOOST_TEST(std::holds_alternative<stage::posting>(found.resumed[0].stage));
}

BOOST_AUTO_TEST_CASE(an_ambiguous_post_whose_file_is_absent_waits_for_its_notification) {
    auto found = after_restart({journaled(stage::posting{})}, {});
    BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
    BOOST_TEST(std::holds_alternative<stage::posted>(found.resumed[0].stage));
}

BOOST_AUTO_TEST_CASE(a_posted_source_needs_its_file_no_more) {
    auto found = after_restart({journaled(stage::posted{})}, {});
    BOOST_TEST(found.resumed.size() == 1u);
    BOOST_TEST(found.lost.empty());
}

BOOST_AUTO_TEST_CASE(a_settled_source_is_retired_even_if_the_move_was_done_before_the_crash) {
    auto found = after_restart({journaled(stage::settled{})}, {});
    BOOST_TEST(found.resumed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_claimed_source_without_its_file_is_reported_as_lost) {
    auto found = after_restart({journaled(stage::claimed{})}, {});
    BOOST_TEST(found.resumed.empty());
    BOOST_TEST(found.lost.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_grown_file_belongs_to_its_own_source_by_its_place) {
    auto rest = journaled(stage::claimed{});
    rest.id = "another-id";
    auto found = after_restart({rest}, {in_work(id, "a.json")});
    BOOST_TEST(found.resumed.size() == 1u);
    BOOST_TEST(found.adopted.empty());
}

BOOST_AUTO_TEST_CASE(a_place_that_the_journal_has_wrong_is_found_by_the_id_in_work) {
    auto cut = journaled(stage::claimed{});
    cut.slices.front().name = "a.";
    cut.slices.front().location = spool::work_location(id, "a.");
    auto found = after_restart({cut}, {in_work(id, "a.json")});
    BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
    auto& file = found.resumed.front().slices.front();
    BOOST_TEST(file.location == spool::work_location(id, "a.json"));
    BOOST_TEST(file.name == "a.json");
    BOOST_TEST(found.lost.empty());
    BOOST_TEST(found.adopted.empty());
}

BOOST_AUTO_TEST_CASE(the_place_of_another_source_is_not_taken_by_id) {
    auto rest = journaled(stage::claimed{});
    rest.id = "another-id";
    found_work work(spool::work_listing{{in_work(id, "a.json")}, {}});
    BOOST_TEST(reconcile({rest}, work).resumed.size() == 1u);
    auto former = journaled(stage::claimed{});
    former.slices.front().location = spool::work_location(id, "b.json");
    std::vector<spool::source> missing{former};
    find_by_ids(missing, work);
    BOOST_TEST(missing.front().slices.front().location == spool::work_location(id, "b.json"));
}

BOOST_AUTO_TEST_CASE(what_lies_in_the_folder_itself_or_has_several_files_keeps_its_places) {
    auto in_folder = journaled(stage::claimed{});
    in_folder.slices.front().location = "a.json";
    auto several = journaled(stage::claimed{});
    several.slices.front().location = spool::work_location(id, "c.json");
    several.slices.push_back({"b.json", spool::work_location(id, "b.json"), 0, 42, {}});
    std::vector<spool::source> all{in_folder, several};
    found_work work(spool::work_listing{{in_work(id, "a.json")}, {}});
    find_by_ids(all, work);
    BOOST_TEST(all[0].slices.front().location == "a.json");
    BOOST_TEST(all[1].slices.front().location == spool::work_location(id, "c.json"));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_not_looked_at_is_there) {
    auto waits = journaled(stage::posted{});
    found_work work(spool::work_listing{{}, {*spool::key_of(id)}});
    BOOST_TEST(work.holds(waits));
    BOOST_TEST(!is_missing(waits, work));
    BOOST_TEST(!lies_elsewhere(waits, work, {{"web", "/srv/drop", 3, 4711}, {}}, false));
    BOOST_TEST(reconcile({waits}, work).resumed.size() == 1u);
    BOOST_TEST(work.strangers().empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_ours_in_work_is_left_alone) {
    auto stray = in_work("", "stray");
    auto pipe = in_work(id, "pipe");
    pipe.kind = spool::file_kind::fifo;
    auto found = after_restart({}, {stray, pipe});
    BOOST_TEST(found.foreign_files == 2u);
    BOOST_TEST(found.adopted.empty());
}

BOOST_AUTO_TEST_CASE(recovery_of_a_recovery_finds_the_same) {
    std::vector<spool::work_entry> work{in_work(id, "a.json")};
    auto once = after_restart({journaled(stage::uploaded{})}, work);
    auto twice = after_restart(once.resumed, work);
    BOOST_TEST((twice.resumed == once.resumed));
}

static const spool::folder_record disk{"web", "/srv/drop", 8, 2};

static std::size_t elsewhere(
    const std::vector<spool::source>& sources,
    const std::vector<spool::work_entry>& work,
    const spool::folder_record& now,
    std::optional<spool::folder_record> before = disk
) {
    found_work found(spool::work_listing{work, {}});
    folder_facts facts{now, std::move(before)};
    auto is_found = [&](auto& what) { return found.holds(what); };
    bool any_found = std::ranges::any_of(sources, is_found);
    return static_cast<std::size_t>(std::ranges::count_if(sources, [&](auto& what) {
        return lies_elsewhere(what, found, facts, any_found);
    }));
}

BOOST_AUTO_TEST_CASE(a_source_without_its_file_waits_where_a_post_of_it_may_be_reported) {
    for (spool::any_stage at :
         {spool::any_stage(stage::claimed{}),
          spool::any_stage(stage::uploaded{{"a", "c", "blob", 1, 1}})}) {
        auto what = journaled(at);
        what.posts = 2;
        what.failure_keys = {"a key"};
        auto found = after_restart({what}, {});
        BOOST_TEST_REQUIRE(found.resumed.size() == 1u);
        BOOST_TEST(found.lost.empty());
        BOOST_TEST(std::holds_alternative<stage::posted>(found.resumed[0].stage));
        BOOST_TEST(found.resumed[0].slices.front().location.empty());
        what.failure_keys.push_back("another");
        BOOST_TEST(after_restart({what}, {}).lost.size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(sources_of_a_disk_that_is_not_mounted_are_not_lost) {
    spool::folder_record mount_point{"web", "/srv/drop", 3, 4711};
    BOOST_TEST(elsewhere({journaled(stage::claimed{})}, {}, mount_point) == 1u);
    BOOST_TEST(elsewhere({journaled(stage::posted{})}, {}, mount_point) == 1u);
    BOOST_TEST(elsewhere({journaled(stage::claimed{})}, {}, disk) == 0u);
    // The same disk, which has another number after a restart.
    BOOST_TEST(elsewhere({journaled(stage::claimed{})}, {}, {"web", "/srv/drop", 9, 2}) == 0u);
}

BOOST_AUTO_TEST_CASE(sources_of_a_folder_that_the_watch_had_before_are_not_lost) {
    spool::folder_record other{"web", "/srv/other", 8, 77};
    BOOST_TEST(elsewhere({journaled(stage::claimed{})}, {}, other) == 1u);
    auto in_place = journaled(stage::posted{});
    in_place.slices[0].location = "a.json";
    BOOST_TEST(elsewhere({in_place}, {}, other) == 1u);
    BOOST_TEST(elsewhere({in_place}, {}, disk) == 0u);
}

BOOST_AUTO_TEST_CASE(of_what_an_older_release_claimed_the_device_of_the_file_counts) {
    auto what = journaled(stage::claimed{});
    what.slices[0].identity.device = 8;
    BOOST_TEST(elsewhere({what}, {}, {"web", "/srv/drop", 3, 4711}, std::nullopt) == 1u);
    BOOST_TEST(elsewhere({what}, {}, disk, std::nullopt) == 0u);
    // A file that is found shows that it is the folder.
    auto other = what;
    other.slices[0].location = spool::work_location(id, "b.json");
    spool::folder_record renumbered{"web", "/srv/drop", 9, 2};
    BOOST_TEST(elsewhere({what, other}, {in_work(id, "a.json")}, renumbered, std::nullopt) == 0u);
    what.slices[0].identity.device = 0;
    BOOST_TEST(elsewhere({what}, {}, {"web", "/srv/drop", 3, 4711}, std::nullopt) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
