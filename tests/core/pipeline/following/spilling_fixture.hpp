#pragma once

#include "core/pipeline/following/follower_fixture.hpp"
#include "spool/reading/inflated/inflated_bytes.hpp"
#include "spool/source/place.hpp"

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

namespace kustodrop::test {

/// A follower that lets go of deleted logs after 10 s, and spills them.
struct spilling_logs : following {
    spilling_logs() {
        keeps_state = true;
        options.name = "web";
        options.follow.cut.max_age = 1h;
        options.follow.hold.max_time = 10s;
    }

    std::string spill_folder() const { return state.path("follow/web/spill"); }

    std::size_t spilled_files() const {
        using entries = std::filesystem::directory_iterator;
        if (!std::filesystem::exists(spill_folder())) return 0;
        return static_cast<std::size_t>(std::distance(entries(spill_folder()), entries()));
    }

    void remove(const std::string& name) { std::filesystem::remove(files.path(name)); }

    /// A log that is deleted before it was read, and held for too long.
    void spill_one(const std::string& text = "1,a\n2,b\n3") {
        append("app.log", text);
        begin();
        wait();
        remove("app.log");
        wait(20);
    }

    std::string bytes_of(const spool::slice& range) const {
        auto file = watch->spilled->open(range.location);
        BOOST_TEST_REQUIRE(file != nullptr);
        spool::inflated_bytes bytes(file->get());
        std::string out(range.length_bytes + 1, '\0');
        auto got = bytes.read(out);
        BOOST_TEST_REQUIRE(got.has_value());
        out.resize(*got);
        return out;
    }

    std::vector<spool::source> lost() {
        std::vector<spool::source> out;
        for (auto* what : claimed()) {
            if (spool::outcome_of(what->stage)) out.push_back(*what);
        }
        return out;
    }

    /// The journal is as it was before the cuts: it says what was seen of the log.
    void forget_cuts() {
        stop();
        BOOST_TEST_REQUIRE(journal->flush().has_value());
        auto logs = journal->logs("web").value();
        BOOST_TEST_REQUIRE(logs.size() == 1u);
        auto& log = logs.front();
        log.position = 0;
        log.phase = "followed";
        log.id.clear();
        auto seen = log.evidence.substr(0, log.evidence.find('h'));
        log.evidence = seen.substr(0, seen.find_last_not_of(' ') + 1);
        journal->record_logs("web", {log}, {});
        for (auto* what : claimed()) retire(*what);
    }

    void lose_journal() {
        stop();
        follows.reset();
        watch.reset();
        sources.reset();
        absent.reset();
        journal.reset();
        for (auto end : {"", "-wal", "-shm"}) {
            std::filesystem::remove(state.path(std::string("journal.db") + end));
        }
        journal = open_journal();
        sources = std::make_unique<pipeline::roster>(*journal, clock, measured);
        absent = std::make_unique<pipeline::absent_sources>(*journal);
        begin();
    }
};

}  // namespace kustodrop::test
