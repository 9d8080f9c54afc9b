#pragma once

#include "core/pipeline/intake/intake_fixture.hpp"
#include "pipeline/following/follower.hpp"
#include "pipeline/renaming.hpp"

#include <fstream>

namespace kustodrop::test {

/// A follower over a real folder and a real journal; nothing ships what it cuts.
struct following : taking {
    std::unique_ptr<pipeline::follower> follows;
    bool keeps_state = false;  // In `state`; the journal commits then.
    std::shared_ptr<task<std::monostate>> committing;

    following() {
        options.kind = pipeline::watch_kind::follow;
        options.include = {"*.log"};
        options.target.format = kusto::data_format::csv;
        options.follow.cut.max_age = 1s;
    }
    ~following() { stop(); }

    void begin() {
        watch = std::make_unique<pipeline::watch>(options);
        pipeline::intake_parts parts{
            *sources,
            *absent,
            ready,
            contents,
            *journal,
            pool,
            clock,
            random,
            log,
            measured,
            nullptr};
        pipeline::intake_options how;
        if (keeps_state) how.state_directory = state.path();
        if (keeps_state) committing = start(journal->run());
        follows =
            std::make_unique<pipeline::follower>(io.get_executor(), *watch, parts, how, routed);
        auto opened = start(follows->open());
        BOOST_TEST_REQUIRE(opened->value.value().has_value());
        running = start(follows->run());
    }

    void stop() {
        if (running) cancel(*running);
        if (committing) cancel(*committing);
        running.reset();
        committing.reset();
    }

    void restart() {
        stop();
        BOOST_TEST_REQUIRE(journal->flush().has_value());
        follows.reset();
        watch.reset();
        sources.reset();
        absent.reset();
        journal.reset();
        journal = open_journal();
        sources = std::make_unique<pipeline::roster>(*journal, clock, measured);
        absent = std::make_unique<pipeline::absent_sources>(*journal);
        for (auto& what : journal->unretired().value()) absent->add(std::move(what));
        BOOST_TEST_REQUIRE(adopt_renamed({options}, *journal, *absent, log).has_value());
        begin();
    }

    void append(const std::string& name, const std::string& text) {
        std::ofstream(files.path(name), std::ios::app | std::ios::binary) << text;
    }

    void wait(int seconds = 3) {
        for (int i = 0; i < 4 * seconds; ++i) pass(250ms);
    }

    /// The ranges of all sources, in order.
    std::vector<std::string> ranges() {
        std::vector<std::string> out;
        for (auto* what : claimed()) {
            for (auto& one : what->slices) {
                out.push_back(
                    one.name + " " + std::to_string(one.offset) + "-" + std::to_string(one.end())
                );
            }
        }
        std::ranges::sort(out);
        return out;
    }

    void retire(spool::source& what) {
        spool::outcome_record record;
        record.outcome = spool::outcome::succeeded;
        sources->retire(what, record);
    }

    void post(spool::source& what) {
        sources->advance(what, spool::stage::posted{spool::blob_record{}, clock.wall_now()});
    }
};

using texts = std::vector<std::string>;

}  // namespace kustodrop::test
