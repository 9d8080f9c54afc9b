#include "daemon/comparing/json_place.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace kustodrop::daemon {

namespace json = boost::json;

static bool is_index(std::string_view step) {
    bool is_bracketed = step.size() > 2 && step.starts_with('[') && step.ends_with(']');
    return is_bracketed && step.substr(1, step.size() - 2).find_first_not_of("0123456789") ==
                               std::string_view::npos;
}

// 'a b' or "a b", with backslashes; takes it off `rest`.
static std::optional<std::string> take_quoted(std::string_view& rest) {
    char quote = rest.front();
    std::string out;
    for (std::size_t at = 1; at < rest.size(); ++at) {
        char c = rest[at];
        if (c == quote) {
            rest.remove_prefix(at + 1);
            return out;
        }
        if (c == '\\' && at + 1 < rest.size()) c = rest[++at];
        out += c;
    }
    return std::nullopt;
}

static std::optional<std::string> take_bracket(std::string_view& rest) {
    rest.remove_prefix(1);
    if (rest.empty()) return std::nullopt;
    std::optional<std::string> step;
    if (rest.front() == '\'' || rest.front() == '"') {
        step = take_quoted(rest);
        // A name that looks like an index would be taken for one.
        if (step && is_index(*step)) return std::nullopt;
    } else {
        auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        step = "[" + std::string(rest.substr(0, digits)) + "]";
        if (digits == 0) return std::nullopt;
        rest.remove_prefix(digits);
    }
    if (!rest.starts_with(']')) return std::nullopt;
    rest.remove_prefix(1);
    return step;
}

std::optional<json_place> json_place::parse(std::string_view path) {
    if (!path.starts_with('$')) return std::nullopt;
    auto rest = path.substr(1);
    json_place out;
    while (!rest.empty()) {
        std::optional<std::string> step;
        if (rest.front() == '[') {
            step = take_bracket(rest);
        } else if (rest.front() == '.') {
            rest.remove_prefix(1);
            auto end = std::min(rest.find_first_of(".["), rest.size());
            step = std::string(rest.substr(0, end));
            rest.remove_prefix(end);
            if (step->empty() || *step == "*") return std::nullopt;
        }
        if (!step) return std::nullopt;
        out.steps.push_back(std::move(*step));
    }
    return out;
}

const json::value* json_place::find(const json::value& record) const {
    auto* at = &record;
    for (auto& step : steps) {
        if (auto* list = at->if_array(); list && is_index(step)) {
            std::size_t index = 0;
            std::from_chars(step.data() + 1, step.data() + step.size() - 1, index);
            if (index >= list->size()) return nullptr;
            at = &(*list)[index];
            continue;
        }
        auto* object = at->if_object();
        at = object ? object->if_contains(step) : nullptr;
        if (!at) return nullptr;
    }
    return at;
}

bool json_place::begins_with(const json_place& other) const {
    return other.steps.size() <= steps.size() &&
           std::equal(other.steps.begin(), other.steps.end(), steps.begin());
}

json_place json_place::member(std::string_view name) const {
    auto out = *this;
    out.steps.emplace_back(name);
    return out;
}

std::string json_place::text() const {
    std::string out = "$";
    for (auto& step : steps) {
        bool is_plain = step.find_first_of(" .['\"\\") == std::string::npos && !step.empty();
        if (is_index(step)) {
            out += step;
        } else if (is_plain) {
            out += "." + step;
        } else {
            out += "['";
            for (char c : step) {
                if (c == '\'' || c == '\\') out += '\\';
                out += c;
            }
            out += "']";
        }
    }
    return out;
}

}  // namespace kustodrop::daemon
