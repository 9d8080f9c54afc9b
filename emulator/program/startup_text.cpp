#include "emulator/program/startup_text.hpp"

#include <boost/json.hpp>

#include <string_view>

namespace kustodrop::emulator {

namespace json = boost::json;

std::string startup_text(const std::string& ready_facts, const std::string& resource) {
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
    return out;
}

}  // namespace kustodrop::emulator
