#include "spool/source/source.hpp"

#include "spool/source/place.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(source_ids)

BOOST_AUTO_TEST_CASE(begin_with_the_time_as_rfc_9562_lays_it_out) {
    random_generator random(7);
    // The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22Z.
    wall_time then(1'645'557'742s);
    auto id = make_source_id(random, then);
    BOOST_TEST(is_guid(id), id);
    BOOST_TEST(id.substr(0, 18) == "017f22e2-79b0-7000");
    BOOST_TEST((id.find_first_of("89ab", 19) == 19), id);
    auto late = make_source_id(random, then + 999us);
    BOOST_TEST(late.substr(0, 18) == "017f22e2-79b0-7ffb");
}

BOOST_AUTO_TEST_CASE(sort_by_time_and_differ_within_a_moment) {
    random_generator random(7);
    wall_time now(1'800'000'000s);
    auto last = make_source_id(random, now);
    BOOST_TEST(make_source_id(random, now) != last);
    for (int i = 0; i < 5000; ++i) {
        now += 1us;
        auto next = make_source_id(random, now);
        BOOST_TEST(last < next);
        last = next;
    }
}

BOOST_AUTO_TEST_CASE(are_guids_even_with_a_clock_before_1970) {
    random_generator random(7);
    auto id = make_source_id(random, wall_time(-1us));
    BOOST_TEST(is_guid(id), id);
    BOOST_TEST(id.substr(0, 18) == "ffffffff-ffff-7ffb");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(flat_places)

static const std::string an_id = "11111111-aaaa-4bbb-8ccc-000000000001";

BOOST_AUTO_TEST_CASE(keep_the_name_whatever_is_in_it) {
    std::vector<std::string> names{"a/b", "%2F/x", "%", "a%/b~c=d", "a/b/c/", "100%25/\xff\n"};
    names.emplace_back(218, 'n');
    for (auto& name : names) {
        auto location = flat_work_location(an_id, name);
        BOOST_TEST_REQUIRE(location.has_value(), name);
        BOOST_TEST(location->find('/', work_folder.size() + 1) == std::string::npos);
        auto back = parse_work_place(std::string_view(*location).substr(work_folder.size() + 1));
        BOOST_TEST_REQUIRE(back.has_value(), name);
        BOOST_TEST(back->name == name);
        BOOST_TEST(back->source_id == an_id);
        BOOST_TEST(id_in_work(*location).value() == an_id);
    }
    BOOST_TEST(!flat_work_location(an_id, std::string(219, 'n')).has_value());
    BOOST_TEST(!flat_work_location(an_id, std::string(216, 'n') + "/").has_value());
}

BOOST_AUTO_TEST_CASE(that_we_would_not_make_are_not_ours) {
    BOOST_TEST(!parse_work_place(an_id + "=a%2f").has_value());
    BOOST_TEST(!parse_work_place(an_id + "=a%").has_value());
    BOOST_TEST(!parse_work_place(an_id + "=a/b").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
