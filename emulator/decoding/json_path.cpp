#include "emulator/decoding/json_path.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace kustodrop::emulator {

namespace json = boost::json;

json_path json_path::member(std::string name) {
    json_path out;
    out.steps_.emplace_back(std::move(name));
    return out;
}

// 'a b' or "a b", with backslashes before what stands for itself; takes it and the bracket off.
static std::string take_quoted(std::string_view& rest) {
    char quote = rest.front();
    std::string out;
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != quote; ++at) {
        if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
        out += rest[at];
    }
    auto end = rest.find(']', std::min(at, rest.size()));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return out;
}

void json_path::take_bracket(std::string_view& rest) {
    rest.remove_prefix(1);
    bool is_quoted = rest.starts_with('\'') || rest.starts_with('"');
    if (is_quoted) {
        steps_.emplace_back(take_quoted(rest));
        return;
    }
    auto end = rest.find(']');
    auto inside = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    std::size_t index = 0;
    auto* stop = inside.data() + inside.size();
    auto [at, error] = std::from_chars(inside.data(), stop, index);
    if (error == std::errc() && at == stop) steps_.emplace_back(index);
}

json_path::json_path(std::string_view text) {
    if (text.starts_with('$')) text.remove_prefix(1);
    while (!text.empty()) {
        if (text.front() == '.') {
            text.remove_prefix(1);
        } else if (text.front() == '[') {
            take_bracket(text);
        } else {
            auto end = text.find_first_of(".[");
            steps_.emplace_back(std::string(text.substr(0, end)));
            text.remove_prefix(end == text.npos ? text.size() : end);
        }
    }
}

const json::value* json_path::find(const json::object& object) const {
    const json::value* at = nullptr;
    for (auto& step : steps_) {
        if (auto* name = std::get_if<std::string>(&step)) {
            auto* here = at ? at->if_object() : &object;
            at = here ? here->if_contains(*name) : nullptr;
        } else {
            auto* here = at ? at->if_array() : nullptr;
            at = here ? here->if_contains(std::get<std::size_t>(step)) : nullptr;
        }
        if (!at) return nullptr;
    }
    return at;
}

}  // namespace kustodrop::emulator
