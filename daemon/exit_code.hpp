#pragma once

namespace kustodrop::daemon {

/// Exit codes (docs/operations.md §3), named as in sysexits(3).
enum exit_code : int {
    all_well = 0,
    some_failed = 1,
    bad_usage = 64,
    unreachable = 69,
    a_bug = 70,
    journal_io = 74,
    work_pending = 75,
    refused = 77,
    bad_configuration = 78,
};

}  // namespace kustodrop::daemon
