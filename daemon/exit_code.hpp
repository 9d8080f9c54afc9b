#pragma once

namespace kustodrop::daemon {

/// What the program ends with (product.md §3): the words of sysexits(3).
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
