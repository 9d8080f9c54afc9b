#pragma once

#include "spool/journal/journal.hpp"
#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace kustodrop::test {

using namespace kustodrop::spool;

/// A journal in a temporary folder that commits by itself.
struct keeping : world {
    temp_folder files;
    worker_pool pool{0};
    std::vector<std::string> lines;
    logger log{clock, log_level::debug, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    metrics measured;
    std::string path = files.path("journal.db");
    std::unique_ptr<journal> book;
    std::shared_ptr<task<std::monostate>> running;

    result<std::unique_ptr<journal>> opening() {
        return journal::open(io.get_executor(), {path}, clock, pool, log, measured);
    }

    // A journal that commits by itself.
    void open() {
        book = opening().value();
        running = start(book->run());
    }

    void close() {
        if (running) cancel(*running);
        running.reset();
        book.reset();
    }

    void reopen() {
        close();
        open();
    }

    ~keeping() { close(); }

    std::vector<journal_row> find(journal_query query = {}) {
        auto found = start(book->find(std::move(query)));
        BOOST_REQUIRE(found->value.has_value());
        return found->value->value();
    }

    std::vector<std::string> found_ids(journal_query query) {
        std::vector<std::string> ids;
        for (auto& row : find(std::move(query))) ids.push_back(row.source.id);
        return ids;
    }

    bool logged(std::string_view text) const {
        return std::any_of(lines.begin(), lines.end(), [&](auto& line) {
            return line.find(text) != std::string::npos;
        });
    }
};

inline std::string id_of(int number) {
    auto digits = std::to_string(number);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline source a_source(int number = 1) {
    source s;
    s.id = id_of(number);
    s.watch = "web";
    s.target = "Logs.Web";
    s.slices = {{"a.json", "elsewhere/a.json", 3, 17, {1, 2, 20, -4, 5}, 6, 0xFFFF'FFFF}};
    s.claimed_at = wall_time(1'790'000'000'123'456us);
    return s;
}

inline blob_record a_blob() { return {"account", "container", "name.json.gz", 1'000, 99}; }

inline outcome_record an_outcome_record() {
    return {outcome::failed, "BadRequest_X", "it's bad: \"x\"", "op-1", wall_time(77us)};
}

inline std::vector<any_stage> every_stage() {
    return {
        stage::claimed{},
        stage::uploaded{a_blob()},
        stage::posting{a_blob(), wall_time(11us)},
        stage::posted{a_blob(), wall_time(12us)},
        stage::settled{an_outcome_record()},
        stage::retired{an_outcome_record(), wall_time(13us)}};
}

inline source retired(int number, outcome what) {
    auto s = a_source(number);
    s.stage = stage::retired{{what, "", "", "", {}}, {}};
    return s;
}

}  // namespace kustodrop::test
