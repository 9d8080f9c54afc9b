#include "pipeline/failover/failover_keeper.hpp"

#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

static constexpr std::size_t west = 0;
static constexpr std::size_t east = 1;

namespace {

// The watch "web" of the cluster west goes to east after 15 minutes, "app" of west waits.
struct keeping : test::world {
    keeping() {
        names.add("west");
        names.add("east");
        add("web", "east");
        add("app", "");
    }

    void add(const std::string& name, const std::string& to) {
        watch_options options;
        options.name = name;
        options.cluster = "west";
        options.failover.to = to;
        watches.add(std::move(options));
    }
    void look(bool west_works) {
        cluster_look seen;
        if (!west_works) {
            seen.trouble = failure{errc::timeout, remedy::retry, "no answer"};
            seen.is_clear = false;
        }
        keeper.note({seen, {}});
    }
    auto said(std::string_view text) {
        return std::ranges::count_if(lines, [&](auto& line) {
            return line.find(text) != std::string::npos;
        });
    }
    void fail_over() {
        look(false);
        pass(15min);
        look(false);
    }
    static spool::source of(const std::string& watch, const std::string& id = "1") {
        spool::source out;
        out.id = id;
        out.watch = watch;
        return out;
    }

    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    metrics measured;
    cluster_names names;
    watch_table watches;
    ready_queue ready{io.get_executor(), clock, {}};
    failover_keeper keeper{{names, watches, ready, clock, log, measured}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(failover_keeper_, keeping)

BOOST_AUTO_TEST_CASE(only_a_watch_with_failover_leaves) {
    BOOST_TEST(keeper.cluster_of(of("web")) == west);
    fail_over();
    BOOST_TEST(keeper.cluster_of(of("web")) == east);
    BOOST_TEST(keeper.cluster_of(of("app")) == west);
    BOOST_TEST(keeper.cluster_of_due(of("app")) == west);
    look(true);
    BOOST_TEST(keeper.cluster_of(of("web")) == west);
}

BOOST_AUTO_TEST_CASE(what_was_posted_or_may_have_been_stays) {
    fail_over();
    auto posted = of("web");
    posted.cluster = std::string("west");
    posted.stage = stage::posted{};
    BOOST_TEST(keeper.cluster_of(posted) == west);
    posted.stage = stage::uploaded{};
    BOOST_TEST(keeper.cluster_of(posted) == east);
    posted.ambiguous_posts = 1;
    BOOST_TEST(keeper.cluster_of(posted) == west);
    BOOST_TEST(keeper.cluster_of_due(posted) == west);
}

BOOST_AUTO_TEST_CASE(what_was_posted_elsewhere_is_awaited_there_when_the_outage_is_over) {
    auto posted = of("web");
    posted.cluster = std::string("east");
    posted.stage = stage::posted{};
    BOOST_TEST(keeper.cluster_of(posted) == east);
}

BOOST_AUTO_TEST_CASE(one_that_is_due_shows_whether_the_cluster_works) {
    fail_over();
    auto trial = of("web", "7");
    BOOST_TEST(keeper.cluster_of(trial) == east);  // Asking begins nothing.
    BOOST_TEST(keeper.cluster_of_due(trial) == west);
    BOOST_TEST(keeper.cluster_of(trial) == west);
    BOOST_TEST(keeper.cluster_of_due(of("web", "8")) == east);
    pass(30s);
    BOOST_TEST(keeper.cluster_of(trial) == east);
    trial.cluster = std::string("west");
    trial.stage = stage::uploaded{};
    BOOST_TEST(keeper.cluster_of(trial) == west);
    keeper.worked("web", west);
    BOOST_TEST(keeper.cluster_of(of("web", "8")) == west);
}

BOOST_AUTO_TEST_CASE(the_state_names_the_other_cluster_the_time_and_what_went_there) {
    BOOST_TEST(!keeper.state_of("app"));
    BOOST_TEST(!keeper.state_of("web")->since);
    BOOST_TEST(!keeper.reason_to_leave(west));
    fail_over();
    auto began = clock.wall_now();
    pass(5s);
    look(false);
    keeper.worked("web", east);
    keeper.worked("app", east);
    auto state = keeper.state_of("web").value();
    BOOST_TEST(state.to == "east");
    BOOST_TEST((state.since == began));
    BOOST_TEST(state.posted == 1u);
    BOOST_TEST((state.why->code == errc::timeout));
    BOOST_TEST(keeper.reason_to_leave(west).has_value());
    BOOST_TEST(!keeper.reason_to_leave(east));
    BOOST_TEST(measured.value("kustodrop_failover_active", {{"watch", "web"}}).value() == 1);
    look(true);
    BOOST_TEST(measured.value("kustodrop_failover_active", {{"watch", "web"}}).value() == 0);
    BOOST_TEST(!keeper.reason_to_leave(west));
}

BOOST_AUTO_TEST_CASE(it_is_said_once_when_it_begins_and_when_it_ends) {
    fail_over();
    look(false);
    look(true);
    look(true);
    BOOST_TEST(said("goes to the other cluster") == 1);
    BOOST_TEST(said("ships to its own cluster again") == 1);
}

BOOST_AUTO_TEST_CASE(where_neither_works_it_is_not_said_that_the_watch_ships_again) {
    fail_over();
    cluster_look fails;
    fails.trouble = failure{errc::timeout, remedy::retry, "no answer"};
    fails.is_clear = false;
    keeper.note({fails, fails});
    BOOST_TEST(said("ships to its own cluster again") == 0);
    BOOST_TEST(said("the other cluster does not work either") == 1);
}

BOOST_AUTO_TEST_CASE(what_waits_in_line_takes_the_new_way_at_once) {
    ready.set_classifier([this](const std::string& id) {
        return ready_queue::standing{"web", false, keeper.cluster_of(of("web", id))};
    });
    ready.push("1", clock.now() + std::chrono::hours(2));
    fail_over();
    auto popped = start(ready.pop(east));
    settle();
    BOOST_TEST(popped->value.value().value() == "1");
}

BOOST_AUTO_TEST_CASE(a_request_that_succeeds_ends_an_outage_without_a_file) {
    fail_over();
    BOOST_TEST(!keeper.state_of("web")->tried.has_value());
    BOOST_TEST(!keeper.begins_probe(east));
    pass(30s);
    BOOST_TEST(keeper.begins_probe(west));
    pass(5s);
    auto since = clock.wall_now() - *keeper.state_of("web")->tried;
    BOOST_TEST((since == std::chrono::seconds(5)));
    keeper.seems_well(west);
    look(true);
    BOOST_TEST(!keeper.state_of("web")->since.has_value());
    BOOST_TEST(!keeper.reason_to_leave(west).has_value());
    BOOST_TEST(said("the watch ships to its own cluster again") == 1);
}

BOOST_AUTO_TEST_CASE(a_cluster_that_no_watch_leaves_needs_no_request) {
    fail_over();
    watches.find("web")->options.failover.to.clear();
    pass(1h);
    look(false);
    BOOST_TEST(!keeper.begins_probe(west));
}

BOOST_AUTO_TEST_SUITE_END()
