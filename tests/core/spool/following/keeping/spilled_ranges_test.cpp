#include "spool/following/keeping/spilled_ranges.hpp"

#include "spool/following/keeping/kept_ranges.hpp"
#include "spool/reading/records/tail_check.hpp"
#include "spool/reading/source_reader.hpp"
#include "spool/source/place.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct spilling_ranges {
    test::temp_folder files;
    spilled_ranges spilled{files.path("state/follow/web")};
    spill_limits limits{1u << 20u};
    std::string text;

    spilling_ranges() {
        files.make_folder("state");
        files.make_folder("logs/sub");
        for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + ",a line of this log\n";
        files.write("logs/app.log", text);
    }

    descriptor open(const std::string& name = "app.log") const {
        return descriptor(::open(files.path("logs/" + name).c_str(), O_RDWR | O_CLOEXEC));
    }

    slice range(std::uint64_t from, std::uint64_t to, const std::string& name = "app.log") const {
        auto file = open(name);
        slice out;
        out.name = out.location = name;
        out.offset = from;
        out.length_bytes = to - from;
        out.start_check = start_check(file.get(), from, to);
        out.end_check = tail_check(file.get(), to);
        return out;
    }

    slice spill(slice what, const std::string& id = "an-id") const {
        auto written = spilled.write(open(what.name).get(), what, id, limits);
        BOOST_TEST_REQUIRE(written.refusal == "");
        what.location = written.location;
        return what;
    }

    std::string file_of(const slice& what) const {
        return files.path("state/follow/web" + what.location);
    }

    result<std::string> read(const std::vector<slice>& slices) const {
        source what;
        what.slices = slices;
        reader_options options;
        options.how = compression::none;
        options.root_fd = files.root();
        for (auto& one : slices) options.logs.push_back(spilled.open(one.location));
        auto reader = source_reader::open(what, options);
        std::string whole;
        std::string buffer(4096, '\0');
        for (;;) {
            auto made = reader->next(buffer);
            if (made.has_error()) return made.error();
            whole.append(buffer, 0, made->bytes);
            if (made->last) break;
        }
        return {boost::system::in_place_value, whole};
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(room_to_spill_)

BOOST_AUTO_TEST_CASE(what_is_used_is_taken_off_and_the_disk_may_have_less) {
    spill_limits limits{100};
    BOOST_TEST((room_to_spill(limits, 30, 10) == spill_room{70, "spill.max_bytes"}));
    BOOST_TEST((room_to_spill(limits, 130, 10) == spill_room{0, "spill.max_bytes"}));
    limits.min_free_percent = 5;
    BOOST_TEST((room_to_spill(limits, 30, 10) == spill_room{10, "retention.min_free"}));
    BOOST_TEST((room_to_spill(limits, 30, 1000) == spill_room{70, "spill.max_bytes"}));
}

BOOST_AUTO_TEST_CASE(a_file_takes_whole_blocks) {
    BOOST_TEST(room_of(0) == 0u);
    BOOST_TEST(room_of(1) == 4096u);
    BOOST_TEST(room_of(4097) == 8192u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(spilled_ranges_, spilling_ranges)

BOOST_AUTO_TEST_CASE(a_range_is_compressed_and_only_for_us_to_read) {
    auto what = spill(range(0, text.size()));
    BOOST_TEST(is_spilled(what.location));
    auto bytes = std::to_string(text.size());
    BOOST_TEST(what.location == "/spill/app.log@0-" + bytes + ".an-id.gz");
    struct ::stat facts = {};
    BOOST_TEST_REQUIRE(::stat(file_of(what).c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 0777) == 0600u);
    BOOST_TEST(static_cast<std::size_t>(facts.st_size) < text.size() / 2);
    BOOST_TEST(spilled.is_whole(what));
    BOOST_TEST(read({what}).value() == text);
    BOOST_TEST((spilled.use() == spill_use{1, room_of(static_cast<std::uint64_t>(facts.st_size))}));
}

BOOST_AUTO_TEST_CASE(ranges_are_read_one_after_the_other_whatever_their_log_is_by_now) {
    files.write("logs/sub/0.log", "x,y\n");
    auto first = spill(range(text.size() / 2, text.size()), "1");
    auto second = spill(range(0, 4, "sub/0.log"), "2");
    std::filesystem::remove_all(files.path("logs"));
    BOOST_TEST(read({first, second}).value() == text.substr(text.size() / 2) + "x,y\n");
}

BOOST_AUTO_TEST_CASE(a_line_over_and_over_is_inflated_in_little_memory) {
    std::string same;
    for (int i = 0; i < 200'000; ++i) same += "the same line over and over again\n";
    files.write("logs/same.log", same);
    BOOST_TEST(read({spill(range(0, same.size(), "same.log"))}).value() == same);
}

BOOST_AUTO_TEST_CASE(what_finds_no_room_leaves_nothing) {
    limits.max_bytes = 4096;
    auto what = range(0, text.size());
    auto written = spilled.write(open().get(), what, "an-id", limits);
    BOOST_TEST(written.location == "");
    BOOST_TEST(written.is_full);
    BOOST_TEST(written.refusal == "spill.max_bytes");
    BOOST_TEST((spilled.use() == spill_use{}));
    spill(range(0, 20));
    BOOST_TEST(
        spilled.write(open().get(), range(20, 40), "2", limits).refusal == "spill.max_bytes"
    );
}

BOOST_AUTO_TEST_CASE(on_a_disk_that_is_full_nothing_is_written) {
    limits.min_free_percent = 100;
    auto written = spilled.write(open().get(), range(0, 20), "an-id", limits);
    BOOST_TEST(written.refusal == "retention.min_free");
    BOOST_TEST((spilled.use() == spill_use{}));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_other_ones_by_now_are_not_written) {
    auto what = range(0, 2000);
    auto file = open();
    BOOST_TEST(::pwrite(file.get(), "other", 5, 1990) == 5);
    auto written = spilled.write(file.get(), what, "an-id", limits);
    BOOST_TEST(written.location == "");
    BOOST_TEST(!written.is_full);
    BOOST_TEST(written.refusal == "the bytes changed while they were copied");
    BOOST_TEST(::ftruncate(file.get(), 1000) == 0);
    BOOST_TEST(spilled.write(file.get(), what, "an-id", limits).location == "");
    BOOST_TEST((spilled.use() == spill_use{}));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_broken_or_absent_is_not_read) {
    auto what = spill(range(0, text.size()));
    auto size = std::filesystem::file_size(file_of(what));
    std::filesystem::resize_file(file_of(what), size - 1);
    BOOST_TEST(!spilled.is_whole(what));
    BOOST_TEST(read({what}).error().code == errc::file_changed);
    std::fstream file(file_of(what), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << "xxxx";
    file.close();
    BOOST_TEST(read({what}).error().code == errc::file_changed);
    std::filesystem::remove(file_of(what));
    BOOST_TEST(!spilled.has(what));
    BOOST_TEST(read({what}).error().code == errc::file_vanished);
}

BOOST_AUTO_TEST_CASE(what_is_not_needed_is_deleted_with_what_is_half_written) {
    auto needed = spill(range(0, 20), "1");
    auto other = spill(range(20, 40), "2");
    files.write("state/follow/web/spill/.3.part", "half");
    BOOST_TEST(spilled.others({needed.location}).size() == 2u);
    BOOST_TEST((spilled.remove_others({needed.location}) == spill_use{2, 8192}));
    BOOST_TEST(spilled.has(needed));
    BOOST_TEST(!spilled.has(other));
    BOOST_TEST((spilled.remove_others({}) == spill_use{1, 4096}));
}

BOOST_AUTO_TEST_CASE(a_log_with_a_long_name_is_spilled) {
    std::string name(250, 'n');
    files.write("logs/" + name, "1,a\n");
    BOOST_TEST(read({spill(range(0, 4, name))}).value() == "1,a\n");
}

BOOST_AUTO_TEST_CASE(one_that_failed_is_kept_in_quarantine_as_it_was) {
    auto what = spill(range(0, text.size()));
    kept_ranges kept(files.path("state/follow/web"));
    auto file = spilled.open(what.location);
    auto location = kept.keep_inflated(file->get(), what, "an-id", "{\"source_id\": \"an-id\"}");
    BOOST_TEST_REQUIRE(location.has_value());
    BOOST_TEST(files.read("state/follow/web" + *location) == text);
    BOOST_TEST(kept.keep_inflated(file->get(), what, "an-id", "{}").value() == *location);
    what.length_bytes += 1;
    auto wrong = kept.keep_inflated(file->get(), what, "other-id", "{}");
    BOOST_TEST(wrong.error().code == errc::file_vanished);
}

BOOST_AUTO_TEST_SUITE_END()
