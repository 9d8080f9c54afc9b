#include "daemon/supervision/stderr_lines.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <string>
#include <unistd.h>

using namespace kustodrop;
using daemon::stderr_lines;

namespace {

// Something that can be written to and is read only when asked for.
struct stream {
    spool::descriptor to_write;
    spool::descriptor to_read;

    // All that is there now.
    std::string read() const {
        std::string out;
        std::array<char, 65536> some;
        for (;;) {
            auto bytes = ::read(to_read.get(), some.data(), some.size());
            if (bytes <= 0) return out;
            out.append(some.data(), static_cast<std::size_t>(bytes));
        }
    }
};

}  // namespace

static stream pipe_of(bool through_socket) {
    std::array<int, 2> ends;
    auto made =
        through_socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) : ::pipe(ends.data());
    BOOST_TEST_REQUIRE(made == 0);
    // A pipe's first descriptor is read, the second one written.
    stream out{spool::descriptor(ends[1]), spool::descriptor(ends[0])};
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return out;
}

static std::string line_of(int number) { return std::to_string(number) + std::string(200, '.'); }

static std::string lines_of(int from, int to) {
    std::string out;
    for (int i = from; i < to; ++i) out += line_of(i) + "\n";
    return out;
}

BOOST_AUTO_TEST_SUITE(stderr_lines_)

BOOST_AUTO_TEST_CASE(are_written_at_once_where_they_are_read) {
    auto to = pipe_of(false);
    stderr_lines subject(to.to_write.get());
    subject.write("one");
    subject.write("two");
    BOOST_TEST(to.read() == "one\ntwo\n");
    BOOST_TEST(subject.take_lost() == 0u);
}

BOOST_AUTO_TEST_CASE(wait_without_holding_anything_up_while_nothing_is_read) {
    for (bool through_socket : {false, true}) {
        auto to = pipe_of(through_socket);
        stderr_lines subject(to.to_write.get());
        for (int i = 0; i < 3000; ++i) subject.write(line_of(i));
        std::string all;
        for (int i = 0; i < 100; ++i) {
            all += to.read();
            subject.write_waiting();
        }
        BOOST_TEST((all == lines_of(0, 3000)));
        BOOST_TEST(subject.take_lost() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(are_lost_whole_and_counted_when_too_many_wait) {
    auto to = pipe_of(false);
    stderr_lines subject(to.to_write.get(), 100 * 1024);
    for (int i = 0; i < 3000; ++i) subject.write(line_of(i));
    BOOST_TEST(subject.take_lost() == 0u);  // Others wait in front of that.
    std::string all;
    for (int i = 0; i < 100; ++i) {
        all += to.read();
        subject.write_waiting();
    }
    auto written = static_cast<int>(std::ranges::count(all, '\n'));
    BOOST_TEST(written > 500);
    BOOST_TEST(written < 1500);
    BOOST_TEST((all == lines_of(0, written)));
    BOOST_TEST(subject.take_lost() == static_cast<std::uint64_t>(3000 - written));
    BOOST_TEST(subject.take_lost() == 0u);
}

BOOST_AUTO_TEST_CASE(are_not_kept_for_a_reader_that_has_closed_its_end) {
    auto to = pipe_of(true);
    stderr_lines subject(to.to_write.get());
    for (int i = 0; i < 3000; ++i) subject.write(line_of(i));
    to.to_read.reset();
    subject.write("one more");
    subject.finish(1h);  // It would wait where something was left.
    BOOST_TEST(subject.take_lost() == 0u);
}

BOOST_AUTO_TEST_CASE(of_the_end_wait_no_longer_than_that) {
    auto to = pipe_of(false);
    stderr_lines subject(to.to_write.get());
    for (int i = 0; i < 3000; ++i) subject.write(line_of(i));
    subject.finish(100ms);
    BOOST_TEST(!to.read().empty());
}

BOOST_AUTO_TEST_SUITE_END()
