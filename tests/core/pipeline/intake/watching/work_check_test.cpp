#include "pipeline/intake/watching/work_check.hpp"

#include "core/pipeline/intake/intake_fixture.hpp"
#include "spool/source/place.hpp"
#include "support/in_work.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;

static const std::string an_id = "11111111-aaaa-4bbb-8ccc-000000000001";
static const std::string other_id = "22222222-aaaa-4bbb-8ccc-000000000002";

BOOST_FIXTURE_TEST_SUITE(work_check_, test::taking)

BOOST_AUTO_TEST_CASE(a_file_that_no_source_has_twice_in_a_row_is_unknown) {
    work_check subject;
    std::vector<std::string> listed{spool::work_location(an_id, "a")};
    BOOST_TEST(subject.unknown(listed, *sources).empty());
    BOOST_TEST(subject.unknown({}, *sources).empty());
    BOOST_TEST(subject.unknown(listed, *sources).empty());
    BOOST_TEST(subject.unknown(listed, *sources) == listed, boost::test_tools::per_element());
    subject.forget();
    BOOST_TEST(subject.unknown(listed, *sources).empty());
}

BOOST_AUTO_TEST_CASE(files_of_sources_are_known_by_id_or_by_place) {
    spool::source what;
    what.id = an_id;
    what.watch = "web";
    what.slices.push_back({"b", spool::work_location(other_id, "b"), 0, 1, {}});
    sources->admit(what);
    work_check subject;
    std::vector<std::string> listed{
        spool::work_location(an_id, "a"), spool::work_location(other_id, "b"), "note"};
    for (int i = 0; i < 3; ++i) BOOST_TEST(subject.unknown(listed, *sources).empty());
}

// The rename succeeded and reported an error.
BOOST_AUTO_TEST_CASE(a_running_watch_takes_over_what_lies_in_work_without_a_source) {
    BOOST_TEST_REQUIRE(open().has_value());
    files.write(test::in_work(an_id + "~a"), "1");
    files.write("b", "1");
    std::filesystem::create_hard_link(files.path("b"), files.path(test::in_work(other_id + "~b")));
    for (int i = 0; i < 130; ++i) pass(1s);
    std::vector<std::string> wanted{"a", "b"};
    BOOST_TEST(names() == wanted, boost::test_tools::per_element());
    BOOST_TEST(!files.has("b"));
    BOOST_TEST(sources->find(an_id) != nullptr);
    BOOST_TEST(has_said("belong to no source"));
    for (int i = 0; i < 130; ++i) pass(1s);
    BOOST_TEST(claimed().size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
