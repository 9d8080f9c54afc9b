#pragma once

#include "core/pipeline/outcomes/storage_model.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/outcomes/outcomes.hpp"
#include "support/in_work.hpp"
#include "support/temp_folder.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kustodrop::test {

/// Everything that outcomes work with: a journal in a temporary folder, a storage model, a clock
/// that the test moves. Nothing of it is started but the journal and the resources.
struct awaiting : world {
    awaiting() {
        journal = spool::journal::open(
                      io.get_executor(), {files.path("journal.db")}, clock, pool, log, measured
        )
                      .value();
        sources.emplace(*journal, clock, measured);
        absent.emplace(*journal);
        ready.set_classifier([](const std::string&) {
            return pipeline::ready_queue::standing{"web"};
        });
        pipeline::watch_options options;
        options.name = "web";
        options.target.database = "Logs";
        options.target.table = "Web";
        watches.add(options);
        tasks.push_back(start(journal->run()));
        tasks.push_back(start(resources.run()));
        tasks.push_back(start(identity_token.run()));
        settle();
    }

    ~awaiting() { stop(); }

    /// Ends all coroutines: a fixture or a test with more parts calls it before they end.
    void stop() {
        for (auto& one : tasks) cancel(*one);
        tasks.clear();
    }

    static std::string id_of(int number) {
        auto digits = std::to_string(number);
        return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
    }

    /// A source that was just posted, of that many files.
    spool::source& posted(int number, int file_count = 1) {
        spool::source what;
        what.id = id_of(number);
        what.watch = "web";
        what.target = "Logs.Web";
        for (int i = 0; i < file_count; ++i) {
            auto name = "f" + std::to_string(number) + "-" + std::to_string(i);
            what.slices.push_back({name, in_work(name), 0, 10, {}});
        }
        what.claimed_at = clock.wall_now();
        what.posts = 1;
        what.token_number = identity_token.number();
        what.last_post_at = clock.wall_now();
        auto& held = sources->admit(std::move(what));
        sources->advance(held, spool::stage::posted{{"a", "c", "b", 10, 5}, clock.wall_now()});
        return held;
    }

    static std::string success(int number) {
        return R"({"IngestionSourceId":")" + id_of(number) + R"(","OperationId":"op"})";
    }

    static std::string failure_of(int number, const std::string& code) {
        return R"({"IngestionSourceId":")" + id_of(number) + R"(","ErrorCode":")" + code +
               R"(","FailureStatus":"Permanent","Details":"why","OperationId":"op )" + code +
               R"("})";
    }

    static std::string row(int number, const std::string& status) {
        return R"({"Status":")" + status + R"(","IngestionSourceId":")" + id_of(number) +
               R"(","ErrorCode":"Stream_WrongNumberOfFields","FailureStatus":"Permanent"})";
    }

    /// "claimed" … "succeeded", or "retired": what has become of a source.
    std::string state(int number) {
        auto* what = sources->find(id_of(number));
        if (!what) return "retired";
        auto* record = spool::outcome_of(what->stage);
        if (record) return std::string(to_string(record->outcome));
        return std::string(spool::name_of(what->stage));
    }

    bool logged(std::string_view part) const {
        return std::ranges::any_of(lines, [&](auto& line) {
            return line.find(part) != std::string::npos;
        });
    }

    /// The source that a shipper would have now, if any.
    std::string next_ready() {
        auto popped = start(ready.pop());
        settle();
        if (popped->done()) return popped->value.value().value_or("closed");
        cancel(*popped);
        return "nothing";
    }

    pipeline::watch& web() { return *watches.find("web"); }

    static azure::storage_place place(const std::string& uri) {
        return azure::parse_storage_place(uri, {}).value();
    }

    asio::awaitable<result<fresh<kusto::resource_set>>> lend() {
        kusto::resource_set set;
        for (auto& uri : success_uris) set.successful_queues.push_back(place(uri));
        for (auto& uri : failure_uris) set.failed_queues.push_back(place(uri));
        for (auto& uri : table_uris) set.status_tables.push_back(place(uri));
        co_return fresh<kusto::resource_set>{std::move(set), clock.now() + 1000h};
    }

    asio::awaitable<result<fresh<secret>>> issue() {
        ++tokens_issued;
        auto token = secret("token " + std::to_string(token_number ? token_number : tokens_issued));
        co_return fresh<secret>{std::move(token), clock.now() + 1h};
    }

    /// Has the cluster lend what the URIs say now.
    void lend_again() {
        resources.request_refresh();
        clock.advance(10min);
        settle();
    }

    std::vector<std::string> success_uris{"https://q.example/success?sig=s"};
    std::vector<std::string> failure_uris{"https://q.example/failure?sig=s"};
    std::vector<std::string> table_uris{"https://t.example/status?sig=s"};
    temp_folder files;
    worker_pool pool{0};
    std::vector<std::string> lines;
    logger log{clock, log_level::debug, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};
    metrics measured;
    random_generator random{7};
    scripted_transport network;
    storage_model storage{network, clock};
    azure::queue_client queues{network, random};
    azure::table_client tables{network, random};
    refreshed<kusto::resource_set> resources{
        io.get_executor(), clock, random, [this] { return lend(); }};
    int tokens_issued = 0;
    int token_number = 0;  // Unless 0, every token is this one.
    refreshed<secret> identity_token{io.get_executor(), clock, random, [this] { return issue(); }};
    pipeline::storage_router router{clock, random, resources};
    std::unique_ptr<spool::journal> journal;
    std::optional<pipeline::roster> sources;
    std::optional<pipeline::absent_sources> absent;
    pipeline::ready_queue ready{io.get_executor(), clock, {}};
    pipeline::watch_table watches;
    struct recording final : pipeline::routing {
        void posted(spool::source& /*what*/) override {}
        void unanswered(spool::source& /*what*/) override {}
        void settled(spool::source& what) override { ids.push_back(what.id); }
        void changed(spool::source& /*what*/) override {}
        std::vector<std::string> ids;  // In order.
    };
    recording next;
    std::vector<std::string>& settled = next.ids;
    std::vector<std::shared_ptr<task<std::monostate>>> tasks;
};

}  // namespace kustodrop::test
