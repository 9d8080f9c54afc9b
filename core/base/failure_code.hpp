#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace kustodrop {

/// What can go wrong, as this program names it. The names are fixed: logs, metrics, the journal
/// and the command line show them.
enum class errc : std::uint8_t {
    unspecified,
    service,  // The service answered with a code of its own: failure_code::service_text().

    // A file or a folder.
    file_vanished,
    file_changed,
    file_unreadable,
    not_a_file,
    no_such_file,
    hard_link,
    read_error,
    unreadable,
    too_large,
    broken_gzip,
    gzip_bomb,
    unsupported_compression,
    empty_file,
    crash_loop,
    name_taken,
    target_blocked,
    stale_marker,
    name_too_long,
    move_failed,
    sync_failed,
    claim_refused,
    other_file_system,
    folder_absent,
    folder_hostile,
    folder_read_only,
    folder_unreadable,
    folder_locked,
    already_watched,
    inotify_limit,
    disk_full,

    // The state directory and the journal.
    state_locked,
    lock_refused,
    journal_locked,
    journal_corrupt,
    journal_newer,
    journal_io,
    journal_unlockable,
    journal_unopenable,

    // The way to a service.
    dns_failed,
    connect_refused,
    connect_timeout,
    connect_failed,
    connection_reset,
    timeout,
    tls_untrusted,
    tls_failed,
    proxy_unauthorized,
    proxy_refused,
    proxy_failed,
    bad_proxy,
    local_address,
    local_limit,
    bad_request,
    bad_answer,
    answer_too_large,

    // Identity.
    already_expired,
    no_secret,
    empty_secret,
    bad_certificate,
    no_managed_identity,
    arc_challenge,
    arc_group,
    azure_cli,
    not_signed_in,
    clock,

    // The cluster and its resources.
    engine_endpoint,
    untrusted_host,
    untrusted_storage_host,
    bad_resource_uri,
    no_resources,
    no_identity_token,
    no_status_table,
    partial_failure,
    message_too_large,
    bad_notification,
    notifications_blocked,

    // Programs, commands, configuration.
    not_found,
    cannot_start,
    no_daemon,
    no_answer,
    not_allowed,
    not_run,
    stopped,
};

/// The name of the code: "connect_refused".
std::string_view to_string(errc);
std::ostream& operator<<(std::ostream&, errc);

/// The code of a failure: one of the above, or the text of the service's. A service's text never
/// equals one of the above, whatever it says.
class failure_code {
public:
    failure_code() = default;
    failure_code(errc ours) : ours_(ours) {}  // NOLINT(google-explicit-constructor)

    errc ours() const { return ours_; }

    /// The service's own code; empty if the code is ours.
    const std::string& service_text() const { return service_; }

    /// What is logged, journaled and counted.
    std::string text() const;

    friend bool operator==(const failure_code&, const failure_code&) = default;
    friend bool operator==(const failure_code& code, errc ours) { return code.ours_ == ours; }
    friend failure_code service_code(std::string text);

private:
    errc ours_ = errc::unspecified;
    std::string service_;
};

/// The code that a service gave: "ServerBusy", "AADSTS7000215", or "http_503" where it gave none.
failure_code service_code(std::string text);
std::ostream& operator<<(std::ostream&, const failure_code&);

}  // namespace kustodrop
