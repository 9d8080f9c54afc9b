#pragma once

namespace kustodrop::kusto {

// Their values are those of the ingestion message (docs/protocol.md §7.2).

/// What the service reports about a source.
enum class report_level { failures = 0, none = 1, all = 2 };

/// Where the service reports it.
enum class report_method { queue = 0, table = 1 };

struct reporting {
    report_level level = report_level::all;
    report_method method = report_method::queue;
    friend bool operator==(const reporting&, const reporting&) = default;
};

}  // namespace kustodrop::kusto
