#include "emulator/program/startup_text.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <string_view>

namespace kustodrop::emulator {

namespace json = boost::json;

static std::string yaml_quoted(const std::string& text) { return "\"" + json_escape(text) + "\""; }

// A configuration for kustodrop, as a command that writes it. `table` is "Database.Table".
static std::string configuration(const json::object& facts, const std::string& table) {
    auto fact = [&facts](std::string_view name) { return std::string(facts.at(name).as_string()); };
    auto here = std::filesystem::current_path();  // Its end is a slash where it is the root.
    auto dot = table.find('.');
    std::string out =
        "\nShip files to it:\n  mkdir -p drop state && (umask 077 && cat >kustodrop.yaml) "
        "<<'END'\n";
    out += "cluster:\n  ingestion_endpoint: " + fact("endpoint") + "\n";
    out += "auth:\n  kind: client_secret\n  tenant_id: " + yaml_quoted(fact("tenant")) + "\n";
    out += "  client_id: " + yaml_quoted(fact("client_id")) + "\n";
    out += "  client_secret: " + yaml_quoted(fact("client_secret")) + "\n";
    if (!fact("ca_file").empty()) {
        out += "network:\n  ca_file: " + yaml_quoted(fact("ca_file")) + "\n";
    }
    out += "state_directory: " + yaml_quoted((here / "state").string()) + "\n";
    out += "watches:\n  - path: " + yaml_quoted((here / "drop").string()) + "\n";
    out += "    database: " + yaml_quoted(table.substr(0, dot)) + "\n";
    out += "    table: " + yaml_quoted(table.substr(dot + 1)) + "\n    format: csv\n";
    auto socket = "unix:" + (here / "state" / "admin.sock").string();
    out += "admin:\n  listen: " + yaml_quoted(socket) + "\nEND\n";
    return out + "  kustodrop run --config kustodrop.yaml\n";
}

std::string startup_text(
    const std::string& ready_facts,
    const std::string& resource,
    const std::vector<std::string>& tables
) {
    auto facts = json::parse(ready_facts).as_object();
    auto fact = [&facts](std::string_view name) { return std::string(facts.at(name).as_string()); };
    std::string out = "kustodrop-emulator is ready\n";
    auto line = [&](std::string_view name, std::string_view key) {
        if (fact(key).empty()) return;
        out += "  " + std::string(name) + std::string(15 - name.size(), ' ') + fact(key) + "\n";
    };
    line("endpoint", "endpoint");
    line("blobs", "blob_endpoint");
    line("queues", "queue_endpoint");
    line("tables", "table_endpoint");
    line("tenant", "tenant");
    line("client_id", "client_id");
    line("client_secret", "client_secret");
    line("ca_file", "ca_file");
    line("data", "data");
    auto ca = fact("ca_file").empty() ? std::string() : " --cacert " + fact("ca_file");
    out += "\nTry it:\n";
    out += "  T=$(curl -s" + ca + " " + fact("endpoint") + "/" + fact("tenant") +
           "/oauth2/v2.0/token -d grant_type=client_credentials -d client_id=" + fact("client_id") +
           " --data-urlencode client_secret='" + fact("client_secret") + "' -d scope=" + resource +
           "/.default | sed 's/.*access_token\":\"\\([^\"]*\\).*/\\1/')\n";
    out += "  kusto() { curl -s" + ca +
           " -H \"Authorization: Bearer $T\" -H 'Content-Type: application/json' " +
           fact("endpoint") +
           "/v1/rest/$1 -d \"{\\\"db\\\":\\\"$2\\\",\\\"csl\\\":\\\"$3\\\"}\"; echo; }\n";
    out += "  kusto mgmt NetDefaultDB '.get ingestion resources'\n";
    out += "  kusto mgmt Demo '.create table Events (ts:datetime, text:string)'\n";
    out += "  kusto query Demo 'Events | count'\n";
    auto table = tables.empty() ? std::string("Demo.Events") : tables.front();
    return out + configuration(facts, table.substr(0, table.find('(')));
}

}  // namespace kustodrop::emulator
