#pragma once

#include <string>

/// The commands around a configuration and its troubles (docs/operations.md §2), one file each.
/// Every one returns the program's exit code.
namespace kustodrop::daemon {

struct failures_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    bool json = false;
};
int command_failures(const failures_options& options);

struct show_config_options {
    std::string config;
    bool defaults = false;  // Also the keys that were not given.
    bool json = false;
};
int command_config_show(const show_config_options& options);

struct init_options {
    std::string config;
    std::string endpoint;
    std::string auth;  // A kind of auth.kind.
    std::string tenant_id;
    std::string client_id;
    std::string path;
    std::string database;
    std::string table;
    std::string format;
    std::string state_directory;  // Empty: the default.
};
int command_init(init_options options);

struct bundle_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    std::string file;    // Empty: kustodrop-bundle-TIME.tar.gz in the current folder.
    std::string log;     // A file that the daemon logs to; empty: journald's.
};
int command_bundle(const bundle_options& options);

/// What a command that is printed must have behind it to be about the same daemon.
std::string context_of(const std::string& config, const std::string& socket);

}  // namespace kustodrop::daemon
