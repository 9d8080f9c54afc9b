#include "daemon/fleet/fleet_table.hpp"

#include "base/text.hpp"
#include "daemon/fleet/fleet_rows.hpp"
#include "kusto/dataset.hpp"

namespace kustodrop::daemon {

std::vector<std::pair<std::string_view, std::string_view>> fleet_columns() {
    return {
        {"Time", "datetime"},    {"Kind", "string"},        {"Host", "string"},
        {"Version", "string"},   {"StartedAt", "datetime"}, {"IntervalSeconds", "long"},
        {"Healthy", "bool"},     {"Reason", "string"},      {"Configuration", "string"},
        {"Succeeded", "long"},   {"Failed", "long"},        {"Rejected", "long"},
        {"Unconfirmed", "long"}, {"Presumed", "long"},      {"Skipped", "long"},
        {"Bytes", "long"},       {"Backlog", "long"},       {"OldestAgeSeconds", "real"},
        {"Quarantined", "long"}, {"LeftOut", "long"},       {"Watches", "dynamic"},
        {"Watch", "string"},     {"SourceId", "string"},    {"File", "string"},
        {"Target", "string"},    {"Outcome", "string"},     {"Code", "string"},
        {"Details", "string"},   {"Attempts", "long"},      {"Records", "long"},
    };
}

static std::string column_list() {
    std::string out;
    for (auto& [name, type] : fleet_columns()) {
        out += (out.empty() ? "" : ", ") + std::string(name) + ":" + std::string(type);
    }
    return out;
}

static std::string mapping_columns() {
    std::string out;
    for (auto& [name, type] : fleet_columns()) {
        out += (out.empty() ? "[\n" : ",\n") + std::string(R"(  {"Column": ")") +
               std::string(name) + R"(", "Properties": {"Path": "$.)" + std::string(name) + "\"}}";
    }
    return out + "\n]";
}

// A function that is kept with the others, and its text with {T} for the table.
static std::string function(
    std::string_view signature, std::string_view says, std::string_view body, std::string table
) {
    std::string out = ".create-or-alter function with (folder='kustodrop', docstring='" +
                      std::string(says) + "')\n" + std::string(signature) + " {\n";
    std::string text(body);
    for (auto at = text.find("{T}"); at != text.npos; at = text.find("{T}", at + table.size())) {
        text.replace(at, 3, table);
    }
    return out + text + "}\n\n";
}

static constexpr std::string_view health_body = R"(    {T}
    | where Kind == 'heartbeat' and Time > ago(30d)
    | summarize arg_max(Time, *) by Host
    | extend IsSilent = now() - Time > 3 * IntervalSeconds * 1s + 10m
    | extend State = case(IsSilent, 'silent', Healthy, 'healthy', 'trouble')
    | project Host, State, LastSeen = Time, Reason, Backlog, OldestAgeSeconds, Quarantined,
        Succeeded, Failed, Rejected, Unconfirmed, Presumed, Skipped, Bytes, LeftOut,
        Version, Configuration, StartedAt, Watches
    | order by State desc, Host asc
)";

static constexpr std::string_view silent_body = R"(    FleetHealth()
    | where LastSeen < ago(age)
    | project Host, LastSeen, SilentFor = now() - LastSeen, Version, Backlog, Reason
    | order by LastSeen asc
)";

static constexpr std::string_view failures_body = R"(    {T}
    | where Kind == 'source' and Time > ago(age)
    | where Outcome in ('failed', 'rejected', 'unconfirmed')
    | summarize arg_max(Time, *) by Host, SourceId, File
    | project Time, Host, Watch, File, Target, Outcome, Code, Details, Bytes, Attempts, SourceId
    | order by Time desc
)";

static constexpr std::string_view arrived_body = R"(    {T}
    | where Kind == 'source' and Time >= startofday(day) and Time < startofday(day) + 1d
    | where File == file or File endswith strcat('/', file)
    | summarize arg_max(Time, *) by Host, SourceId, File
    | extend Arrived = Outcome in ('succeeded', 'presumed')
    | project Host, Watch, File, Arrived, Time, Outcome, Code, Details, Bytes, Target, SourceId
    | order by Host asc, Time asc
)";

static constexpr std::string_view versions_body = R"(    FleetHealth()
    | summarize Hosts = count(), Examples = make_list(Host, 5) by Version, Configuration
    | order by Hosts desc
)";

std::string fleet_commands(const config::fleet_settings& fleet) {
    auto table = kusto::entity_name(fleet.table);
    std::string out = ".create-merge table " + table + " (" + column_list() +
                      ") with (folder='kustodrop', docstring='How every kustodrop is')\n\n";
    out += ".create-or-alter table " + table + " ingestion json mapping '" +
           std::string(fleet_mapping) + "'\n```\n" + mapping_columns() + "\n```\n\n";
    out += ".alter-merge table " + table +
           " policy retention softdelete = 90d recoverability = disabled\n\n";
    out += function("FleetHealth()", "The latest heartbeat of every host", health_body, table);
    out += function(
        "Silent(age:timespan)", "Hosts without a heartbeat for so long", silent_body, table
    );
    out += function(
        "Failures(age:timespan)",
        "Files that did not arrive in the last so much time",
        failures_body,
        table
    );
    out += function(
        "Arrived(file:string, day:datetime)",
        "What became of a file on a day; with fleet.sources: all also where it arrived",
        arrived_body,
        table
    );
    out += function(
        "FleetVersions()", "Which versions and configurations run where", versions_body, table
    );
    out.pop_back();  // No empty line at the end.
    return out;
}

std::string fleet_question(const config::fleet_settings& fleet, wall_time since) {
    return kusto::entity_name(fleet.table) + " | where Kind == 'heartbeat' and Time > datetime(" +
           to_iso8601(since) +
           ") | summarize arg_max(Time, *) by Host"
           " | project Host, Time, IntervalSeconds, Healthy, Reason, Version, Configuration,"
           " Backlog, OldestAgeSeconds, Quarantined, Succeeded, Failed, Rejected, Unconfirmed,"
           " LeftOut"
           " | order by Host asc";
}

}  // namespace kustodrop::daemon
