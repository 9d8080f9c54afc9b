#include "pipeline/targets/target_template.hpp"

#include <optional>
#include <utility>

namespace kustodrop::pipeline {

namespace {

struct token {
    bool is_capture = false;
    std::string_view text;  // As written, or the capture's name.
};

// The next token of a text that is not empty; nothing where its braces do not pair.
std::optional<token> take_token(std::string_view& rest) {
    token out;
    std::size_t length = 0;
    if (rest.starts_with("{{") || rest.starts_with("}}")) {
        out.text = rest.substr(0, 1);
        length = 2;
    } else if (rest.front() == '}') {
        return std::nullopt;
    } else if (rest.front() == '{') {
        auto end = rest.find('}');
        if (end == std::string_view::npos) return std::nullopt;
        out = {true, rest.substr(1, end - 1)};
        length = end + 1;
    } else {
        out.text = rest.substr(0, rest.find_first_of("{}"));
        length = out.text.size();
    }
    rest.remove_prefix(length);
    return out;
}

// `put` returns what stands for a value.
std::string filled(
    std::string_view text,
    const captures& values,
    const std::function<std::string(const std::string&)>& put
) {
    std::string out;
    while (!text.empty()) {
        auto next = take_token(text);
        if (!next) break;  // captures_in() has accepted it.
        if (!next->is_capture) {
            out += next->text;
        } else if (auto found = values.find(next->text); found != values.end()) {
            out += put(found->second);
        }
    }
    return out;
}

}  // namespace

result<std::vector<std::string>> captures_in(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        auto next = take_token(text);
        if (!next) {
            return failure{
                errc::unspecified,
                remedy::reconfigure,
                "has a { or } alone; use {name} for a capture of route, {{ and }} for braces"};
        }
        if (!next->is_capture) continue;
        if (auto problem = capture_name_problem(next->text)) {
            return failure{
                errc::unspecified, remedy::reconfigure, "has a capture that " + *problem};
        }
        out.emplace_back(next->text);
    }
    return out;
}

std::string filled_in(std::string_view text, const captures& values) {
    return filled(text, values, [](const std::string& value) { return value; });
}

std::string filled_in_quotes(std::string_view text, const captures& values) {
    return filled(text, values, [](const std::string& value) {
        std::string out;
        for (char c : value) out += c == '\'' ? "''" : std::string(1, c);
        return out;
    });
}

std::vector<routed_text> routed_texts(const kusto::target& of) {
    std::vector<routed_text> out{
        {"database", of.database},
        {"table", of.table},
        {"ingestion_mapping_reference", of.mapping_reference}};
    for (auto& tag : of.tags) out.push_back({"tags", tag});
    out.push_back({"creation_time_pattern", of.creation_time_pattern});
    return out;
}

}  // namespace kustodrop::pipeline
