#include "config/generated/manual.hpp"

#include "config/generated/wrapped.hpp"
#include "config/keys/table.hpp"

namespace kustodrop::config {

// Text as roff shows it: backslashes, hyphens and quotes that are to be copied, a leading dot.
static std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '\'') {
            out += "\\(aq";
        } else if (c == '`') {
            out += "\\(ga";
        } else if (c == '^') {
            out += "\\(ha";
        } else if (c == '~') {
            out += "\\(ti";
        } else {
            out += c;
        }
    }
    bool command = out.starts_with('.') || out.starts_with('\'');
    return command ? "\\&" + out : out;
}

static std::string paragraph(const std::string& text) {
    std::string out;
    for (auto& line : wrapped(text, 90)) out += escaped(line) + "\n";
    return out;
}

static std::string default_sentence(const key_facts& of) {
    if (of.required || of.default_value.empty()) return {};
    return "Default: " + of.default_value;
}

static std::string entries(const std::vector<documented_key>& keys, const std::string& prefix) {
    std::string out;
    for (auto& one : keys) {
        auto& facts = one.facts;
        auto name = prefix + std::string(facts.name);
        out += ".TP\n.B " + escaped(name) + "\n";
        out += paragraph(sentences({
            std::string(facts.doc),
            allowed_sentence(facts),
            required_sentence(facts),
            effect_sentence(facts),
            default_sentence(facts),
        }));
        if (facts.form == form::section) out += entries(one.keys, name + ".");
    }
    return out;
}

std::string manual_keys() {
    std::string out =
        ".\\\" Made from the table of keys (config/keys): KUSTODROP_WRITE_GENERATED=1 "
        "config_tests\n";
    for (auto& one : documented_keys()) {
        auto& facts = one.facts;
        if (one.keys.empty()) {
            out += entries({one}, "");
            continue;
        }
        bool list = facts.form == form::section_list;
        out += ".SS " + escaped(facts.name) + (list ? "[]\n" : "\n");
        out += paragraph(std::string(facts.doc)) + entries(one.keys, "");
    }
    return out;
}

}  // namespace kustodrop::config
