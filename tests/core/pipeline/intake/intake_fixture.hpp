#pragma once

#include "pipeline/intake/intake.hpp"
#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace kustodrop::test {

/// Records what a part of the pipeline hands on.
struct recorded_routing final : pipeline::routing {
    std::vector<std::string> posted_ids, unanswered_ids, settled_ids, changed_ids;

    void posted(spool::source& what) override { posted_ids.push_back(what.id); }
    void unanswered(spool::source& what) override { unanswered_ids.push_back(what.id); }
    void settled(spool::source& what) override { settled_ids.push_back(what.id); }
    void changed(spool::source& what) override { changed_ids.push_back(what.id); }
};

/// An intake over a real folder and a real journal; nothing ships what it claims.
struct taking : world {
    temp_folder files;
    temp_folder state;
    worker_pool pool{0};
    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    metrics measured;
    random_generator random{1};
    std::unique_ptr<spool::journal> journal = open_journal();
    std::unique_ptr<pipeline::roster> sources =
        std::make_unique<pipeline::roster>(*journal, clock, measured);
    std::unique_ptr<pipeline::absent_sources> absent =
        std::make_unique<pipeline::absent_sources>(*journal);
    pipeline::ready_queue ready{io.get_executor(), clock, {}};
    pipeline::small_contents contents;
    recorded_routing routed;
    pipeline::watch_options options = rules();
    std::unique_ptr<pipeline::watch> watch;
    std::unique_ptr<pipeline::intake> subject;
    std::shared_ptr<task<std::monostate>> running;

    std::unique_ptr<spool::journal> open_journal() {
        spool::journal_options where;
        where.path = state.path("journal.db");
        where.synced = false;
        return spool::journal::open(io.get_executor(), where, clock, pool, log, measured).value();
    }

    pipeline::watch_options rules() const {
        pipeline::watch_options out;
        out.name = "web";
        out.path = files.path();
        out.target.database = "D";
        out.target.table = "T";
        out.target.format = kusto::data_format::json;
        return out;
    }

    /// Begins to watch the folder, as after a start of the daemon.
    result<void> open(std::vector<spool::source> unretired = {}) {
        make();
        for (auto& what : unretired) absent->add(std::move(what));
        auto opened = start(subject->open());
        running = start(subject->run());
        return opened->value.value();
    }

    /// Begins to watch the folder while the daemon runs, as a reload does.
    void add() {
        make();
        subject->begin();
        running = start(subject->run());
    }

    void make() {
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
        how.state_directory = state.path();
        subject = std::make_unique<pipeline::intake>(io.get_executor(), *watch, parts, how, routed);
    }

    ~taking() {
        if (running) cancel(*running);
    }

    bool has_said(const std::string& text) const {
        return std::ranges::any_of(lines, [&](auto& line) {
            return line.find(text) != std::string::npos;
        });
    }

    std::vector<spool::source*> claimed() {
        std::vector<spool::source*> out;
        sources->each([&](const spool::source& what) { out.push_back(sources->find(what.id)); });
        return out;
    }

    /// The names of all claimed files, in order.
    std::vector<std::string> names() {
        std::vector<std::string> out;
        for (auto* what : claimed()) {
            for (auto& slice : what->slices) out.push_back(slice.name);
        }
        std::ranges::sort(out);
        return out;
    }

    /// Time enough for a file to be seen, to settle and to be claimed.
    void settle_files() {
        for (int i = 0; i < 10; ++i) pass(1s);
    }

    /// The files of a source are finished and leave the folder.
    void retire(spool::source& what) {
        for (auto& slice : what.slices) std::filesystem::remove(files.path(slice.location));
        spool::outcome_record record;
        record.outcome = spool::outcome::succeeded;
        sources->retire(what, record);
    }
};

}  // namespace kustodrop::test
