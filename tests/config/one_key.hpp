#pragma once

#include "every_key.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::test {

// A configuration in block style with one key of our choice in it.
struct written {
    std::string text;
    int line = 0;          // Of the chosen key.
    int key_column = 0;    // Where it begins.
    int value_column = 0;  // Where its value does.
};

// Writes lines and remembers where the chosen one stands.
class writer {
public:
    writer(const key_case& chosen, const std::string& value) : chosen_(chosen), value_(value) {}

    written whole() {
        pairs clusters{{"west", "{ingestion_endpoint: 'https://127.0.0.1'}"}};
        if (is_of_failover()) clusters.emplace_back("east", clusters.front().second);
        if (is_chosen("watches", "cluster") || is_of_failover()) {
            block("", "", "clusters", clusters);
        } else {
            block(
                "", "", "cluster", {{"ingestion_endpoint", "https://ingest-c.kusto.windows.net"}}
            );
            block("", "", "auth", usual_auth());
            block("", "", "clusters", {});
        }
        block("", "", "state_directory", {});
        watches();
        for (auto* name :
             {"upload",
              "notifications",
              "fleet",
              "retention",
              "network",
              "drain",
              "admin",
              "log"}) {
            block("", "", name, {});
        }
        return out_;
    }

private:
    using pairs = std::vector<std::pair<std::string, std::string>>;

    // A key means something to its kind of credential only.
    pairs usual_auth() const {
        auto& key = chosen_.key;
        bool own = chosen_.section == "auth";
        if (own && (key == "object_id" || key == "resource_id")) {
            return {{"kind", "managed_identity"}};
        }
        pairs out{{"kind", "client_secret"}, {"tenant_id", "t"}, {"client_id", "c"}};
        if (own && key == "federated_token_file") {
            out.front().second = "workload_identity";
            out.push_back({"federated_token_file", "/token"});
        } else if (own && (key.find("certificate") != key.npos || key == "assertion_algorithm")) {
            out.front().second = "client_certificate";
            out.push_back({"client_certificate_file", "/c.pem"});
        } else {
            out.push_back({"client_secret", "hunter2"});
        }
        return out;
    }

    bool is_chosen(const std::string& section, const std::string& key) const {
        return chosen_.section == section && chosen_.key == key;
    }

    void line(const std::string& indentation, const std::string& key, const std::string& value) {
        out_.text += indentation + key + ": " + value + "\n";
        ++lines_;
    }

    void chosen_line(const std::string& indentation) {
        out_.line = lines_ + 1;
        out_.key_column = static_cast<int>(indentation.size()) + 1;
        out_.value_column = out_.key_column + static_cast<int>(chosen_.key.size()) + 2;
        line(indentation, chosen_.key, value_);
    }

    // A section with its usual entries, the chosen one put in or in place of the usual.
    void block(
        const std::string& indentation,
        const std::string& parent,
        const std::string& name,
        const pairs& usual
    ) {
        if (is_chosen(parent, name)) return chosen_line(indentation);
        auto section = parent.empty() ? name : parent + "." + name;
        if (usual.empty() && chosen_.section != section) return;
        out_.text += indentation + name + ":\n";
        ++lines_;
        entries(indentation + "  ", section, usual);
    }

    void entries(const std::string& indentation, const std::string& section, const pairs& usual) {
        bool done = false;
        for (auto& [key, value] : usual) {
            if (is_chosen(section, key)) {
                chosen_line(indentation);
                done = true;
            } else {
                line(indentation, key, value);
            }
        }
        if (chosen_.section == section && !done) chosen_line(indentation);
    }

    // What has no effect but on logs that are followed.
    bool is_of_logs() const {
        if (chosen_.section == "watches.cut") return true;
        if (chosen_.section == "watches.hold") return true;
        if (chosen_.section == "watches.spill") return true;
        static const std::vector<std::string> keys{
            "start",
            "rotated",
            "record_wait",
            "max_record",
            "max_logs",
            "records",
            "record_starts",
            "columns",
            "cut",
            "hold",
            "spill"};
        return chosen_.section == "watches" && std::ranges::count(keys, chosen_.key) > 0;
    }

    // What needs a second cluster.
    bool is_of_failover() const {
        return is_chosen("watches", "failover") || chosen_.section == "watches.failover";
    }

    void watches() {
        if (is_chosen("", "watches")) return chosen_line("");
        out_.text += "watches:\n  -\n";
        lines_ += 2;
        pairs usual{{"path", "/drop/web"}, {"database", "D"}, {"table", "T"}, {"format", "csv"}};
        if (is_of_logs()) usual.push_back({"mode", "follow"});
        if (is_of_failover()) usual.push_back({"cluster", "west"});
        bool is_of_starts = is_chosen("watches", "record_starts");
        if (is_of_starts) usual.push_back({"records", "starts_with"});
        if (is_of_starts || is_chosen("watches", "records")) {
            usual.push_back({"columns", "[message]"});
        }
        entries("    ", "watches", usual);
        for (auto* name : {"coalesce", "cut", "hold", "spill"}) {
            if (chosen_.section == std::string("watches.") + name) {
                block("    ", "watches", name, {});
            }
        }
        if (chosen_.section == "watches.failover") {
            block("    ", "watches", "failover", {{"to", "east"}});
        }
    }

    const key_case& chosen_;
    const std::string& value_;
    written out_;
    int lines_ = 0;
};

inline std::string full_key(const key_case& chosen) {
    auto section = chosen.section;
    if (section.starts_with("watches")) section = "watches[0]" + section.substr(7);
    return section.empty() ? chosen.key : section + "." + chosen.key;
}

// "/var" contains /var/lib/kustodrop only where the state directory is the default.
inline written write(const key_case& chosen, const std::string& value) {
    auto out = writer(chosen, value).whole();
    if (value.find("/var/lib/k") == 0 && chosen.key == "path") {
        out.text += "state_directory: /var/lib/k\n";
    }
    return out;
}

}  // namespace kustodrop::test
