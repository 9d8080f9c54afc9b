#include "config/generated/wrapped.hpp"

#include "base/text.hpp"

namespace kustodrop::config {

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    for (auto part : split(text, ' ')) {
        bool fits = !lines.empty() && lines.back().size() + 1 + part.size() <= width;
        if (fits) {
            lines.back() += " " + std::string(part);
        } else {
            lines.emplace_back(part);
        }
    }
    return lines;
}

std::string allowed_sentence(const key_facts& of) {
    if (of.form == form::flag) return "true or false.";
    if (!of.choices.empty()) {
        std::string out = "One of ";
        for (auto name : of.choices)
            out += (name == of.choices.front() ? "" : ", ") + std::string(name);
        if (of.or_texts) out += ", or a list of patterns";
        if (!of.or_map_of.empty()) out += ", or {" + std::string(of.or_map_of) + ": TEXT}";
        return out + ".";
    }
    return of.allowed.empty() ? std::string() : "From " + of.allowed + ".";
}

std::string required_sentence(const key_facts& of) { return of.required ? "Required." : ""; }

std::string effect_sentence(const key_facts& of) {
    return of.effect == effect::restart ? "A change needs a restart." : "";
}

std::string sentences(const std::vector<std::string>& parts) {
    std::string out;
    for (auto& part : parts) {
        if (!part.empty()) out += (out.empty() ? "" : " ") + part;
    }
    return out;
}

}  // namespace kustodrop::config
