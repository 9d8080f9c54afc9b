#include "daemon/admin/admin.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/program.hpp"
#include "daemon/run/translate.hpp"
#include "spool/folder/lock_file.hpp"

#include <boost/json.hpp>

#include <cstdio>

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

// The same parts as the daemon's, for as long as one command takes.
struct workshop {
    workshop(program& around, const config::settings& settings)
        : around(around), settings(settings), ready(around.io.get_executor(), around.time, {}) {}

    program& around;
    const config::settings& settings;
    worker_pool pool{1};
    spool::lock_file lock;
    std::unique_ptr<spool::journal> journal;
    pipeline::ready_queue ready;
    pipeline::watch_table watches;
    std::unique_ptr<pipeline::roster> sources;

    result<void> open() {
        auto locked = spool::lock_state_directory(settings.state_directory);
        if (locked.has_error()) return locked.error();
        lock = std::move(*locked);
        spool::journal_options options;
        options.path = settings.state_directory + "/journal.db";
        auto opened = spool::journal::open(
            around.io.get_executor(), options, around.time, pool, around.log, around.measured
        );
        if (opened.has_error()) return opened.error();
        journal = std::move(*opened);
        sources = std::make_unique<pipeline::roster>(*journal, around.time, around.measured);
        auto unretired = journal->unretired();
        if (unretired.has_error()) return unretired.error();
        for (auto& what : *unretired) sources->resume(std::move(what));
        for (auto& from : settings.watches) {
            auto opened_watch = open(from);
            if (opened_watch.has_error()) return opened_watch.error();
        }
        return {};
    }

    // A folder that is absent has nothing to put back.
    result<void> open(const pipeline::watch_options& from) {
        auto& watch = watches.add(watch_options_of(from, settings.retention));
        auto kept = journal->kept(from.name);
        if (kept.has_error()) return kept.error();
        for (auto& file : *kept) watch.kept.load(file.name, file.identity);
        auto folder = spool::drop_folder::open(from.path);
        if (folder.has_error()) return {};
        auto locked = folder->lock(settings.state_directory);
        if (locked.has_error() && locked.error().code == errc::folder_locked) return locked.error();
        watch.folder = std::make_shared<spool::drop_folder>(std::move(*folder));
        return {};
    }

    pipeline::retry_parts parts() {
        return {*sources, ready, watches, *journal, pool, around.time, around.log, around.measured};
    }
};

}  // namespace

static asio::awaitable<int> retry_here(
    workshop& shop, pipeline::retry_request wanted, result<std::string>& out
) {
    task_group committing(shop.around.io.get_executor());
    committing.start(shop.journal->run());
    auto files = co_await pipeline::retry(shop.parts(), std::move(wanted));
    if (files.has_error()) {
        out = files.error();
    } else {
        auto text = retried_json(*files);
        out = result<std::string>(boost::system::in_place_value, std::move(text));
    }
    committing.cancel();
    co_await committing.join();
    co_return all_well;
}

// Without a daemon: the files are found by the next one.
static result<std::string> retry_without_daemon(
    const config::settings& settings, pipeline::retry_request wanted
) {
    program around(log_level::error, settings.log.format);
    workshop shop(around, settings);
    auto opened = shop.open();
    if (opened.has_error()) return opened.error();
    result<std::string> out = failure{errc::not_run, remedy::give_up, "nothing was done"};
    around.run(retry_here(shop, std::move(wanted), out));
    auto flushed = shop.journal->flush();
    if (flushed.has_error()) return flushed.error();
    shop.pool.join();
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
    auto settings = load_settings_without_secrets(options.config);
    if (!settings) return bad_configuration;
    if (!options.watch.empty()) {
        auto named = [&](auto& watch) { return watch.name == options.watch; };
        if (std::ranges::none_of(settings->watches, named)) {
            std::fprintf(stderr, "there is no watch %s\n", options.watch.c_str());
            return bad_usage;
        }
    }
    auto wanted = request_of(options);
    auto answer = tell_daemon(settings->admin.listen, "/retry?" + retry_request_text(wanted));
    if (!answer && answer.error().code == errc::no_daemon) {
        answer = retry_without_daemon(*settings, std::move(wanted));
    }
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
    return json::parse(*answer).as_object().at("problems").to_number<int>() == 0 ? all_well
                                                                                 : some_failed;
}

}  // namespace kustodrop::daemon
