#include "pipeline/shipping/unfinished.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using kustodrop::pipeline::unfinished_files;
using step = unfinished_files::step;

namespace {

struct writing {
    writing() {
        source.id = "s";
        source.slices.push_back({"a.gz", "a.gz", 0, 10, {}});
        set(10, 0s);
    }

    // The file has so many bytes, and was written last so long after the beginning.
    void set(std::uint64_t bytes, duration modified) {
        auto& identity = source.slices.front().identity;
        identity.size_bytes = bytes;
        auto since_epoch = wall_time(100h).time_since_epoch() + modified;
        identity.modified_ns = std::chrono::nanoseconds(since_epoch).count();
    }

    unfinished_files::moment at(duration passed) const {
        auto micro = std::chrono::duration_cast<std::chrono::microseconds>(passed);
        return {time_point(1h) + passed, wall_time(100h) + micro, 60s};
    }

    step read(duration passed) { return files.before_reading(source, at(passed)); }
    step broken(duration passed) { return files.broken(source, why, at(passed)); }

    spool::source source;
    failure why{errc::broken_gzip, remedy::retry, "cut"};
    unfinished_files files;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unfinished_, writing)

BOOST_AUTO_TEST_CASE(a_file_of_which_nothing_is_known_is_read) {
    BOOST_TEST((read(0s) == step::read));
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_not_read_again_while_it_is_as_it_was) {
    BOOST_TEST((broken(1s) == step::wait));
    BOOST_TEST((read(3s) == step::wait));
    BOOST_TEST((read(59s) == step::wait));
    BOOST_TEST((read(60s) == step::give_up));
    BOOST_TEST(files.why("s").detail == "cut");
}

BOOST_AUTO_TEST_CASE(one_that_was_written_long_ago_has_no_writer) {
    BOOST_TEST((broken(60s) == step::give_up));
}

BOOST_AUTO_TEST_CASE(a_file_time_in_the_future_does_not_keep_it_for_ever) {
    set(10, 1000h);
    BOOST_TEST((broken(0s) == step::wait));
    BOOST_TEST((read(59s) == step::wait));
    BOOST_TEST((read(60s) == step::give_up));
}

BOOST_AUTO_TEST_CASE(one_that_grows_is_read_when_it_rests) {
    BOOST_TEST((broken(1s) == step::wait));
    set(20, 30s);
    BOOST_TEST((read(31s) == step::wait));
    set(30, 33s);
    BOOST_TEST((read(34s) == step::wait));
    BOOST_TEST((read(36s) == step::read));
    BOOST_TEST((broken(36s) == step::wait));
    BOOST_TEST((read(70s) == step::wait));
    BOOST_TEST((read(93s) == step::give_up));
}

BOOST_AUTO_TEST_CASE(one_that_changed_between_two_reads_rests_from_the_second_on) {
    BOOST_TEST((broken(1s) == step::wait));
    set(20, 30s);
    BOOST_TEST((broken(31s) == step::wait));
    BOOST_TEST((read(89s) == step::wait));
    BOOST_TEST((read(91s) == step::give_up));
}

BOOST_AUTO_TEST_CASE(one_that_grew_while_it_was_read_is_read_when_it_rests) {
    files.outgrown(source, why, time_point(1h));
    BOOST_TEST((read(1s) == step::read));
    set(20, 1s);
    BOOST_TEST((read(2s) == step::wait));
    BOOST_TEST((read(4s) == step::read));
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_read) {
    broken(1s);
    files.forget("s");
    BOOST_TEST((read(2s) == step::read));
}

BOOST_AUTO_TEST_SUITE_END()
