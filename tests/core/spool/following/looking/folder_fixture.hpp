#pragma once

#include "spool/following/looking/followed_logs.hpp"
#include "spool/reading/gzip.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace kustodrop::test {

using namespace kustodrop::spool;

struct following_a_folder {
    test::temp_folder place;
    drop_folder folder = drop_folder::open(place.path()).value();
    test::temp_folder scratch;
    std::string inflated_in = scratch.path();
    hold_limits limits;
    bool spills = false;
    std::vector<std::string> include{"*.log"};
    bool recursive = false;
    std::unique_ptr<followed_logs> subject = make();
    time_point now{};
    std::map<log_number, log_record> journal;
    std::set<std::uint64_t> pinned;

    std::unique_ptr<followed_logs> make() const {
        book_options book;
        book.watch = "app";
        following_rules rules;
        rules.names.include = include;
        rules.recursive = recursive;
        rules.ranges.max_record = 100;
        rules.hold = limits;
        rules.spills = spills;
        rules.scratch = inflated_in;
        return std::make_unique<followed_logs>(book, rules);
    }

    void append(const std::string& name, const std::string& text) {
        std::ofstream(place.path(name), std::ios::app | std::ios::binary) << text;
    }

    void limit(const hold_limits& wanted) {
        limits = wanted;
        subject = make();
    }

    std::string gzip_of(const std::string& name) {
        std::stringstream text;
        text << std::ifstream(place.path(name), std::ios::binary).rdbuf();
        auto raw = text.str();
        std::string out(raw.size() + 1000, '\0');
        gzip_encoder encoder(compression::fast);
        auto done = encoder.step(raw, out, true);
        BOOST_TEST_REQUIRE(done.finished);
        out.resize(done.produced);
        return out;
    }

    // As a rotator does when it is undisturbed.
    void compress(const std::string& name) {
        append(name + ".gz", gzip_of(name));
        std::filesystem::remove(place.path(name));
    }

    void rename(const std::string& from, const std::string& to) {
        std::filesystem::rename(place.path(from), place.path(to));
    }

    static std::string lines(char first, int count) {
        std::string out;
        for (int i = 0; i < count; ++i) out += first + std::to_string(i) + " of these lines\n";
        return out;
    }

    folder_look look() {
        now += 2s;
        auto seen = subject->look(folder, pinned, now).value();
        record();
        return seen;
    }

    void record() {
        auto changes = subject->take_changes();
        for (auto& log : changes.written) journal[log.number] = log;
        for (auto number : changes.forgotten) journal.erase(number);
    }

    void restart() {
        subject = make();
        std::vector<log_record> logs;
        for (auto& [number, log] : journal) logs.push_back(log);
        subject->restore(logs, true);
    }

    // Cuts all that ends with a record and returns it.
    std::string cut(const folder_look& seen, bool unfinished = false) {
        std::vector<range_wish> wishes;
        for (auto& log : seen.logs) wishes.push_back({log.number, log.size, unfinished});
        std::string out;
        for (auto& one : subject->find(wishes).ranges) {
            auto& bytes = one.range.bytes;
            auto opened = seen.files->find(bytes);
            BOOST_TEST_REQUIRE(opened != nullptr);
            BOOST_TEST(holds_slice(opened->get(), bytes));
            std::string text(bytes.length_bytes, '\0');
            auto at = static_cast<off_t>(bytes.offset);
            BOOST_TEST(
                ::pread(opened->get(), text.data(), text.size(), at) == ssize_t(text.size())
            );
            out += text;
            journal[one.log] = subject->cut(one);
        }
        return out;
    }
    std::string cut() { return cut(look()); }
};

}  // namespace kustodrop::test
