#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

/// The commands of docs/operations.md §2, one file each. Every one returns the program's exit code.
namespace kustodrop::daemon {

struct run_options {
    std::string config;
};
int command_run(const run_options& options);

struct check_options {
    std::string config;
    bool offline = false;
    bool no_files = false;      // Only what the configuration says.
    std::string fragment;       // A file that will be in conf.d; empty: none.
    std::string fragment_name;  // What it is called there; empty: as now.
    std::string conf_d;         // Empty: the configuration's own.
    bool verbose = false;       // A line for each step, also of those that are alike.
    std::string sample;         // A file that is compared with the table; empty: all is checked.
    std::string watch;          // Of the sample.
    bool json = false;
};
int command_check(const check_options& options);

struct send_options {
    std::vector<std::string> paths;
    std::string config;
    std::string database;
    std::string table;
    std::string cluster;  // Of several; empty: the only one.
    std::string format;
    std::string mapping;
    std::string delivery = "queued";
    std::string state_directory;  // Empty: the user's state folder.
    bool ignore_first_record = false;
    bool wait = false;
    bool json = false;
    duration timeout = std::chrono::hours(2);
};
int command_send(const send_options& options);

struct status_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    bool json = false;
    bool watch = false;  // Repeats until it is stopped.
    duration interval = std::chrono::seconds(1);
};
int command_status(const status_options& options);

/// Its --watch: on a terminal the whole screen, elsewhere one block of text an interval. A daemon
/// that does not answer is asked again.
int follow_status(const status_options& options, const std::string& socket);

struct journal_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    std::string since;   // As parse_moment() reads it.
    std::string until;
    std::string outcome;
    std::string watch;
    std::string file;
    std::string source;
    long long at = -1;     // The byte of the log `file` that is asked for; -1: of all.
    bool ranges = false;   // Of the log `file`: ranges of bytes instead of files.
    bool summary = false;  // Counts instead of files.
    long long limit = 1000;
    std::string copy_to;  // Not empty: the whole journal is copied to this file instead.
    bool json = false;
};
int command_journal(const journal_options& options);

struct retry_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    std::string watch;
    std::string source;
    std::string error;
    std::string file;  // A glob, or a full path.
    bool all = false;
    bool dry_run = false;
    bool json = false;
};
int command_retry(const retry_options& options);

struct explain_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    std::string path;
    bool json = false;
};
int command_explain(const explain_options& options);

struct reload_options {
    std::string config;
    std::string socket;  // Empty: the configuration's.
    bool json = false;
};
int command_reload(const reload_options& options);

struct gen_dropin_options {
    std::string config;
    bool folders = false;  // Only the watches' folders, one a line.
};
int command_gen_dropin(const gen_dropin_options& options);

struct plan_options {
    std::string config;
    std::string watch;
    bool json = false;
};
int command_plan(const plan_options& options);

struct version_options {
    bool json = false;
};
int command_version(const version_options& options);

}  // namespace kustodrop::daemon
