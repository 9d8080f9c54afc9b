#include "base/failure_code.hpp"

#include <array>
#include <ostream>
#include <utility>

namespace kustodrop {

namespace {

struct code_name {
    errc code;
    std::string_view name;
};

// In the order of the enumeration.
constexpr std::array<code_name, 85> names{{
    {errc::unspecified, "unspecified"},
    {errc::service, "service"},
    {errc::file_vanished, "file_vanished"},
    {errc::file_changed, "file_changed"},
    {errc::file_unreadable, "file_unreadable"},
    {errc::not_a_file, "not_a_file"},
    {errc::no_such_file, "no_such_file"},
    {errc::hard_link, "hard_link"},
    {errc::read_error, "read_error"},
    {errc::unreadable, "unreadable"},
    {errc::too_large, "too_large"},
    {errc::broken_gzip, "broken_gzip"},
    {errc::gzip_bomb, "gzip_bomb"},
    {errc::unsupported_compression, "unsupported_compression"},
    {errc::empty_file, "empty_file"},
    {errc::crash_loop, "crash_loop"},
    {errc::name_taken, "name_taken"},
    {errc::target_blocked, "target_blocked"},
    {errc::stale_marker, "stale_marker"},
    {errc::name_too_long, "name_too_long"},
    {errc::move_failed, "move_failed"},
    {errc::sync_failed, "sync_failed"},
    {errc::claim_refused, "claim_refused"},
    {errc::other_file_system, "other_file_system"},
    {errc::folder_absent, "folder_absent"},
    {errc::folder_hostile, "folder_hostile"},
    {errc::folder_read_only, "folder_read_only"},
    {errc::folder_unreadable, "folder_unreadable"},
    {errc::folder_locked, "folder_locked"},
    {errc::already_watched, "already_watched"},
    {errc::inotify_limit, "inotify_limit"},
    {errc::disk_full, "disk_full"},
    {errc::state_locked, "state_locked"},
    {errc::lock_refused, "lock_refused"},
    {errc::journal_locked, "journal_locked"},
    {errc::journal_corrupt, "journal_corrupt"},
    {errc::journal_newer, "journal_newer"},
    {errc::journal_io, "journal_io"},
    {errc::journal_unlockable, "journal_unlockable"},
    {errc::journal_unopenable, "journal_unopenable"},
    {errc::dns_failed, "dns_failed"},
    {errc::connect_refused, "connect_refused"},
    {errc::connect_timeout, "connect_timeout"},
    {errc::connect_failed, "connect_failed"},
    {errc::connection_reset, "connection_reset"},
    {errc::timeout, "timeout"},
    {errc::tls_untrusted, "tls_untrusted"},
    {errc::tls_failed, "tls_failed"},
    {errc::proxy_unauthorized, "proxy_unauthorized"},
    {errc::proxy_refused, "proxy_refused"},
    {errc::proxy_failed, "proxy_failed"},
    {errc::bad_proxy, "bad_proxy"},
    {errc::local_address, "local_address"},
    {errc::local_limit, "local_limit"},
    {errc::bad_request, "bad_request"},
    {errc::bad_answer, "bad_answer"},
    {errc::answer_too_large, "answer_too_large"},
    {errc::already_expired, "already_expired"},
    {errc::no_secret, "no_secret"},
    {errc::empty_secret, "empty_secret"},
    {errc::bad_certificate, "bad_certificate"},
    {errc::no_managed_identity, "no_managed_identity"},
    {errc::arc_challenge, "arc_challenge"},
    {errc::arc_group, "arc_group"},
    {errc::azure_cli, "azure_cli"},
    {errc::not_signed_in, "not_signed_in"},
    {errc::clock, "clock"},
    {errc::engine_endpoint, "engine_endpoint"},
    {errc::untrusted_host, "untrusted_host"},
    {errc::untrusted_storage_host, "untrusted_storage_host"},
    {errc::bad_resource_uri, "bad_resource_uri"},
    {errc::no_resources, "no_resources"},
    {errc::no_identity_token, "no_identity_token"},
    {errc::no_status_table, "no_status_table"},
    {errc::partial_failure, "partial_failure"},
    {errc::message_too_large, "message_too_large"},
    {errc::bad_notification, "bad_notification"},
    {errc::notifications_blocked, "notifications_blocked"},
    {errc::not_found, "not_found"},
    {errc::cannot_start, "cannot_start"},
    {errc::no_daemon, "no_daemon"},
    {errc::no_answer, "no_answer"},
    {errc::not_allowed, "not_allowed"},
    {errc::not_run, "not_run"},
    {errc::stopped, "stopped"},
}};

constexpr bool is_in_order() {
    std::size_t place = 0;
    for (auto& one : names) {
        if (static_cast<std::size_t>(one.code) != place++) return false;
    }
    return true;
}
static_assert(is_in_order());

}  // namespace

std::string_view to_string(errc code) {
    auto place = static_cast<std::size_t>(code);
    return place < names.size() ? names[place].name : "unspecified";
}

std::ostream& operator<<(std::ostream& out, errc code) { return out << to_string(code); }

std::string failure_code::text() const {
    return ours_ == errc::service ? service_ : std::string(to_string(ours_));
}

failure_code service_code(std::string text) {
    failure_code out(errc::service);
    out.service_ = std::move(text);
    return out;
}

std::ostream& operator<<(std::ostream& out, const failure_code& code) { return out << code.text(); }

}  // namespace kustodrop
