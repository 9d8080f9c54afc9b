#include "base/text.hpp"
#include "config/quantities.hpp"
#include "config/read.hpp"

#include <sys/un.h>

#include <charconv>

namespace kustodrop::config {

static constexpr std::uint64_t KiB = 1024;
static constexpr std::uint64_t MiB = 1024 * KiB;
static constexpr std::uint64_t GiB = 1024 * MiB;
static constexpr std::uint64_t TiB = 1024 * GiB;
static constexpr auto least_bandwidth = 8 * KiB;
static constexpr auto century = 24h * 36500;

void read_upload(section upload, upload_settings& out) {
    upload.number("concurrency", out.concurrency, {1, 1024});
    bool memory = upload.size("memory", out.memory_bytes, {1 * MiB, 64 * GiB});
    upload.choice("compression", out.shipper.how, compressions);
    upload.number("compression_threads", out.shipper.compression_threads, {0, 256});
    // Put Blob takes more, but a block must be sent again whole (docs/protocol.md §5.1).
    bool block = upload.size("block_size", out.shipper.block_bytes, {64 * KiB, 100 * MiB});
    bool limit = upload.size("bandwidth_limit", out.bandwidth_limit_bytes, {0, 1 * TiB});
    upload.time("repost_after", out.shipper.repost_after, {100ms, 24h});
    if (limit && out.bandwidth_limit_bytes > 0 && out.bandwidth_limit_bytes < least_bandwidth) {
        upload.error(
            "bandwidth_limit",
            format_size(out.bandwidth_limit_bytes) +
                " in a second is too little to get anything through; allowed: 0 for no limit, or "
                "from " +
                format_size(least_bandwidth) + " on"
        );
    }
    upload.finish();
    if (!memory || !block || out.memory_bytes / 2 >= out.shipper.block_bytes) return;
    auto least = format_size(2 * out.shipper.block_bytes);
    upload.error(
        upload.is_given("memory") ? "memory" : "block_size",
        format_size(out.memory_bytes) + " of memory are less than two blocks of " +
            format_size(out.shipper.block_bytes) + "; allowed: memory from " + least + " on"
    );
}

void read_notifications(section notifications, pipeline::outcomes_options& out) {
    notifications.choice("report_level", out.reports, report_levels);
    notifications.choice("report_method", out.method, report_methods);
    bool poll = notifications.time("poll_interval", out.poll_interval, {100ms, 1h});
    notifications.choice("foreign_messages", out.discard_foreign, foreign_messages);
    bool timeout = notifications.time("outcome_timeout", out.outcome_timeout, {1s, 24h * 30});
    notifications.finish();
    if (!poll || !timeout || out.outcome_timeout > out.poll_interval) return;
    notifications.error(
        notifications.is_given("outcome_timeout") ? "outcome_timeout" : "poll_interval",
        "outcome_timeout is " + format_duration(out.outcome_timeout) +
            ", and nobody looks before that; allowed: longer than poll_interval (" +
            format_duration(out.poll_interval) + ")"
    );
}

void read_retention(section retention, retention_settings& out) {
    retention.time("archive_for", out.archive_for, {0s, century});
    retention.size("archive_bytes", out.archive_bytes, {0, 1024 * TiB});
    retention.time("journal_for", out.journal_for, {1h, century});
    retention.percentage("min_free", out.min_free_percent);
    retention.finish();
}

void read_drain(section drain, drain_settings& out) {
    drain.choice("scope", out.scope, drain_scopes);
    drain.time("timeout", out.timeout, {1s, 1h});
    drain.finish();
}

static std::optional<std::string> socket_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    static constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    static constexpr std::string_view allowed = "; allowed: unix:/path, or \"\" for off";
    if (!text.starts_with("unix:/")) return "is no Unix socket" + std::string(allowed);
    auto path = text.substr(5);
    if (path.ends_with('/') || path_problem(path)) {
        return "names no absolute path of a socket" + std::string(allowed);
    }
    if (path.size() > longest) {
        return "is too long for a socket; allowed: a path of " + std::to_string(longest) + " bytes";
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
    return "is no address; allowed: HOST:PORT like 127.0.0.1:9464 or [::1]:9464, or \"\" for off";
}

void read_admin(section admin, admin_settings& out) {
    std::string listen = "unix:" + out.listen;
    std::string http = "127.0.0.1:9464";
    if (admin.text("listen", listen, socket_problem)) {
        out.listen = listen.empty() ? "" : normal_path(listen.substr(5));
    }
    if (admin.text("http", http, address_problem)) out.http = parse_tcp_address(http);
    admin.finish();
}

void read_log(section log, log_settings& out) {
    log.choice("level", out.level, log_levels);
    log.choice("format", out.format, log_formats);
    log.finish();
}

}  // namespace kustodrop::config
