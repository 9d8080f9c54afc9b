#include "daemon/admin.hpp"

#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "daemon/journal_view.hpp"

namespace kustodrop::daemon {

static http::reply reply_with(unsigned status, std::string type, std::string body) {
    http::reply out;
    out.answer.status = status;
    out.answer.headers.add("Content-Type", std::move(type));
    out.answer.headers.add("Cache-Control", "no-store");
    out.answer.body = without_secrets(std::move(body));
    return out;
}

admin::admin(surroundings around, const config::admin_settings& settings, admin_sources sources)
    : around_(around), sources_(std::move(sources)) {
    if (!settings.listen.empty()) {
        http::server_options options;
        options.unix_path = settings.listen;
        listen(std::move(options), "unix:" + settings.listen);
    }
    if (settings.http) {
        http::server_options options;
        options.address = settings.http->host == "localhost" ? "127.0.0.1" : settings.http->host;
        options.port = settings.http->port;
        listen(std::move(options), options.address + ":" + std::to_string(options.port));
    }
}

void admin::listen(http::server_options options, const std::string& name) {
    auto handle = [this](http::incoming request) { return answer(std::move(request)); };
    options.max_body_bytes = 64u << 10u;
    options.max_connections = 64;
    try {
        auto& made = servers_.emplace_back(std::make_unique<http::server>(
            around_.executor, std::move(options), handle, around_.log
        ));
        around_.log.info(
            "admin is listening", {{"at", name}, {"port", std::to_string(made->port())}}
        );
    } catch (const std::exception& cause) {
        around_.log.error(
            "admin cannot listen; the daemon works on without",
            {{"at", name}, {"detail", cause.what()}}
        );
    }
}

void admin::start(task_group& tasks) {
    for (auto& server : servers_) tasks.start(server->run());
}

asio::awaitable<http::reply> admin::answer(http::incoming request) {
    auto path = request.target.substr(0, request.target.find('?'));
    if (path == "/retry" && request.method == http::verb::post) {
        auto done = co_await retry(std::move(request));
        co_return done;
    }
    if (request.method != http::verb::get && request.method != http::verb::head) {
        co_return reply_with(405, "text/plain", "only GET\n");
    }
    if (path == "/metrics") {
        auto text = around_.measured.exposition();
        co_return reply_with(200, "text/plain; version=0.0.4; charset=utf-8", std::move(text));
    }
    if (path == "/status") {
        auto text = sources_.status().to_json();
        co_return reply_with(200, "application/json", std::move(text));
    }
    if (path == "/livez") co_return reply_with(200, "text/plain", "ok\n");
    if (path == "/readyz") {
        // Ready while it buffers: the service's outages are not the daemon's (reliability.md §6.6).
        auto line = sources_.status().one_line();
        co_return reply_with(200, "text/plain", line + "\n");
    }
    if (path == "/journal") {
        auto found = co_await journal(request.target);
        co_return found;
    }
    co_return reply_with(404, "text/plain", "/metrics /livez /readyz /status /journal\n");
}

static std::string query_in(const std::string& target) {
    auto at = target.find('?');
    return at == std::string::npos ? std::string() : target.substr(at + 1);
}

asio::awaitable<http::reply> admin::journal(std::string target) {
    auto text = query_in(target);
    auto query = parse_journal_query(text);
    if (!query) co_return reply_with(400, "text/plain", "the query makes no sense\n");
    auto rows = co_await sources_.journal()->find(*query);
    if (rows.has_error()) {
        auto words = rows.error().code + ": " + rows.error().detail + "\n";
        co_return reply_with(500, "text/plain", std::move(words));
    }
    auto body = journal_json(*rows);
    co_return reply_with(200, "application/json", std::move(body));
}

asio::awaitable<http::reply> admin::retry(http::incoming request) {
    // The socket's mode says who may; loopback HTTP is open to every user of the machine.
    if (!request.peer.starts_with("uid=")) {
        co_return reply_with(403, "text/plain", "only on the admin socket\n");
    }
    auto wanted = parse_retry_request(query_in(request.target));
    if (!wanted) co_return reply_with(400, "text/plain", "the request makes no sense\n");
    if (!sources_.journal()) co_return reply_with(503, "text/plain", "not ready yet\n");
    auto files = co_await pipeline::retry(sources_.retry(), std::move(*wanted));
    if (files.has_error()) {
        auto words = files.error().code + ": " + files.error().detail + "\n";
        co_return reply_with(500, "text/plain", std::move(words));
    }
    auto body = retried_json(*files);
    co_return reply_with(200, "application/json", std::move(body));
}

}  // namespace kustodrop::daemon
