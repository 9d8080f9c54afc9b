#include "daemon/admin/admin.hpp"

#include "base/crypto/crypto.hpp"
#include "base/live_secrets.hpp"
#include "base/text.hpp"
#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/journal_view.hpp"
#include "daemon/admin/status_page.hpp"
#include "spool/journal/journal_copy.hpp"

#include <algorithm>

namespace kustodrop::daemon {

// An answer must neither hold up the loop nor fill the memory: who wants more asks with `after`.
static constexpr std::size_t most_files_an_answer = 1000;

static http::reply reply_with(unsigned status, std::string type, std::string body) {
    http::reply out;
    out.answer.status = status;
    out.answer.headers.add("Content-Type", std::move(type));
    out.answer.headers.add("Cache-Control", "no-store");
    out.answer.headers.add("X-Content-Type-Options", "nosniff");
    out.answer.body = without_secrets(std::move(body));
    return out;
}

admin::admin(surroundings around, const config::admin_settings& settings, admin_sources sources)
    : around_(around), sources_(std::move(sources)), token_(hex_encode(random_bytes(16))) {
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
    admin_door door;
    door.is_socket = !options.unix_path.empty();
    door.is_loopback = options.address.starts_with("127.") || options.address == "::1";
    auto handle = [this, door](http::incoming request) { return answer(std::move(request), door); };
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

static std::string query_in(const std::string& target) {
    auto at = target.find('?');
    return at == std::string::npos ? std::string() : target.substr(at + 1);
}

// What is wrong with the head of a request: a refusal, or nothing.
static std::optional<http::reply> refusal(
    const http::incoming& request, const std::string& path, const admin_door& door
) {
    auto host = request.headers.find("Host");
    if (!is_our_host(host.value_or(""), door)) {
        return reply_with(
            421, "text/plain", "this answers to localhost, 127.0.0.1 and [::1], not to that host\n"
        );
    }
    bool changes = path == "/retry" || path == "/reload" || path == "/copy";
    bool reads = request.method == http::verb::get || request.method == http::verb::head;
    if (changes ? request.method == http::verb::post : reads) return std::nullopt;
    std::string allowed = changes ? "POST" : "GET, HEAD";
    auto out = reply_with(405, "text/plain", "allowed here: " + allowed + "\n");
    out.answer.headers.add("Allow", allowed);
    return out;
}

// It lives, for it waits on purpose: a restart would change nothing.
static http::reply of_unstarted(const std::string& path, const std::string& why) {
    if (path == "/livez") return reply_with(200, "text/plain", "ok\n");
    return reply_with(503, "text/plain", std::string(not_started_yet) + why + "\n");
}

asio::awaitable<http::reply> admin::answer(http::incoming request, admin_door door) {
    auto path = request.target.substr(0, request.target.find('?'));
    auto refused = refusal(request, path, door);
    if (refused) co_return std::move(*refused);
    if (auto why = sources_.not_started(); !why.empty()) co_return of_unstarted(path, why);
    if (path == "/retry") {
        auto done = co_await retry(std::move(request), door);
        co_return done;
    }
    if (path == "/reload") {
        auto done = co_await reload(door);
        co_return done;
    }
    if (path == "/copy") {
        auto done = co_await copy(door);
        co_return done;
    }
    if (path == "/look") {
        auto seen = co_await look(request.target, door);
        co_return seen;
    }
    if (path == "/journal") {
        auto found = co_await journal(request.target);
        co_return found;
    }
    co_return read(path, query_in(request.target), door);
}

http::reply admin::read(const std::string& path, const std::string& query, admin_door door) {
    if (path == "/") return page(door);
    if (path == "/metrics") {
        auto text = around_.measured.exposition();
        return reply_with(200, "text/plain; version=0.0.4; charset=utf-8", std::move(text));
    }
    if (path == "/status") {
        return reply_with(200, "application/json", sources_.status().to_json());
    }
    if (path == "/history") {
        auto after = parse_history_query(query);
        if (!after) return reply_with(400, "text/plain", "the query is not valid\n");
        return reply_with(200, "application/json", sources_.history(*after));
    }
    if (path == "/targets") return targets(query, door);
    if (path == "/livez") return reply_with(200, "text/plain", "ok\n");
    if (path == "/readyz") {
        // Ready while it buffers: the service's outages are not the daemon's
        // (docs/operations.md §5).
        auto report = sources_.status();
        auto text = report.one_line() + "\n";
        for (auto& problem : report.problems()) text += "TROUBLE " + problem + "\n";
        return reply_with(report.takes_files() ? 200 : 503, "text/plain", text);
    }
    return reply_with(
        404,
        "text/plain",
        "there are: / /metrics /livez /readyz /status /history /journal /retry /reload /copy "
        "/look /targets\n"
    );
}

// Nothing but what is in the page itself may run, be shown or be fetched.
http::reply admin::page(admin_door door) const {
    auto nonce = hex_encode(random_bytes(16));
    auto out = reply_with(
        200,
        "text/html; charset=utf-8",
        status_page(nonce, door.is_loopback && !door.is_socket ? token_ : "")
    );
    auto& headers = out.answer.headers;
    headers.add(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce +
            "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
    );
    headers.add("Referrer-Policy", "no-referrer");
    headers.add("Cross-Origin-Opener-Policy", "same-origin");
    headers.add("Cross-Origin-Resource-Policy", "same-origin");
    return out;
}

asio::awaitable<http::reply> admin::journal(std::string target) {
    auto text = query_in(target);
    auto query = parse_journal_query(text);
    if (!query) co_return reply_with(400, "text/plain", "the query is not valid\n");
    query->limit = std::min(query->limit, most_files_an_answer);
    auto& known = *sources_.journal();
    // What /status has counted is found here; where nothing can be written, what is on disk.
    if (known.healthy()) co_await known.durable();
    auto rows = co_await known.find(*query);
    if (rows.has_error()) {
        auto text_of_error = to_string(rows.error()) + "\n";
        co_return reply_with(500, "text/plain", std::move(text_of_error));
    }
    auto body = journal_json(*rows);
    co_return reply_with(200, "application/json", std::move(body));
}

asio::awaitable<http::reply> admin::retry(http::incoming request, admin_door door) {
    auto objection = objection_to_change(request.headers, door, token_);
    if (!objection.empty()) co_return reply_with(403, "text/plain", objection + "\n");
    auto wanted = parse_retry_request(query_in(request.target));
    if (!wanted) co_return reply_with(400, "text/plain", "the request is not valid\n");
    if (!sources_.journal()) co_return reply_with(503, "text/plain", "not ready yet\n");
    auto dry_run = wanted->dry_run;
    auto done = co_await pipeline::retry(sources_.retry(), std::move(*wanted));
    if (done.has_error()) {
        auto text_of_error = to_string(done.error()) + "\n";
        co_return reply_with(500, "text/plain", std::move(text_of_error));
    }
    auto body = retried_json(*done, dry_run);
    co_return reply_with(200, "application/json", std::move(body));
}

namespace {
struct is_set_while_it_lives {
    explicit is_set_while_it_lives(bool& flag) : flag_(flag) { flag_ = true; }
    ~is_set_while_it_lives() { flag_ = false; }
    is_set_while_it_lives(const is_set_while_it_lives&) = delete;

private:
    bool& flag_;
};
}  // namespace

// Which names exist in a folder is for those who may ask at the socket.
asio::awaitable<http::reply> admin::look(std::string target, admin_door door) {
    if (!door.is_socket) co_return reply_with(403, "text/plain", "only on the admin socket\n");
    auto wanted = parse_look_request(query_in(target));
    if (!wanted) co_return reply_with(400, "text/plain", "the request is not valid\n");
    if (is_looking_) co_return reply_with(503, "text/plain", "it is looking at another file\n");
    is_set_while_it_lives busy(is_looking_);
    auto seen = co_await sources_.look(wanted->watch, wanted->file);
    if (seen.has_error()) {
        auto text_of_error = to_string(seen.error()) + "\n";
        co_return reply_with(503, "text/plain", std::move(text_of_error));
    }
    auto body = look_json(*seen);
    co_return reply_with(200, "application/json", std::move(body));
}

// These are names of folders.
http::reply admin::targets(const std::string& query, admin_door door) const {
    if (!door.is_socket) return reply_with(403, "text/plain", "only on the admin socket\n");
    auto watch = parse_targets_request(query);
    if (!watch) return reply_with(400, "text/plain", "the request is not valid\n");
    return reply_with(200, "application/json", targets_json(sources_.met_targets(*watch)));
}

asio::awaitable<http::reply> admin::reload(admin_door door) {
    if (!door.is_socket) {
        co_return reply_with(403, "text/plain", "only on the admin socket\n");
    }
    auto done = co_await sources_.reload();
    auto body = reload_json(done);
    co_return reply_with(200, "application/json", std::move(body));
}

// Into the folder that the daemon may write; who asked moves it from there.
asio::awaitable<http::reply> admin::copy(admin_door door) {
    if (!door.is_socket) co_return reply_with(403, "text/plain", "only on the admin socket\n");
    auto* from = sources_.journal();
    if (!from) co_return reply_with(503, "text/plain", "not ready yet\n");
    if (is_copying_) co_return reply_with(503, "text/plain", "a copy is being made\n");
    is_set_while_it_lives busy(is_copying_);
    auto done = co_await spool::copy_journal(*from, sources_.journal_copy);
    if (done.has_error()) {
        auto text_of_error = to_string(done.error()) + "\n";
        co_return reply_with(500, "text/plain", std::move(text_of_error));
    }
    co_return reply_with(200, "text/plain", sources_.journal_copy);
}

}  // namespace kustodrop::daemon
