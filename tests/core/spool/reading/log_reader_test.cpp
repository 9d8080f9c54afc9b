// Slices of followed logs, which are read from open files whatever their names are.
#include "spool/folder/beneath.hpp"
#include "spool/reading/records/tail_check.hpp"
#include "spool/reading/source_reader.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct reading_logs {
    test::temp_folder folder;
    source what;
    reader_options options;

    reading_logs() {
        options.how = compression::none;
        options.root_fd = folder.root();
    }

    void append(const std::string& name, std::string_view text) {
        std::ofstream(folder.path(name), std::ios::app | std::ios::binary) << text;
    }

    void add(const std::string& name, std::uint64_t from, std::uint64_t to) {
        auto opened = open_beneath(folder.root(), name, O_RDONLY);
        slice part = folder.slice(name);
        part.offset = from;
        part.length_bytes = to - from;
        part.start_check = from > 0 ? tail_check(opened.get(), from) : 0;
        part.end_check = tail_check(opened.get(), to);
        what.slices.push_back(part);
        options.logs.push_back(std::make_shared<const descriptor>(std::move(opened)));
    }

    result<std::string> read() {
        auto reader = source_reader::open(what, options);
        std::string whole;
        std::string buffer(4096, '\0');
        for (;;) {
            auto made = reader->next(buffer);
            if (!made) return made.error();
            whole.append(buffer, 0, made->bytes);
            if (made->last) break;
        }
        return {boost::system::in_place_value, whole};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(log_reader_, reading_logs)

BOOST_AUTO_TEST_CASE(ranges_are_read_from_renamed_and_deleted_and_grown_files) {
    append("a", "1\n2\n3\n");
    append("b", "4\n");
    add("a", 2, 4);
    add("b", 0, 2);
    std::filesystem::rename(folder.path("a"), folder.path("a.1"));
    append("a.1", "late\n");
    append("a", "another\n");
    std::filesystem::remove(folder.path("b"));
    BOOST_TEST(read().value() == "2\n4\n");
}

BOOST_AUTO_TEST_CASE(a_range_is_text_whatever_it_begins_with) {
    append("a", "1\n\x1f\x8b is not gzip\n");
    add("a", 2, 17);
    BOOST_TEST(read().value() == "\x1f\x8b is not gzip\n");
    what.slices.clear();
    options.logs.clear();
    append("b", "BZh9 is not bzip2\n");
    add("b", 0, 18);
    BOOST_TEST(read().value() == "BZh9 is not bzip2\n");
}

BOOST_AUTO_TEST_CASE(a_truncated_log_is_not_read) {
    append("a", "1\n2\n3\n");
    add("a", 2, 4);
    std::filesystem::resize_file(folder.path("a"), 3);
    BOOST_TEST(read().error().code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(a_log_that_was_written_again_is_not_read) {
    append("a", "1\n2\n3\n");
    add("a", 2, 4);
    std::filesystem::resize_file(folder.path("a"), 0);
    append("a", "1\nX\n3\n");
    BOOST_TEST(read().error().code == errc::file_changed);
    std::filesystem::resize_file(folder.path("a"), 0);
    append("a", "X\n2\n3\n");
    BOOST_TEST(read().error().code == errc::file_changed);
}

BOOST_AUTO_TEST_CASE(a_log_that_is_not_open_has_vanished) {
    append("a", "1\n");
    add("a", 0, 2);
    options.logs[0] = nullptr;
    BOOST_TEST(read().error().code == errc::file_vanished);
}

BOOST_AUTO_TEST_CASE(rows_of_containers_are_the_same_whenever_they_are_read) {
    std::string at = "2026-01-01T00:00:00.1Z ";
    append("0.log.1", at + "stdout P a\n");
    append("0.log", at + "stdout F b\n" + at + "stderr F c,\"d\"\n");
    add("0.log.1", 0, 34);
    add("0.log", 0, 34 + 38);
    row_rules rules;
    rules.records.kind = record_kind::cri;
    rules.columns = {*parse_column("stream"), *parse_column("message"), *parse_column("file")};
    options.rows = rules;
    std::string expected = "stdout,ab,0.log.1\nstderr,\"c,\"\"d\"\"\",0.log\n";
    BOOST_TEST(read().value() == expected);
    append("0.log", "more\n");
    std::filesystem::rename(folder.path("0.log"), folder.path("0.log.2"));
    BOOST_TEST(read().value() == expected);
    auto reader = source_reader::open(what, options);
    std::string buffer(4096, '\0');
    BOOST_TEST(reader->next(buffer).value().last);
    BOOST_TEST(reader->raw_bytes() == expected.size());
}

BOOST_AUTO_TEST_SUITE_END()
