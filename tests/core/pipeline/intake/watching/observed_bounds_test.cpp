// What a watch remembers of its files is bounded.
#include "pipeline/intake/watching/observed_files.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

struct observing_many {
    watch_options marked;
    observed_files subject{watch_options{}};
    kept_files kept;
    time_point now = time_point() + 1h;

    observing_many() { marked.include = {"*.csv"}, marked.done_marker = ".ok"; }

    static spool::sighting file(const std::string& name) {
        spool::sighting out;
        out.name = name;
        out.identity = {1, 7, 10, 20, 30};
        out.kind = spool::file_kind::regular;
        out.links = 1;
        out.readable = true;
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(observed_bounds, observing_many)

BOOST_AUTO_TEST_CASE(so_many_closed_files_are_known_and_no_more) {
    auto closed = [&](int number) {
        auto seen = file(std::to_string(number) + ".csv");
        subject.note({seen, {}, true}, kept, now);
        return subject.was_closed(seen);
    };
    for (int i = 0; i < 20'000; ++i) closed(i);
    BOOST_TEST(!closed(20'000));
    BOOST_TEST(closed(19'999));
}

BOOST_AUTO_TEST_CASE(so_many_unmarked_files_are_known_and_no_more) {
    subject = observed_files(marked);
    spool::scan found;
    for (int i = 0; i < 20'001; ++i) found.sightings.push_back(file(std::to_string(i) + ".csv"));
    found.sightings.push_back(file("not-ours.txt"));
    subject.note_marked(found);
    subject.note({file("one more.csv"), {}, false}, kept, now);
    BOOST_TEST(subject.complete() == 0u);
    BOOST_TEST(!subject.has_hints());
}

BOOST_AUTO_TEST_SUITE_END()
