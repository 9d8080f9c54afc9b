#include "pipeline/dividing.hpp"

#include "pipeline/superseding.hpp"
#include "spool/source/place.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static constexpr auto own_id = "5d608b78-2235-4885-911e-b16a84388a8";

// Of each the first four of its ten bytes are the head, which only the first file kept.
static spool::source blob_of(int files) {
    spool::source whole;
    whole.id = "11111111-2222-4333-8444-555555555555";
    whole.watch = "web";
    whole.target = "Logs.Web";
    whole.claimed_at = wall_time(std::chrono::seconds(7));
    whole.attempts = 3;
    whole.posts = 1;
    for (int i = 0; i < files; ++i) {
        auto name = std::string(1, static_cast<char>('a' + i));
        auto place = spool::work_location(own_id + std::to_string(i), name);
        bool first = i == 0;
        whole.slices.push_back(
            {name, place, first ? 0u : 4u, first ? 10u : 6u, {}, 0, 0, first ? 0u : 4u}
        );
    }
    return whole;
}

static std::string names(const spool::source& what) {
    std::string out;
    for (auto& file : what.slices) out += file.name;
    return out;
}

struct dividing_up {
    random_generator random{7};
    wall_time now{};
    std::vector<spool::source> halves(int files) { return halves_of(blob_of(files), random, now); }
    spool::source out_of(spool::source& whole, std::size_t at) {
        return take_out(whole, at, random, now);
    }
};

BOOST_FIXTURE_TEST_SUITE(dividing, dividing_up)

BOOST_AUTO_TEST_CASE(each_file_goes_to_one_half) {
    auto five = halves(5);
    BOOST_TEST_REQUIRE(five.size() == 2u);
    BOOST_TEST(names(five[0]) == "ab");
    BOOST_TEST(names(five[1]) == "cde");
}

BOOST_AUTO_TEST_CASE(the_first_of_each_half_has_its_head_again) {
    auto four = halves(4);
    for (auto& half : four) {
        BOOST_TEST(half.slices[0].offset == 0u);
        BOOST_TEST(half.slices[0].length_bytes == 10u);
        BOOST_TEST(half.slices[0].head_bytes == 0u);
        BOOST_TEST(half.slices[1].offset == 4u);
        BOOST_TEST(half.slices[1].length_bytes == 6u);
    }
}

BOOST_AUTO_TEST_CASE(a_range_of_a_file_stays_that_range) {
    auto whole = blob_of(4);
    for (auto& range : whole.slices) {
        range.offset = 1000;
        range.length_bytes = 50;
        range.head_bytes = 0;
    }
    for (auto& half : halves_of(whole, random, now)) {
        for (auto& range : half.slices) {
            BOOST_TEST(range.offset == 1000u);
            BOOST_TEST(range.length_bytes == 50u);
        }
    }
}

BOOST_AUTO_TEST_CASE(halves_start_from_the_first_stage_under_new_ids) {
    for (auto& half : halves(4)) {
        BOOST_TEST(half.id != blob_of(4).id);
        BOOST_TEST(is_guid(half.id));
        BOOST_TEST(half.watch == "web");
        BOOST_TEST(half.target == "Logs.Web");
        BOOST_TEST((half.claimed_at == blob_of(4).claimed_at));
        BOOST_TEST(std::holds_alternative<spool::stage::claimed>(half.stage));
        BOOST_TEST(half.posts == 0u);
        BOOST_TEST(half.attempts == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_stands_alone_has_the_id_of_its_claim) {
    auto two = halves(2);
    BOOST_TEST(two[0].id == own_id + std::string("0"));
    BOOST_TEST(two[1].id == own_id + std::string("1"));
    auto in_place = blob_of(2);
    in_place.slices[1].location = "b";
    auto second = halves_of(in_place, random, now)[1];
    BOOST_TEST(is_guid(second.id));
    BOOST_TEST(second.id != own_id + std::string("1"));
}

BOOST_AUTO_TEST_CASE(only_several_files_that_are_still_there_can_be_split) {
    BOOST_TEST(!is_divisible(blob_of(1)));
    BOOST_TEST(is_divisible(blob_of(2)));
    auto deleted = blob_of(2);
    deleted.slices[0].location.clear();
    BOOST_TEST(!is_divisible(deleted));
}

BOOST_AUTO_TEST_CASE(what_is_left_without_a_file_keeps_its_id_and_what_is_known_of_its_posts) {
    auto whole = blob_of(3);
    whole.ambiguous_posts = 1;
    whole.last_post_at = wall_time(std::chrono::seconds(9));
    whole.failure_keys = {"its only post has failed"};
    auto before = whole;
    auto one = out_of(whole, 1);
    before.slices.erase(before.slices.begin() + 1);
    BOOST_TEST((whole == before));
    BOOST_TEST(names(one) == "b");
    BOOST_TEST(one.id == own_id + std::string("1"));
    BOOST_TEST(one.watch == "web");
    BOOST_TEST(one.target == "Logs.Web");
    BOOST_TEST((one.claimed_at == whole.claimed_at));
    BOOST_TEST(std::holds_alternative<spool::stage::claimed>(one.stage));
    BOOST_TEST(one.posts == 0u);
    BOOST_TEST(one.ambiguous_posts == 0u);
}

BOOST_AUTO_TEST_CASE(what_the_service_may_have_of_a_file_that_is_taken_out_is_remembered) {
    auto whole = blob_of(3);
    whole.posts = 3;
    whole.failure_keys = {"one of them has failed"};
    whole.last_post_at = wall_time(std::chrono::seconds(9));
    whole.reported.in_operation = true;
    whole.rest_posts = {{"Logs", "Web", "1"}, {"Logs", "Web", "2"}, {"Logs", "Web", "3"}};
    auto one = out_of(whole, 1);
    BOOST_TEST(may_be_reported(one));
    BOOST_TEST(one.posts == 2u);
    BOOST_TEST(one.ambiguous_posts == 2u);
    BOOST_TEST((one.last_post_at == whole.last_post_at));
    BOOST_TEST(one.reported.in_operation);
    BOOST_REQUIRE(one.rest_posts.size() == 2u);
    BOOST_TEST(one.rest_posts[1].operation.empty());
    BOOST_TEST(whole.rest_posts[2].operation == "3");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_taken_out_has_its_head_again) {
    auto whole = blob_of(3);
    auto one = out_of(whole, 2);
    BOOST_TEST(one.slices[0].offset == 0u);
    BOOST_TEST(one.slices[0].length_bytes == 10u);
    BOOST_TEST(one.slices[0].head_bytes == 0u);
    BOOST_TEST(whole.slices[1].offset == 4u);
}

BOOST_AUTO_TEST_CASE(the_new_first_file_has_its_head_again) {
    auto whole = blob_of(3);
    BOOST_TEST(names(out_of(whole, 0)) == "a");
    BOOST_TEST(names(whole) == "bc");
    BOOST_TEST(whole.slices[0].offset == 0u);
    BOOST_TEST(whole.slices[0].length_bytes == 10u);
    BOOST_TEST(whole.slices[1].offset == 4u);
    BOOST_TEST(whole.slices[1].length_bytes == 6u);
}

BOOST_AUTO_TEST_CASE(what_the_service_refuses_is_not_known_to_be_of_one_file) {
    for (auto code : {errc::file_changed, errc::file_vanished, errc::broken_gzip}) {
        BOOST_TEST(is_of_one_file({code, remedy::retry, ""}));
    }
    BOOST_TEST(!is_of_one_file({errc::too_large, remedy::give_up, ""}));
    BOOST_TEST(!is_of_one_file({errc::connection_reset, remedy::reroute, ""}));
    failure refused{{}, remedy::give_up, ""};
    refused.code = service_code("RequestBodyTooLarge");
    BOOST_TEST(!is_of_one_file(refused));
}

BOOST_AUTO_TEST_SUITE_END()
