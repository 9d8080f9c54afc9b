#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/reading/paths.hpp"

#include <sys/un.h>

#include <charconv>

namespace kustodrop::config {

static std::optional<std::string> socket_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    static constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    static constexpr std::string_view use = "; use unix:/path, or \"\" for off";
    if (!text.starts_with("unix:/")) return "is not a valid Unix socket" + std::string(use);
    auto path = text.substr(5);
    if (path.ends_with('/') || path_problem(path)) {
        return "is not a valid path of a socket" + std::string(use);
    }
    if (path.size() > longest) {
        return "is too long for a socket; use a path of " + std::to_string(longest) +
               " bytes or less";
    }
    return std::nullopt;
}

// "127.0.0.1:9464", "[::1]:9464", "localhost:0".
static std::optional<tcp_address> parse_tcp_address(const std::string& text) {
    auto colon = text.rfind(':');
    if (colon == std::string::npos || colon + 1 == text.size()) return std::nullopt;
    tcp_address out;
    auto* end = text.data() + text.size();
    auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, out.port);
    if (error != std::errc() || stopped != end) return std::nullopt;
    auto host = http::url::parse("http://" + text.substr(0, colon));
    if (!host || host->path() != "/" || !host->query().empty() || host->port() != 80) {
        return std::nullopt;
    }
    out.host = host->host();
    return out;
}

static std::optional<std::string> address_problem(const std::string& text) {
    if (text.empty() || parse_tcp_address(text)) return std::nullopt;
    return "is not a valid address; use HOST:PORT like 127.0.0.1:9464 or [::1]:9464, or \"\" for "
           "off";
}

static void read_listen(section& admin, settings& all) {
    std::string listen;
    if (!admin.is_given("listen")) {
        admin.take("listen");
    } else if (read_text(admin, "listen", listen, socket_problem)) {
        all.admin.listen = listen.empty() ? "" : normal_path(listen.substr(5));
    }
}

static void read_http(section& admin, settings& all) {
    std::string http;
    if (!admin.is_given("http")) {
        admin.take("http");
    } else if (read_text(admin, "http", http, address_problem)) {
        all.admin.http = parse_tcp_address(http);
    }
}

key<settings> admin_section() {
    auto listen = make_special_key<settings>(
        "listen",
        at(&settings::admin, &admin_settings::listen),
        read_listen,
        "For status, journal, retry and reload: unix:/path. Empty: off."
    );
    listen = shown_by<settings>(std::move(listen), [](const settings& all) {
        return yaml_text(all.admin.listen.empty() ? "" : "unix:" + all.admin.listen);
    });
    listen.facts.default_value = yaml_text("unix:" + admin_settings().listen);
    auto http = make_special_key<settings>(
        "http",
        at(&settings::admin, &admin_settings::http),
        read_http,
        "Metrics and health over HTTP: HOST:PORT, port 0 for any free one. Empty: off."
    );
    http = shown_by<settings>(std::move(http), [](const settings& all) {
        auto& at = all.admin.http;
        if (!at) return yaml_text("");
        bool is_v6 = at->host.find(':') != std::string::npos;
        auto host = is_v6 ? "[" + at->host + "]" : at->host;
        return yaml_text(host + ":" + std::to_string(at->port));
    });
    auto by_default = *admin_settings().http;
    http.facts.default_value = by_default.host + ":" + std::to_string(by_default.port);
    return make_section<settings>(
        "admin",
        "Where the daemon answers questions about itself.",
        {restart(std::move(listen)), restart(std::move(http))}
    );
}

}  // namespace kustodrop::config
