#include "config/generated/example.hpp"

#include "config/generated/wrapped.hpp"
#include "config/keys/table.hpp"

namespace kustodrop::config {

static constexpr std::size_t columns = 100;
static constexpr std::string_view head =
    R"(# yaml-language-server: $schema=/usr/share/kustodrop/kustodrop.schema.json
# kustodrop: every key with its default. Copy what you change; leave the rest out.
#
# Durations take ms, s, m, h, d (100ms, 10s, 1h30m), sizes B, KiB, MiB, GiB, TiB (64KiB).
# In every value: ${env:NAME}, ${env:NAME:-default}, ${file:/path}, ${cred:name} (systemd's
# LoadCredential=), ${host}, and $$ for a dollar sign.
# Try it out: kustodrop check --offline --config FILE
# "kustodrop reload" applies a change at once, except where a restart is needed.
)";

static std::string comment(const key_facts& of, const std::string& indentation) {
    auto text = sentences({
        required_sentence(of),
        std::string(of.doc),
        allowed_sentence(of),
        effect_sentence(of),
    });
    std::string out;
    for (auto& line : wrapped(text, columns - indentation.size() - 2)) {
        out += indentation + "# " + line + "\n";
    }
    return out;
}

// The keys of one map; `first` stands in front of the first key: "  - " of a list.
static std::string block(
    const std::vector<documented_key>& keys, const std::string& indentation, std::string first
) {
    std::string out;
    for (auto& one : keys) {
        auto& facts = one.facts;
        bool is_root = indentation.empty();
        if (is_root) out += "\n";
        out += comment(facts, indentation);
        if (facts.form == form::section_map) {
            out += "# " + std::string(facts.name) + ": " + facts.example + "\n";
            continue;
        }
        out += (first.empty() ? indentation : first) + std::string(facts.name) + ":";
        first.clear();
        auto& value = facts.example.empty() ? facts.default_value : facts.example;
        out += (value.empty() ? "" : " ") + value + "\n";
        if (facts.form == form::section) out += block(one.keys, indentation + "  ", "");
        if (facts.form == form::section_list) out += block(one.keys, "    ", "  - ");
    }
    return out;
}

std::string example_file() { return std::string(head) + block(documented_keys(), "", ""); }

}  // namespace kustodrop::config
