#pragma once

#include "base/result.hpp"
#include "config/settings.hpp"

#include <functional>
#include <optional>
#include <string>

namespace kustodrop::config {

/// What a configuration may refer to: the seam between it and the machine.
struct environment {
    /// The variable of that name, for ${env:NAME}.
    std::function<std::optional<std::string>(const std::string& name)> variable;
    /// The file's whole content, for ${file:/path} and ${cred:name}.
    std::function<result<std::string>(const std::string& path)> read_file;
    /// The same for values that are secret: a file that others than its owner may read is refused.
    /// Unset: read_file serves these too.
    std::function<result<std::string>(const std::string& path)> read_secret_file = {};
    /// Called for every variable that turned out to hold a secret, once its value has been read.
    std::function<void(const std::string& name)> conceal = {};
    /// The name of this machine, for ${host}, and for ${env:HOSTNAME} where that is not set.
    std::string host = {};
    /// What is not set or cannot be read is only a warning, as for a check on another machine: the
    /// key keeps its default.
    bool unresolved_is_warning = false;
    /// Whether credentials may be had from another program: the daemon starts none.
    bool may_start_programs = true;
    /// Where ${cred:name} finds its files; empty when systemd gave none.
    std::string credentials_directory = {};
    /// A rule of the caller about the endpoint (Azure's list of trusted hosts): what is wrong with
    /// it, or nothing. Not asked when it is unset, or when the endpoint is wrong already.
    std::function<std::optional<std::string>(const cluster_settings&)> endpoint_objection = {};
};

/// The process's own: getenv, $CREDENTIALS_DIRECTORY, files up to 64 KiB. What is concealed is
/// overwritten where it stands, so that /proc/PID/environ no longer shows it, and remembered here
/// for later calls.
environment process_environment();

/// Whether a secret's file may be readable by more than its owner: below $CREDENTIALS_DIRECTORY,
/// where systemd lets the unit's user in by an ACL, which shows as the group's right; in a volume
/// of Kubernetes ("..data" beside it), whose files are root's and 0644 unless the pod says
/// otherwise; in /run/secrets of Docker and Podman. In all three no other user sees the mount.
bool may_be_shared(const std::string& path, const std::string& credentials_directory);

}  // namespace kustodrop::config
