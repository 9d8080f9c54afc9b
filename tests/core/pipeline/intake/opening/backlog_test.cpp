#include "core/pipeline/intake/intake_fixture.hpp"
#include "spool/source/place.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

static constexpr int many = 2500;  // More than is resumed in one go.

static std::string id_of(int number) {
    auto digits = std::to_string(number);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

struct resuming : test::taking {
    spool::source left_by_earlier_run(int number, spool::any_stage at) {
        spool::source what;
        what.id = id_of(number);
        what.watch = "web";
        what.claimed_at = clock.wall_now();
        auto name = "file-" + std::to_string(number);
        what.slices.push_back({name, spool::work_location(what.id, name), 0, 1, {}});
        what.stage = std::move(at);
        return what;
    }

    void put_in_work(const spool::source& what) {
        std::filesystem::create_directories(files.path(std::string(spool::work_folder)));
        files.write(what.slices.front().location, "1");
    }

    std::size_t in_stage(std::string_view name) {
        std::size_t out = 0;
        sources->each([&](const spool::source& what) {
            if (spool::name_of(what.stage) == name) ++out;
        });
        return out;
    }

    double counted(const char* name) { return measured.count(name, {{"watch", "web"}}).value(); }
};

BOOST_FIXTURE_TEST_SUITE(backlog_, resuming)

BOOST_AUTO_TEST_CASE(a_large_backlog_comes_back_whole_a_part_at_a_time) {
    std::vector<spool::source> unretired;
    for (int i = 0; i < many; ++i) {
        unretired.push_back(left_by_earlier_run(i, stage::posted{}));
        put_in_work(unretired.back());
    }
    make();
    for (auto& what : unretired) absent->add(std::move(what));
    auto opened = start(subject->open());
    while (!opened->value) pass(1ms);
    BOOST_TEST(!opened->value->has_error());
    BOOST_TEST(absent->empty());
    BOOST_TEST(in_stage("posted") == static_cast<std::size_t>(many));
    BOOST_TEST(counted("kustodrop_files_resumed_total") == many);
    BOOST_TEST(counted("kustodrop_files_seen_total") == 0);
    BOOST_TEST(sources->counts("web").pending_files == static_cast<std::uint64_t>(many));
    BOOST_TEST(routed.posted_ids.size() == static_cast<std::size_t>(many));
    BOOST_TEST(has_said("journaled=2500 adopted=0 lost=0"));
}

BOOST_AUTO_TEST_CASE(each_stage_finds_its_file_beside_those_that_only_wait) {
    auto waits = left_by_earlier_run(1, stage::posted{});
    auto claimed = left_by_earlier_run(2, stage::claimed{});
    auto lost = left_by_earlier_run(3, stage::claimed{});
    auto without_file = left_by_earlier_run(4, stage::posted{});
    auto stranger = left_by_earlier_run(5, stage::claimed{});
    for (auto* one : {&waits, &claimed, &stranger}) put_in_work(*one);
    open({waits, claimed, lost, without_file});
    settle_files();
    BOOST_TEST(has_said("journaled=3 adopted=1 lost=1"));
    BOOST_TEST(in_stage("posted") == 2u);
    BOOST_TEST(in_stage("settled") == 1u);
    BOOST_TEST(counted("kustodrop_files_resumed_total") == 4);
}

BOOST_AUTO_TEST_CASE(a_file_whose_place_is_named_by_two_sources_is_not_overlooked) {
    auto waits = left_by_earlier_run(1, stage::posted{});
    auto claimed = left_by_earlier_run(2, stage::claimed{});
    waits.slices.front().location = claimed.slices.front().location;
    put_in_work(claimed);
    open({waits, claimed});
    settle_files();
    BOOST_TEST(has_said("journaled=2 adopted=0 lost=0"));
}

BOOST_AUTO_TEST_CASE(a_claimed_file_is_found_by_its_id_where_its_place_is_wrong) {
    auto claimed = left_by_earlier_run(1, stage::claimed{});
    put_in_work(claimed);
    auto right = claimed.slices.front().location;
    claimed.slices.front().location = spool::work_location(claimed.id, "fil");
    open({claimed});
    settle_files();
    BOOST_TEST(has_said("journaled=1 adopted=0 lost=0"));
    BOOST_REQUIRE(sources->find(claimed.id) != nullptr);
    BOOST_TEST(sources->find(claimed.id)->slices.front().location == right);
}

BOOST_AUTO_TEST_SUITE_END()
