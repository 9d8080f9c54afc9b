#include "daemon/commands/recorded/dealt_with.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;
namespace json = boost::json;

static spool::sighting file(std::string name, std::uint64_t bytes) {
    spool::sighting seen;
    seen.name = std::move(name);
    seen.kind = spool::file_kind::regular;
    seen.identity.inode = 7;
    seen.identity.size_bytes = bytes;
    return seen;
}

static json::object row(const char* location, const char* stage, std::uint64_t inode = 7) {
    json::object out{
        {"location", location},
        {"stage", stage},
        {"offset", 0},
        {"bytes", 10},
        {"inode", inode},
        {"outcome", nullptr},
        {"code", ""},
        {"changed_at", "10:00"}};
    if (std::string_view(stage) == "retired") out["outcome"] = "succeeded";
    return out;
}

BOOST_AUTO_TEST_SUITE(dealt_with_)

BOOST_AUTO_TEST_CASE(a_file_that_is_what_was_shipped_stays) {
    daemon::dealt_with found({file("a", 10), file("b", 10), file("new", 10)});
    found.take({row("a", "retired"), row("b", "posted"), row(".kustodrop/archive/d/x", "retired")});
    BOOST_TEST(found.known().size() == 2u);
    BOOST_TEST(found.known().at("a") == "shipped at 10:00, and unchanged since");
    BOOST_TEST(found.known().at("b") == "on its way: posted");
    BOOST_TEST(!found.is_complete());
}

BOOST_AUTO_TEST_CASE(one_that_has_changed_is_shipped_again) {
    daemon::dealt_with found({file("longer", 11), file("other", 10)});
    found.take({row("longer", "retired"), row("other", "retired", 8)});
    BOOST_TEST(found.known().empty());
    BOOST_TEST(found.is_complete());
}

BOOST_AUTO_TEST_CASE(the_newest_row_counts) {
    daemon::dealt_with found({file("a", 10)});
    found.take({row("a", "posted"), row("a", "retired")});
    BOOST_TEST(found.known().at("a") == "on its way: posted");
}

BOOST_AUTO_TEST_SUITE_END()
