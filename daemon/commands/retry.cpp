#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"
#include "daemon/run/translate.hpp"
#include "pipeline/engine.hpp"
#include "spool/folder/lock_file.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <utility>
#include <vector>

namespace kustodrop::daemon {

namespace json = boost::json;

static pipeline::retry_request request_of(const retry_options& options) {
    pipeline::retry_request wanted;
    if (!options.watch.empty()) wanted.watch = options.watch;
    if (!options.source.empty()) wanted.source_id = options.source;
    if (!options.error.empty()) wanted.code = options.error;
    return wanted;
}

namespace {

// What `retry` works with when no daemon runs: the daemon's engine, which ships nothing here. Files
// are put back, and unconfirmed sources wait in the journal, for the daemon that is started next.
struct offline_engine {
    offline_engine(program& around, const config::settings& settings)
        : around(around), settings(settings) {}

    program& around;
    const config::settings& settings;
    worker_pool pool{1};
    spool::lock_file lock;
    std::unique_ptr<spool::journal> journal;
    std::unique_ptr<pipeline::engine> engine;
    std::size_t left_out = 0;  // Watches whose folder is locked.

    result<void> open() {
        auto locked = spool::lock_state_directory(settings.state_directory);
        if (locked.has_error()) return locked.error();
        lock = std::move(*locked);
        spool::journal_options options;
        options.path = settings.state_directory + "/journal.db";
        auto executor = around.io.get_executor();
        auto opened =
            spool::journal::open(executor, options, around.time, pool, around.log, around.measured);
        if (opened.has_error()) return opened.error();
        journal = std::move(*opened);
        pipeline::engine_parts parts{
            executor,
            *journal,
            std::nullopt,
            pool,
            around.time,
            around.random,
            around.log,
            around.measured};
        pipeline::engine_options how;
        how.state_directory = settings.state_directory;
        how.inotify = false;
        engine = std::make_unique<pipeline::engine>(std::move(parts), std::move(how));
        return engine->resume(settings.watches);
    }

    // A folder that is absent has nothing to put back. One that another daemon has locked is left
    // out; fails if nothing else was asked for.
    asio::awaitable<result<void>> open_watches(const pipeline::retry_request& wanted) {
        std::vector<std::pair<std::string, failure>> locked;
        for (auto& from : settings.watches) {
            auto options = watch_options_of(from, settings.retention);
            auto opened = co_await engine->open_watch(std::move(options));
            if (!opened.has_error() || opened.error().code != errc::folder_locked) continue;
            bool is_all = settings.watches.size() == 1 || wanted.watch == from.name;
            if (is_all) co_return opened;
            if (!wanted.watch) locked.emplace_back(from.name, opened.error());
        }
        for (auto& [name, why] : locked) {
            std::fprintf(
                stderr, "watch \"%s\" is left out: %s\n", name.c_str(), to_string(why).c_str()
            );
        }
        left_out = locked.size();
        co_return result<void>();
    }

    asio::awaitable<result<std::string>> retry(pipeline::retry_request wanted) {
        auto opened = co_await open_watches(wanted);
        if (opened.has_error()) co_return opened.error();
        auto files = co_await pipeline::retry(engine->for_retry(), std::move(wanted));
        if (files.has_error()) co_return files.error();
        auto text = retried_json(*files);
        result<std::string> out(boost::system::in_place_value, std::move(text));
        co_return out;
    }
};

}  // namespace

static asio::awaitable<int> retry_here(
    offline_engine& here, pipeline::retry_request wanted, result<std::string>& out
) {
    task_group committing(here.around.io.get_executor());
    committing.start(here.journal->run());
    auto answer = co_await here.retry(std::move(wanted));
    out = std::move(answer);
    committing.cancel();
    co_await committing.join();
    co_return all_well;
}

static result<std::string> retry_without_daemon(
    const config::settings& settings, pipeline::retry_request wanted, std::size_t& left_out
) {
    program around(log_level::error, settings.log.format);
    offline_engine here(around, settings);
    auto opened = here.open();
    if (opened.has_error()) return opened.error();
    result<std::string> out = failure{errc::not_run, remedy::give_up, "nothing was done"};
    around.run(retry_here(here, std::move(wanted), out));
    auto flushed = here.journal->flush();
    if (flushed.has_error()) return flushed.error();
    here.pool.join();
    left_out = here.left_out;
    return out;
}

static void print(const std::string& answer) {
    auto parsed = json::parse(answer).as_object();
    auto& files = parsed.at("retried").as_array();
    for (auto& one : files) {
        auto& file = one.as_object();
        auto text = [&](const char* name) { return file.at(name).as_string().c_str(); };
        bool good = file.at("problem").as_string().empty();
        std::printf(
            "%s  %s  %s  %s\n",
            text("watch"),
            text("file"),
            text("source_id"),
            good ? "is on its way again" : text("problem")
        );
    }
    if (files.empty()) std::puts("nothing in quarantine and nothing unconfirmed matches");
}

int command_retry(const retry_options& options) {
    auto asking = load_for_questions(options.config, options.socket);
    auto* settings = &asking.settings;
    if (!options.watch.empty() && asking.is_whole) {
        auto named = [&](auto& watch) { return watch.name == options.watch; };
        if (std::ranges::none_of(settings->watches, named)) {
            std::fprintf(stderr, "\"%s\" is not a configured watch\n", options.watch.c_str());
            return bad_usage;
        }
    }
    auto wanted = request_of(options);
    auto answer = command_daemon(settings->admin.listen, "/retry?" + retry_request_text(wanted));
    // Without a daemon the files are put back here, as the whole configuration says.
    bool absent = !answer && answer.error().code == errc::no_daemon;
    if (absent && !asking.is_whole) return bad_configuration;
    std::size_t left_out = 0;
    if (absent) answer = retry_without_daemon(*settings, std::move(wanted), left_out);
    if (answer.has_error()) {
        auto problem = answer.error();
        std::fprintf(stderr, "%s\n", to_string(problem).c_str());
        return problem.code == errc::not_allowed ? refused : exit_code_for(problem);
    }
    if (options.json) {
        std::printf("%s\n", answer->c_str());
    } else {
        print(*answer);
    }
    auto problems = json::parse(*answer).as_object().at("problems").to_number<int>();
    return problems == 0 && left_out == 0 ? all_well : some_failed;
}

}  // namespace kustodrop::daemon
