#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "kusto/rest/transport_choice.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace kustodrop::pipeline {

/// What answers to posts by REST mean for the tables they were for (docs/protocol.md §3.4): how
/// long no post for a table is sent, and which tables get queue messages instead. What one table is
/// answered holds up no other, unless several are throttled together. Tables are "Database.Table".
/// Pure.
class rest_ways {
public:
    /// A post for the table was throttled; `why` says for how long.
    void throttled(const std::string& table, const failure& why, time_point now);

    /// Why no post for the table is sent now, and in its retry_after for how long.
    std::optional<failure> closed(const std::string& table, time_point now) const;

    /// The principal may not post for the table, as files of these watches have shown.
    struct refused_table {
        std::string table;
        std::set<std::string> watches;
    };
    /// True: from now on the table gets queue messages, and that is worth a line in the log.
    bool refused_rights(const refused_table& what, const failure& why, time_point now);

    /// Why posts for the table go as queue messages, if so, and until when.
    struct detour {
        std::string table;
        failure why;
        time_point until;
    };
    std::optional<detour> queued(const std::string& table, time_point now) const;

    /// The same of the first such table of a watch.
    std::optional<detour> queued_of(const std::string& watch, time_point now) const;

    /// A post for the table was accepted. True: it had got queue messages before.
    bool accepted(const std::string& table);

private:
    struct wait {
        failure why;
        time_point until;
    };
    struct refusal {
        failure why;
        std::set<std::string> watches;
        kusto::rest_withdrawal withdrawn;
    };
    static std::optional<detour> detour_of(
        const std::string& table, const refusal& known, time_point now
    );

    std::map<std::string, wait> waits_;        // By table.
    std::map<std::string, refusal> refusals_;  // The same.
    std::optional<wait> common_;               // Of all tables.
};

}  // namespace kustodrop::pipeline
