#include "daemon/reconciling/named_targets.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::daemon;

namespace {

std::vector<std::string> names(const std::string& target, const std::string& database = {}) {
    kustodrop::kusto::target of_watch;
    of_watch.database = "my.db";
    of_watch.table = "Web.1";
    journal_sum sum;
    sum.target = target;
    sum.database = database;
    sum.table = "T";
    std::vector<std::string> out;
    for (auto& one : named_targets(of_watch, sum)) out.push_back(one.database + "|" + one.table);
    return out;
}

using list = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(named_targets_)

BOOST_AUTO_TEST_CASE(what_the_journal_says_decides) {
    BOOST_TEST((names("contoso.com.T", "contoso.com") == list{"contoso.com|T"}));
}

BOOST_AUTO_TEST_CASE(the_target_of_the_watch_is_known) {
    BOOST_TEST((names("my.db.Web.1") == list{"my.db|Web.1"}));
}

BOOST_AUTO_TEST_CASE(else_each_point_may_part_database_and_table) {
    BOOST_TEST((names("a.b.c") == list{"a|b.c", "a.b|c"}));
    BOOST_TEST((names("my.db.Old") == list{"my.db|Old", "my|db.Old"}));
    BOOST_TEST((names("a.Web.1") == list{"a|Web.1", "a.Web|1"}));
    BOOST_TEST((names("odd") == list{"my.db|Web.1"}));
}

BOOST_AUTO_TEST_SUITE_END()
