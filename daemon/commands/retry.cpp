#include "base/text.hpp"
#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/recorded/file_pattern.hpp"
#include "daemon/commands/recorded/named_watch.hpp"
#include "daemon/program.hpp"
#include "daemon/run/translate.hpp"
#include "daemon/terminal/output.hpp"
#include "pipeline/engine.hpp"
#include "spool/folder/lock_file.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace kustodrop::daemon {

namespace json = boost::json;

namespace {

struct asked {
    pipeline::retry_request request;
    std::string otherwise = {};  // Another glob, where the first one matches nothing.
};

}  // namespace

static result<asked> request_of(const retry_options& options, const config::settings& settings) {
    asked out;
    auto& wanted = out.request;
    bool chooses = !options.watch.empty() || !options.source.empty() || !options.error.empty() ||
                   !options.file.empty();
    if (options.all && chooses) {
        return failure{
            errc::not_allowed, remedy::give_up, "--all is about all files; leave it out to choose"};
    }
    wanted.dry_run = options.dry_run;
    if (!options.watch.empty()) wanted.watch = options.watch;
    if (!options.source.empty()) wanted.source_id = to_lower(options.source);
    if (!options.error.empty()) wanted.code = options.error;
    if (!options.file.empty()) {
        auto pattern = file_pattern_of(settings, options.file, options.watch, is_file_there);
        if (pattern.has_error()) return pattern.error();
        if (!pattern->watch.empty()) wanted.watch = pattern->watch;
        wanted.file = pattern->glob;
        out.otherwise = std::move(pattern->otherwise);
    }
    return {boost::system::in_place_value, std::move(out)};
}

// A locked folder is named whether or not it has files to put back: nothing says so from here.
static void name_once(
    std::vector<pipeline::unserved_watch> locked, pipeline::retry_report& report
) {
    for (auto& one : locked) {
        auto is_it = [&](auto& other) { return other.watch == one.watch; };
        if (std::ranges::none_of(report.left_out, is_it)) report.left_out.push_back(std::move(one));
    }
}

namespace {

// What `retry` works with when no daemon runs: the daemon's engine, which ships nothing here. Files
// are put back, and unconfirmed sources wait in the journal, for the daemon that is started next.
struct offline_engine {
    explicit offline_engine(const config::settings& settings)
        : around(log_level::error, settings.log.format), settings(settings) {}

    program around;
    const config::settings& settings;
    worker_pool pool{1};
    worker_pool journal_pool{1};  // A hung folder does not delay the record.
    spool::lock_file lock;
    std::unique_ptr<spool::journal> journal;
    std::unique_ptr<pipeline::engine> engine;

    result<void> open() {
        auto locked = spool::lock_state_directory(settings.state_directory);
        if (locked.has_error()) return locked.error();
        lock = std::move(*locked);
        spool::journal_options options;
        options.path = settings.state_directory + "/journal.db";
        auto executor = around.io.get_executor();
        auto opened = spool::journal::open(
            executor, options, around.time, journal_pool, around.log, around.measured
        );
        if (opened.has_error()) return opened.error();
        journal = std::move(*opened);
        pipeline::engine_parts parts{
            executor, *journal, {}, pool, around.time, around.random, around.log, around.measured};
        pipeline::engine_options how;
        how.state_directory = settings.state_directory;
        how.inotify = false;
        engine = std::make_unique<pipeline::engine>(std::move(parts), std::move(how));
        return engine->resume(settings.watches);
    }

    // A folder that another daemon has locked is left out; fails if nothing else was asked for. One
    // that is absent is left out if it has files to put back.
    asio::awaitable<result<void>> open_watches(
        const pipeline::retry_request& wanted, std::vector<pipeline::unserved_watch>& locked
    ) {
        for (auto& from : settings.watches) {
            engine->expect_watch(watch_options_of(from, settings.retention));
        }
        auto failures = co_await engine->open_watches(5s);
        for (auto& [name, problem] : failures) {
            if (problem.code != errc::folder_locked) continue;
            bool is_all = settings.watches.size() == 1 || wanted.watch == name;
            if (is_all) co_return problem;
            if (!wanted.watch) locked.push_back({name, problem});
        }
        co_return result<void>();
    }

    asio::awaitable<result<std::string>> retry(asked what) {
        std::vector<pipeline::unserved_watch> locked;
        auto opened = co_await open_watches(what.request, locked);
        if (opened.has_error()) co_return opened.error();
        auto done = co_await pipeline::retry(engine->for_retry(), what.request);
        if (done.has_error()) co_return done.error();
        bool has_matched = !done->files.empty() || done->expired > 0;
        if (!has_matched && !what.otherwise.empty()) {
            what.request.file = what.otherwise;
            done = co_await pipeline::retry(engine->for_retry(), what.request);
            if (done.has_error()) co_return done.error();
        }
        name_once(locked, *done);
        auto text = retried_json(*done, what.request.dry_run);
        result<std::string> out(boost::system::in_place_value, std::move(text));
        co_return out;
    }
};

}  // namespace

// What a mount that begins to hang holds must not keep a thread from the other folders.
static asio::awaitable<void> watch_threads(offline_engine& here) {
    for (;;) {
        here.pool.relieve();
        co_await here.around.time.sleep_until(here.around.time.now() + 1s);
    }
}

static asio::awaitable<int> retry_here(offline_engine& here, asked what, result<std::string>& out) {
    task_group committing(here.around.io.get_executor());
    committing.start(here.journal->run());
    committing.start(watch_threads(here));
    auto answer = co_await here.retry(std::move(what));
    out = std::move(answer);
    committing.cancel();
    co_await committing.join();
    co_return all_well;
}

// Makes the engine that it needs: a folder may keep one of its threads for ever, so it has to
// outlive the answer.
static result<std::string> retry_without_daemon(
    const config::settings& settings, asked what, std::unique_ptr<offline_engine>& here
) {
    // Without a record there is nothing to be sent again, and no reason to begin one.
    auto path = settings.state_directory + "/journal.db";
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
        return {boost::system::in_place_value, retried_json({}, what.request.dry_run)};
    }
    here = std::make_unique<offline_engine>(settings);
    auto opened = here->open();
    if (opened.has_error()) return opened.error();
    result<std::string> out = failure{errc::not_run, remedy::give_up, "nothing was done"};
    here->around.run(retry_here(*here, std::move(what), out));
    auto flushed = here->journal->flush();
    if (flushed.has_error()) return flushed.error();
    return out;
}

static void print(const json::object& answer) {
    auto& files = answer.at("retried").as_array();
    bool dry_run = answer.at("dry_run").as_bool();
    for (auto& one : files) {
        auto& file = one.as_object();
        auto text = [&](const char* name) { return file.at(name).as_string().c_str(); };
        auto good = dry_run ? "would be sent again" : "is on its way again";
        std::printf(
            "%s  %s  %s  %s\n",
            text("watch"),
            text("file"),
            text("source_id"),
            file.at("problem").as_string().empty() ? good : text("problem")
        );
    }
    auto expired = answer.at("expired").to_number<unsigned long long>();
    if (expired > 0) {
        std::printf(
            "%llu %s not there any more: deleted by retention or by someone\n",
            expired,
            expired == 1 ? "file is" : "files are"
        );
    } else if (files.empty()) {
        std::puts("nothing in quarantine and nothing unconfirmed matches");
    }
}

static void print_left_out(const json::object& answer) {
    for (auto& one : answer.at("left_out").as_array()) {
        auto& watch = one.as_object();
        auto text = [&](const char* name) { return watch.at(name).as_string().c_str(); };
        auto *name = text("watch"), *code = text("code"), *detail = text("detail");
        std::fprintf(stderr, "watch \"%s\" is left out: %s: %s\n", name, code, detail);
    }
}

static bool has_matched(const std::string& answer) {
    auto done = json::parse(answer).as_object();
    return !done.at("retried").as_array().empty() ||
           done.at("expired").to_number<unsigned long long>() > 0;
}

static result<std::string> ask_for_retry(
    const question_settings& asking, asked what, std::unique_ptr<offline_engine>& here
) {
    auto& settings = asking.settings;
    auto ask = [&] {
        auto target = "/retry?" + retry_request_text(what.request);
        return command_daemon(settings.admin.listen, target);
    };
    auto answer = ask();
    if (answer && !what.otherwise.empty() && !has_matched(*answer)) {
        what.request.file = what.otherwise;
        answer = ask();
    }
    // Without a daemon the files are put back here, as the whole configuration says.
    bool absent = !answer && answer.error().code == errc::no_daemon;
    if (!absent || !asking.is_whole) return answer;
    return retry_without_daemon(settings, std::move(what), here);
}

static int answer_retry(
    const retry_options& options,
    const question_settings& asking,
    std::unique_ptr<offline_engine>& here
) {
    auto wanted = request_of(options, asking.settings);
    if (wanted.has_error()) {
        std::fprintf(stderr, "%s\n", wanted.error().message().c_str());
        return bad_usage;
    }
    auto answer = ask_for_retry(asking, std::move(*wanted), here);
    if (answer.has_error()) {
        auto problem = answer.error();
        if (problem.code == errc::no_daemon && !asking.is_whole) return bad_configuration;
        std::fprintf(stderr, "%s\n", to_string(problem).c_str());
        return problem.code == errc::not_allowed ? refused : exit_code_for(problem);
    }
    auto done = json::parse(*answer).as_object();
    if (options.json) {
        std::printf("%s\n", answer->c_str());
    } else {
        print(done);
    }
    print_left_out(done);
    bool is_whole = done.at("left_out").as_array().empty();
    return is_whole && done.at("problems").to_number<int>() == 0 ? all_well : some_failed;
}

int command_retry(const retry_options& options) {
    auto asking = load_for_questions(options.config, options.socket);
    auto* settings = &asking.settings;
    bool is_given = !options.watch.empty();
    if (is_given && asking.is_whole && !has_watch(*settings, options.watch)) {
        std::fprintf(stderr, "%s\n", unknown_watch(*settings, options.watch).c_str());
        return bad_usage;
    }
    std::unique_ptr<offline_engine> here;
    int code = answer_retry(options, asking, here);
    if (!here) return code;
    // A hung mount may hold a thread for ever; all that matters is on disk.
    code = end_with(code);
    std::fflush(nullptr);
    std::_Exit(code);
}

}  // namespace kustodrop::daemon
