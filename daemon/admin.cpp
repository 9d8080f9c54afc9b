#include "daemon/admin.hpp"

#include "base/text.hpp"
#include "daemon/journal_view.hpp"

#include <charconv>

namespace kustodrop::daemon {

static http::reply reply_with(unsigned status, std::string type, std::string body) {
    http::reply out;
    out.answer.status = status;
    out.answer.headers.add("Content-Type", std::move(type));
    out.answer.headers.add("Cache-Control", "no-store");
    out.answer.body = std::move(body);
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

asio::awaitable<http::reply> admin::journal(std::string target) {
    auto at = target.find('?');
    auto text = at == std::string::npos ? std::string() : target.substr(at + 1);
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

static std::optional<long long> number(std::string_view text) {
    long long value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

static bool apply(spool::journal_query& query, std::string_view name, std::string value) {
    if (name == "since") {
        auto at = number(value);
        if (at) query.since = wall_time(std::chrono::microseconds(*at));
        return at.has_value();
    }
    if (name == "limit") {
        auto count = number(value);
        if (count) query.limit = static_cast<std::size_t>(*count);
        return count.has_value();
    }
    if (name == "outcome") {
        query.outcome = spool::parse_outcome(value);
        return query.outcome.has_value();
    }
    if (name == "stage")
        query.stage = std::move(value);
    else if (name == "watch")
        query.watch = std::move(value);
    else if (name == "file")
        query.file_glob = std::move(value);
    else if (name == "source")
        query.source_id = std::move(value);
    else
        return false;
    return true;
}

std::optional<spool::journal_query> parse_journal_query(std::string_view text) {
    spool::journal_query query;
    if (text.empty()) return query;
    for (auto part : split(text, '&')) {
        auto at = part.find('=');
        if (at == std::string_view::npos) return std::nullopt;
        auto value = percent_decode(part.substr(at + 1));
        if (!value || !apply(query, part.substr(0, at), std::move(*value))) return std::nullopt;
    }
    return query;
}

std::string journal_query_text(const spool::journal_query& query) {
    auto out = "limit=" + std::to_string(query.limit);
    if (query.since) out += "&since=" + std::to_string(query.since->time_since_epoch().count());
    if (query.outcome) out += "&outcome=" + std::string(to_string(*query.outcome));
    if (query.stage) out += "&stage=" + percent_encode(*query.stage);
    if (query.watch) out += "&watch=" + percent_encode(*query.watch);
    if (query.file_glob) out += "&file=" + percent_encode(*query.file_glob);
    if (query.source_id) out += "&source=" + percent_encode(*query.source_id);
    return out;
}

}  // namespace kustodrop::daemon
