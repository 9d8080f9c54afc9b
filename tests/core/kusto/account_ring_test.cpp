#include "kusto/account_ring.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace kustodrop;
using kustodrop::azure::storage_place;

namespace {

storage_place place(std::string account, std::string name) {
    storage_place out;
    out.account = std::move(account);
    out.name = std::move(name);
    return out;
}

struct ring_world {
    ring_world() { ring.update(places({"a", "b"}, 4)); }

    static std::vector<storage_place> places(std::vector<std::string> accounts, int each) {
        std::vector<storage_place> out;
        for (auto& account : accounts) {
            for (int i = 0; i < each; ++i) {
                out.push_back(place(account, account + std::to_string(i)));
            }
        }
        return out;
    }

    std::string next_account() {
        auto next = ring.next(now, wall);
        return next ? next->account : "none";
    }

    // A request every `step`; accounts in `sick` fail. How many each account got.
    std::map<std::string, int> run(duration time, duration step) {
        std::map<std::string, int> served;
        for (duration passed{}; passed < time; passed += step) {
            now += step;
            auto account = next_account();
            ++served[account];
            ring.report(account, !sick.contains(account), now);
        }
        return served;
    }

    void break_account(const std::string& account) {
        for (int i = 0; i < 5; ++i) ring.report(account, false, now);
    }

    time_point now{1h};
    wall_time wall{std::chrono::hours(500'000)};
    random_generator random{42};
    kusto::account_ring ring{random};
    std::set<std::string> sick;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(account_ring_, ring_world)

BOOST_AUTO_TEST_CASE(deals_every_place_the_same_number_of_times) {
    std::map<std::string, int> uses;
    for (int i = 0; i < 800; ++i) ++uses[ring.next(now, wall)->name];
    BOOST_TEST(uses.size() == 8u);
    for (auto& [name, count] : uses) BOOST_TEST(count == 100);
}

BOOST_AUTO_TEST_CASE(alternates_between_accounts) {
    auto before = next_account();
    for (int i = 0; i < 20; ++i) {
        auto account = next_account();
        BOOST_TEST(account != before);
        before = account;
    }
}

BOOST_AUTO_TEST_CASE(different_daemons_begin_in_different_places) {
    std::set<std::string> first;
    for (unsigned seed = 0; seed < 30; ++seed) {
        random_generator other(seed);
        kusto::account_ring one(other);
        one.update(places({"a", "b"}, 4));
        first.insert(one.next(now, wall)->name);
    }
    BOOST_TEST(first.size() > 4u);
}

BOOST_AUTO_TEST_CASE(has_nothing_to_give_without_places) {
    ring.update({});
    BOOST_TEST(!ring.next(now, wall));
    BOOST_TEST(ring.size() == 0u);
}

BOOST_AUTO_TEST_CASE(four_failures_in_a_row_are_forgiven_by_a_success) {
    for (int i = 0; i < 4; ++i) ring.report("a", false, now);
    ring.report("a", true, now);
    for (int i = 0; i < 4; ++i) ring.report("a", false, now);
    BOOST_TEST(ring.is_healthy("a"));
}

BOOST_AUTO_TEST_CASE(five_failures_in_a_row_make_an_account_sick) {
    break_account("a");
    BOOST_TEST(!ring.is_healthy("a"));
    for (int i = 0; i < 20; ++i) BOOST_TEST(next_account() == "b");
}

BOOST_AUTO_TEST_CASE(more_than_half_of_twenty_failing_makes_an_account_sick) {
    for (int i = 0; i < 9; ++i) {
        ring.report("a", false, now);
        ring.report("a", true, now);
    }
    ring.report("a", false, now);
    BOOST_TEST(ring.is_healthy("a"));  // 10 of 19: too few to judge.
    ring.report("a", false, now);
    BOOST_TEST(!ring.is_healthy("a"));
}

BOOST_AUTO_TEST_CASE(exactly_half_failing_is_no_reason) {
    for (int i = 0; i < 100; ++i) {
        ring.report("a", true, now);
        ring.report("a", false, now);
    }
    BOOST_TEST(ring.is_healthy("a"));
}

BOOST_AUTO_TEST_CASE(failures_of_more_than_thirty_seconds_ago_do_not_count) {
    for (int i = 0; i < 9; ++i) {
        ring.report("a", false, now);
        ring.report("a", false, now);
        ring.report("a", true, now);
    }
    // 18 of 27 would be enough, but for the order: it opened at the twentieth.
    BOOST_TEST(!ring.is_healthy("a"));
    for (int i = 0; i < 6; ++i) {
        ring.report("b", false, now);
        ring.report("b", false, now);
        ring.report("b", true, now);
    }
    now += 35s;
    ring.report("b", false, now);
    ring.report("b", false, now);
    BOOST_TEST(ring.is_healthy("b"));
}

BOOST_AUTO_TEST_CASE(a_sick_account_gets_at_most_two_percent_and_only_probes) {
    sick = {"a"};
    run(1s, 100ms);
    auto served = run(10min, 100ms);
    BOOST_TEST(served["a"] <= served["b"] / 49);
    BOOST_TEST(served["a"] >= 10);
}

BOOST_AUTO_TEST_CASE(a_slow_trickle_spares_a_sick_account_too) {
    sick = {"a"};
    run(30s, 1s);
    auto served = run(50min, 1s);
    BOOST_TEST(served["a"] <= 60 + 1);
    BOOST_TEST(served["a"] >= 30);
}

BOOST_AUTO_TEST_CASE(is_back_at_its_share_within_a_minute_of_recovering) {
    for (auto step : {50ms, 200ms, 1000ms}) {
        sick = {"a"};
        run(7min, step);
        BOOST_TEST(!ring.is_healthy("a"));
        sick.clear();
        run(1min, step);
        auto served = run(1min, step);
        BOOST_TEST(served["a"] >= served["b"] - 1);
    }
}

BOOST_AUTO_TEST_CASE(the_first_probe_comes_after_five_to_fifteen_seconds) {
    break_account("a");
    auto until_probe = 0ms;
    while (next_account() != "a") {
        now += 10ms;
        until_probe += 10ms;
        BOOST_TEST_REQUIRE(until_probe.count() < 20'000);
    }
    BOOST_TEST((until_probe >= 5s));
    BOOST_TEST((until_probe <= 15s));
}

BOOST_AUTO_TEST_CASE(there_is_one_probe_at_a_time) {
    break_account("a");
    now += 55s;
    BOOST_TEST(next_account() == "a");
    for (int i = 0; i < 200; ++i) BOOST_TEST(next_account() == "b");
}

BOOST_AUTO_TEST_CASE(a_probe_that_is_never_heard_of_again_is_repeated) {
    break_account("a");
    now += 55s;
    BOOST_TEST(next_account() == "a");
    now += 61s;
    BOOST_TEST(next_account() == "a");
}

BOOST_AUTO_TEST_CASE(late_answers_to_earlier_requests_do_not_heal) {
    break_account("a");
    ring.report("a", true, now);
    BOOST_TEST(!ring.is_healthy("a"));
}

BOOST_AUTO_TEST_CASE(with_every_account_sick_they_take_turns) {
    break_account("a");
    now += 1s;
    break_account("b");
    BOOST_TEST(next_account() == "a");
    now += 1ms;
    BOOST_TEST(next_account() == "b");
    now += 1ms;
    BOOST_TEST(next_account() == "a");
    ring.report("a", true, now);
    BOOST_TEST(ring.is_healthy("a"));
}

BOOST_AUTO_TEST_CASE(skips_what_is_about_to_expire) {
    auto all = places({"a", "b"}, 2);
    for (auto& one : all) {
        one.expires_at = wall + std::chrono::minutes(one.account == "a" ? 4 : 60);
        one.reserve = 5min;
    }
    ring.update(all);
    for (int i = 0; i < 6; ++i) BOOST_TEST(next_account() == "b");
    wall += std::chrono::minutes(55);
    BOOST_TEST(next_account() == "none");
}

BOOST_AUTO_TEST_CASE(prefers_a_healthy_account_even_if_probing_is_not_possible) {
    auto all = places({"a", "b"}, 1);
    all[0].expires_at = wall;  // a's only place has expired.
    ring.update(all);
    break_account("a");
    now += 2min;
    BOOST_TEST(next_account() == "b");
}

BOOST_AUTO_TEST_CASE(an_account_that_stays_keeps_its_health_over_an_update) {
    break_account("a");
    ring.update(places({"a", "c"}, 4));
    BOOST_TEST(!ring.is_healthy("a"));
    BOOST_TEST(ring.is_healthy("c"));
    BOOST_TEST(!ring.is_healthy("b"));
    for (int i = 0; i < 10; ++i) BOOST_TEST(next_account() == "c");
}

BOOST_AUTO_TEST_CASE(reports_about_strangers_are_ignored) {
    ring.report("unknown", false, now);
    BOOST_TEST(!ring.is_healthy("unknown"));
}

BOOST_AUTO_TEST_CASE(accounts_with_fewer_places_do_not_end_the_round) {
    auto all = places({"a"}, 1);
    for (auto& one : places({"b"}, 3)) all.push_back(one);
    ring.update(all);
    std::set<std::string> names;
    for (int i = 0; i < 12; ++i) names.insert(ring.next(now, wall)->name);
    BOOST_TEST((names == std::set<std::string>{"a0", "b0", "b1", "b2"}));
}

BOOST_FIXTURE_TEST_CASE(an_account_that_holds_most_of_what_is_sent_is_passed_over, ring_world) {
    ring.busy_with("removed", 3, 4);  // It was taken out of the list meanwhile.
    ring.busy_with("b", 3, 4);
    std::set<std::string> met;
    for (int i = 0; i < 8; ++i) met.insert(next_account());
    BOOST_TEST(met.size() == 2u);
    ring.busy_with("b", 5, 8);
    for (int i = 0; i < 8; ++i) BOOST_TEST(next_account() == "a");
    // The other one holds most by now, but something must be sent to one of them.
    ring.busy_with("a", 9, 10);
    met.clear();
    for (int i = 0; i < 24; ++i) met.insert(next_account());
    BOOST_TEST(met.size() == 2u);
    ring.busy_with("a", 4, 8);
    ring.busy_with("b", 4, 8);
    met.clear();
    for (int i = 0; i < 8; ++i) met.insert(next_account());
    BOOST_TEST(met.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(who_was_passed_over_has_its_turns_afterwards, ring_world) {
    std::map<std::string, int> turns;
    for (int i = 0; i < 400; ++i) {
        // For a moment, now one and now the other, as chance has it in every busy hour.
        ring.busy_with("a", i % 7 < 2 ? 5 : 0, 6);
        ring.busy_with("b", i % 7 == 4 ? 5 : 0, 6);
        ++turns[next_account()];
    }
    BOOST_TEST(std::abs(turns["a"] - turns["b"]) <= 8);
    ring.busy_with("a", 0, 6);
    // Long ones are not paid back.
    ring.busy_with("b", 5, 6);
    for (int i = 0; i < 100; ++i) BOOST_TEST(next_account() == "a");
    ring.busy_with("b", 0, 6);
    turns.clear();
    for (int i = 0; i < 100; ++i) ++turns[next_account()];
    BOOST_TEST(turns["b"] >= 50);
    BOOST_TEST(turns["b"] <= 60);
}

BOOST_AUTO_TEST_SUITE_END()
