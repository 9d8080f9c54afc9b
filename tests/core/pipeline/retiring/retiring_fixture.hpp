#pragma once

#include "core/pipeline/intake/intake_fixture.hpp"
#include "pipeline/retiring/retirer.hpp"
#include "support/in_work.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace kustodrop::test {

using namespace kustodrop::pipeline;
namespace stage = spool::stage;

/// A watch whose files are claimed by its intake; each test settles them and looks where they went.
struct retiring : taking {
    std::unique_ptr<retirer> moves;
    std::shared_ptr<task<std::monostate>> moving;

    void begin() {
        options.target.format = kusto::data_format::csv;
        BOOST_TEST_REQUIRE(open().has_value());
        retirer_parts parts{*sources, *journal, pool, clock, random, log, routed};
        moves = std::make_unique<retirer>(io.get_executor(), *watch, parts);
        moving = start(moves->run());
        keeping = start(journal->run());
    }
    ~retiring() {
        if (moving) cancel(*moving);
        if (keeping) cancel(*keeping);
    }

    spool::source& claim(const std::string& name, std::string_view text) {
        files.write(name, text);
        settle_files();
        return *claimed().back();
    }
    void post(spool::source& what) {
        sources->advance(what, stage::posted{{}, clock.wall_now()});
        moves->submit(what);
        pass(1s);
    }
    void settle(spool::source& what, spool::outcome outcome = spool::outcome::succeeded) {
        spool::outcome_record record;
        record.outcome = outcome;
        record.code = outcome == spool::outcome::failed ? "BadRequest_X" : "";
        sources->advance(what, stage::settled{record});
        moves->submit(what);
        for (int i = 0; i < 3; ++i) pass(1s);
    }
    std::string archived(const std::string& name) const {
        auto day = spool::day_name(clock.wall_now());
        return std::string(spool::archive_folder) + "/" + day + "/" + name;
    }
    spool::descriptor writer_of(const std::string& location) const {
        return spool::descriptor(
            ::open(files.path(location).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)
        );
    }
    static void write(const spool::descriptor& file, std::string_view text) {
        BOOST_TEST_REQUIRE(::write(file.get(), text.data(), text.size()) == ssize_t(text.size()));
    }
    // As retention reports it.
    void look_into(const std::string& place) {
        auto seen = files.identity(place);
        moves->look_into({{place, seen.size_bytes, seen.modified_ns}});
        for (int i = 0; i < 3; ++i) pass(1s);
    }
    std::string details_of(const std::string& id) {
        spool::journal_query query;
        query.source_id = id;
        auto found = start(journal->find(std::move(query)));
        BOOST_TEST_REQUIRE(found->value.has_value());
        return spool::outcome_of(found->value->value().front().source.stage)->details;
    }
    // What is on its way: one source, with one file.
    spool::slice successor() {
        auto all = claimed();
        BOOST_TEST_REQUIRE(all.size() == 1u);
        BOOST_TEST(routed.changed_ids.back() == all.front()->id);
        return all.front()->slices.front();
    }

private:
    std::shared_ptr<task<std::monostate>> keeping;
};

}  // namespace kustodrop::test
