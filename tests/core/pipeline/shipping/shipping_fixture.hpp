#pragma once

#include "kusto/storage_router.hpp"
#include "pipeline/shipping/shipper.hpp"
#include "support/in_work.hpp"
#include "support/scripted_transport.hpp"
#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <fcntl.h>
#include <memory>
#include <string>
#include <vector>

namespace kustodrop::test {

/// Everything that shippers work with: one watch with a folder, storage of two accounts that
/// answers as the test says, a journal, a clock that the test moves.
struct shipping : world {
    shipping() {
        drop.make_folder(std::string(spool::work_folder));
        journal = spool::journal::open(
                      io.get_executor(), {state.path("journal.db")}, clock, pool, log, measured
        )
                      .value();
        sources.emplace(*journal, clock, measured);
        ready.set_classifier([](const std::string&) {
            return pipeline::ready_queue::standing{"web"};
        });
        pipeline::watch_options options;
        options.name = "web";
        options.path = drop.path();
        options.stable_for = 2s;
        options.target.database = "Logs";
        options.target.table = "Web";
        options.target.format = kusto::data_format::csv;
        auto& added = watches.add(options);
        auto opened = spool::drop_folder::open(drop.path());
        added.folder = std::make_shared<spool::drop_folder>(std::move(*opened));
        network.always = [this](const http::request& asked) { return answer(asked); };
        tasks.push_back(start(journal->run()));
        tasks.push_back(start(resources.run()));
        tasks.push_back(start(identity_token.run()));
        settle();
        shipper.emplace(parts(), how, next);
    }

    ~shipping() {
        for (auto& one : tasks) cancel(*one);
    }

    void begin(unsigned shippers = 2) {
        for (unsigned i = 0; i < shippers; ++i) tasks.push_back(start(shipper->run()));
    }

    void pass_seconds(int seconds) {
        for (int i = 0; i < seconds; ++i) pass(1s);
    }

    static std::string id_of(int number) {
        auto digits = std::to_string(number);
        return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
    }

    /// The file's time as the clock of the test has it.
    void touch(const std::string& location, duration age = {}) {
        auto modified = clock.wall_now().time_since_epoch() - age;
        auto whole = std::chrono::duration_cast<std::chrono::seconds>(modified);
        std::array<::timespec, 2> times{};
        for (auto& one : times) one.tv_sec = whole.count();
        BOOST_REQUIRE(::utimensat(AT_FDCWD, drop.path(location).c_str(), times.data(), 0) == 0);
    }

    spool::slice claimed_file(const std::string& name, std::string_view content) {
        drop.write(in_work(name), content);
        touch(in_work(name));
        auto out = drop.slice(in_work(name));
        out.name = name;
        return out;
    }

    spool::source& admit(int number, std::vector<spool::slice> files) {
        spool::source what;
        what.id = id_of(number);
        what.watch = "web";
        what.target = "Logs.Web";
        what.slices = std::move(files);
        what.claimed_at = clock.wall_now();
        return sources->admit(std::move(what));
    }

    /// A claimed file, in line for a shipper.
    spool::source& claim(int number, std::string_view content = "1,2\n") {
        auto& what = admit(number, {claimed_file("f" + std::to_string(number), content)});
        push(number);
        return what;
    }

    void push(int number) {
        ready.push(id_of(number), clock.now());
        settle();
    }

    /// "claimed" … "succeeded", or "retired": what has become of a source.
    std::string state_of(int number) {
        auto* what = sources->find(id_of(number));
        if (!what) return "retired";
        auto* record = spool::outcome_of(what->stage);
        if (record) return std::string(to_string(record->outcome)) + " " + record->code;
        return std::string(spool::name_of(what->stage));
    }

    std::size_t asked(std::string_view operation) const {
        return static_cast<std::size_t>(std::ranges::count_if(network.sent, [&](auto& one) {
            return one.operation == operation;
        }));
    }

    std::size_t logged(std::string_view part) const {
        return static_cast<std::size_t>(std::ranges::count_if(lines, [&](auto& line) {
            return line.find(part) != std::string::npos;
        }));
    }

    result<http::response> answer(const http::request& asked) {
        if (storage) {
            if (auto said = storage(asked)) return *said;
        }
        return http::response{201, {}, {}};
    }

    static azure::storage_place place(const std::string& uri) {
        return azure::parse_storage_place(uri, {}).value();
    }

    asio::awaitable<result<fresh<kusto::resource_set>>> lend() {
        kusto::resource_set set;
        for (std::string account : {"one", "two"}) {
            set.containers.push_back(place("https://" + account + ".example/c?sv=2022&sig=s"));
            set.ingestion_queues.push_back(place("https://" + account + ".example/q?sig=s"));
        }
        set.status_tables = {place("https://one.example/status?sig=s")};
        co_return fresh<kusto::resource_set>{std::move(set), clock.now() + 1000h};
    }

    asio::awaitable<result<fresh<secret>>> issue() {
        co_return fresh<secret>{secret(issued), clock.now() + 1h};
    }

    pipeline::shipper_parts parts() {
        return {
            *sources,
            ready,
            contents,
            watches,
            *journal,
            router,
            identity_token,
            blobs,
            queues,
            tables,
            memory,
            pool,
            clock,
            random,
            log,
            measured};
    }

    pipeline::watch& web() { return *watches.find("web"); }

    temp_folder state;
    temp_folder drop;
    worker_pool pool{0};
    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    metrics measured;
    random_generator random{7};
    scripted_transport network;
    std::function<std::optional<result<http::response>>(const http::request&)> storage;
    azure::blob_client blobs{network, random};
    azure::queue_client queues{network, random};
    azure::table_client tables{network, random};
    refreshed<kusto::resource_set> resources{
        io.get_executor(), clock, random, [this] { return lend(); }};
    std::string issued = "token";
    refreshed<secret> identity_token{io.get_executor(), clock, random, [this] { return issue(); }};
    pipeline::storage_router router{clock, random, resources};
    std::unique_ptr<spool::journal> journal;
    std::optional<pipeline::roster> sources;
    pipeline::ready_queue ready{io.get_executor(), clock, {}};
    pipeline::small_contents contents;
    pipeline::watch_table watches;
    budget memory{io.get_executor(), 64u << 20u};
    struct recording final : pipeline::routing {
        void posted(spool::source& what) override { handed.push_back("posted " + what.id); }
        void unanswered(spool::source& what) override { handed.push_back("unanswered " + what.id); }
        void settled(spool::source& what) override { handed.push_back("settled " + what.id); }
        void changed(spool::source& what) override { handed.push_back("changed " + what.id); }
        std::vector<std::string> handed;  // In order.
    };
    recording next;
    pipeline::shipper_options how;
    std::optional<pipeline::shipper> shipper;
    std::vector<std::shared_ptr<task<std::monostate>>> tasks;
};

}  // namespace kustodrop::test
