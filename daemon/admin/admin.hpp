#pragma once

#include "async/awaitable.hpp"
#include "config/settings.hpp"
#include "daemon/admin/admin_access.hpp"
#include "daemon/admin/reload_report.hpp"
#include "daemon/admin/status_report.hpp"
#include "daemon/service/connection.hpp"
#include "http/server/server.hpp"
#include "pipeline/retrying/retry.hpp"
#include "spool/journal/journal.hpp"
#include "spool/source/sighting.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace kustodrop::daemon {

/// Nothing: there is no such file.
using spool_look = result<std::optional<spool::sighting>>;

/// What the admin server shows.
struct admin_sources {
    std::function<status_report()> status;
    std::function<std::string(wall_time after)> history;  // As JSON.
    std::function<spool::journal*()> journal;
    std::string journal_copy;  // The file that POST /copy writes.
    std::function<pipeline::retry_parts()> retry;
    std::function<asio::awaitable<reload_report>()> reload;
    /// A look at a file of a watch with the daemon's rights.
    std::function<asio::awaitable<spool_look>(std::string watch, std::string file)> look;
    /// The targets that the route of a watch has led to, as they are recorded.
    std::function<std::vector<std::string>(const std::string& watch)> met_targets;
    /// Why the daemon has not started, while it waits for something; empty: it has.
    std::function<std::string()> not_started = [] { return std::string(); };
};

/// The admin server: the same answers on a Unix socket and on loopback HTTP. The status page,
/// /metrics, /livez, /readyz, /status, /history, /journal; POST /retry, which changes something,
/// only on the Unix socket and from the page itself; POST /reload, POST /copy, GET /look and GET
/// /targets only on the socket.
class admin {
public:
    /// Binds; an address that cannot be bound is logged and skipped: shipping matters more.
    admin(surroundings around, const config::admin_settings& settings, admin_sources sources);

    void start(task_group& tasks);

private:
    asio::awaitable<http::reply> answer(http::incoming request, admin_door door);
    http::reply read(const std::string& path, const std::string& query, admin_door door);
    http::reply page(admin_door door) const;
    http::reply targets(const std::string& query, admin_door door) const;
    asio::awaitable<http::reply> journal(std::string target);
    asio::awaitable<http::reply> retry(http::incoming request, admin_door door);
    asio::awaitable<http::reply> reload(admin_door door);
    asio::awaitable<http::reply> copy(admin_door door);
    asio::awaitable<http::reply> look(std::string target, admin_door door);
    void listen(http::server_options options, const std::string& name);

    surroundings around_;
    admin_sources sources_;
    std::string token_;  // Of this process: a client that knows it loaded our page.
    std::vector<std::unique_ptr<http::server>> servers_;
    bool is_looking_ = false;  // One at a time: a mount may hang.
    bool is_copying_ = false;  // One at a time: there is one file.
};

/// Which file /look is about.
struct look_request {
    std::string watch;
    std::string file;
};

/// Reads "watch=web&file=a.csv"; nothing if it is not valid.
std::optional<look_request> parse_look_request(std::string_view query);

/// The reverse.
std::string look_request_text(const look_request& wanted);

/// Reads "watch=web"; nothing if it is not valid.
std::optional<std::string> parse_targets_request(std::string_view query);

/// Recorded targets as a JSON array, and the reverse; of what is none: none.
std::string targets_json(const std::vector<std::string>& recorded);
std::vector<std::string> targets_of(std::string_view json);

/// What a look showed, as JSON, and the reverse: the members of `sighting` that explain needs.
std::string look_json(const std::optional<spool::sighting>& seen);
std::optional<spool::sighting> sighting_of(std::string_view json);

/// Reads "since=1700000000&outcome=failed&watch=web&file=*.json&limit=10&after=1700000000,ID";
/// nothing if it is not valid.
std::optional<spool::journal_query> parse_journal_query(std::string_view query);

/// Reads "after=1700000000000", in milliseconds; nothing if it is not valid.
std::optional<wall_time> parse_history_query(std::string_view query);

/// Reads "watch=web&error=CODE&source=ID&file=*.csv&dry_run=true"; nothing if it is not valid.
std::optional<pipeline::retry_request> parse_retry_request(std::string_view query);

/// The reverse.
std::string retry_request_text(const pipeline::retry_request& wanted);

/// {"retried": […], "problems": n, …}; the members are in docs/json.md.
std::string retried_json(const pipeline::retry_report& report, bool dry_run);

/// The reverse of parse_journal_query.
std::string journal_query_text(const spool::journal_query& query);

}  // namespace kustodrop::daemon
