#include "pipeline/watch/watch_routes.hpp"

#include "pipeline/watch/target_gates.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static watch_options partners() {
    watch_options out;
    out.target.database = "D";
    out.target.table = "{partner}";
    out.route = {"{partner}/**", {{"partner", {"*"}}}};
    return out;
}

static spool::source claimed(const std::string& name, const std::string& target) {
    spool::source out;
    out.id = name;
    out.target = target;
    out.slices.push_back({name, name});
    return out;
}

static std::string table_for(const watch& from, const spool::source& what) {
    auto where = from.target_for(what);
    return where ? where->name() : "none";
}

static void pause(target_gates& gates, const std::string& target) {
    for (int i = 0; i < 5; ++i) gates.of(target).refused({"x", "no_table", "", 1}, {});
}

BOOST_AUTO_TEST_SUITE(watch_routes_)

BOOST_AUTO_TEST_CASE(without_a_route_there_is_one_target_for_all) {
    watch_options plain;
    plain.target.database = "D";
    plain.target.table = "T";
    watch_routes routes(plain);
    BOOST_TEST(!routes.are_by_path());
    BOOST_TEST(std::get<std::string>(routes.admit("any/file")) == "D.T");
    BOOST_TEST(routes.recorded("any") == "D.T");
    BOOST_TEST(std::get<target>(routes.decide("any")).name() == "D.T");
}

BOOST_AUTO_TEST_CASE(a_watch_has_at_most_a_thousand_targets) {
    watch_routes routes(partners());
    for (int i = 0; i < 1000; ++i) {
        auto made = routes.admit("p" + std::to_string(i) + "/a");
        BOOST_TEST_REQUIRE(std::holds_alternative<std::string>(made));
    }
    auto more = routes.admit("more/a");
    BOOST_TEST(std::get<route_refusal>(more).code == "too_many_targets");
    BOOST_TEST(std::holds_alternative<std::string>(routes.admit("p7/b")));
    BOOST_TEST(std::get<route_refusal>(routes.admit("a")).code == "no_route");
    watch_routes other(partners());
    BOOST_TEST(std::holds_alternative<target>(other.foresee("more/a")));
    other.meet(routes.met());
    BOOST_TEST(std::get<route_refusal>(other.foresee("more/a")).code == "too_many_targets");
    BOOST_TEST(std::holds_alternative<target>(other.foresee("p7/b")));
    BOOST_TEST(std::get<route_refusal>(other.foresee("a")).code == "no_route");
}

BOOST_AUTO_TEST_CASE(what_a_route_has_decided_stays_whatever_it_says_by_now) {
    watch from(partners());
    auto what = claimed("contoso/a", from.routes.recorded("contoso/a"));
    BOOST_TEST(table_for(from, what) == "D.contoso");
    auto changed = partners();
    changed.target.table = "New_{partner}";
    from.set_options(changed);
    BOOST_TEST(table_for(from, what) == "D.contoso");
    BOOST_TEST(shown_target(from.recorded_target(what)) == "D.New_contoso");
    changed.route.allow["partner"] = {"fabrikam"};
    from.set_options(changed);
    BOOST_TEST(table_for(from, what) == "D.contoso");
    BOOST_TEST(from.recorded_target(what) == "");
    changed.route = {};
    changed.target.table = "All";
    from.set_options(changed);
    BOOST_TEST(table_for(from, what) == "D.contoso");
    BOOST_TEST(from.recorded_target(what) == "D.All");
}

BOOST_AUTO_TEST_CASE(what_was_claimed_before_there_was_a_route_goes_by_its_path_or_waits) {
    watch from(partners());
    BOOST_TEST(table_for(from, claimed("contoso/a", "D.Old")) == "D.contoso");
    BOOST_TEST(table_for(from, claimed("a", "D.Old")) == "none");
    BOOST_TEST(table_for(from, claimed("a", "")) == "none");
    target old;
    old.database = "D";
    old.table = "Old";
    from.former_targets.replace(old, wall_time{});
    BOOST_TEST(table_for(from, claimed("a", "D.Old")) == "D.Old");
}

BOOST_AUTO_TEST_CASE(a_target_that_is_paused_pauses_no_other) {
    target_gates gates;
    auto one = std::string("/D/contoso//");
    auto other = std::string("/D/fabrikam//");
    pause(gates, one);
    BOOST_TEST(gates.is_paused());
    BOOST_TEST(gates.paused().size() == 1u);
    BOOST_TEST(!gates.of(one).admits("a"));
    BOOST_TEST(gates.of(other).admits("a"));
    BOOST_TEST(!gates.keeps_out(one));
    gates.of(one).hold("a");
    BOOST_TEST(gates.keeps_out(one));
    BOOST_TEST(!gates.keeps_out(other));
    BOOST_TEST(gates.held() == 1u);
    BOOST_TEST(gates.next_release({}).has_value());
    gates.reopen();
    BOOST_TEST(!gates.is_paused());
    BOOST_TEST(gates.release({}).size() == 1u);
    BOOST_TEST(!gates.next_release({}).has_value());
}

BOOST_AUTO_TEST_CASE(without_a_route_there_is_one_gate) {
    target_gates gates;
    pause(gates, "D.Old");
    BOOST_TEST(!gates.of("D.New").admits("a"));
    BOOST_TEST(gates.find("D.Other") == &gates.of(""));
}

BOOST_AUTO_TEST_SUITE_END()
