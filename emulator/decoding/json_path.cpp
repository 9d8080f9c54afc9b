#include "emulator/decoding/json_path.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace kustodrop::emulator {

namespace json = boost::json;

json_path json_path::member(std::string name) {
    json_path out;
    out.steps_.emplace_back(std::move(name));
    return out;
}

json_path::json_path(std::string_view text) {
    if (text.starts_with('$')) text.remove_prefix(1);
    while (!text.empty()) {
        if (text.front() == '.') {
            text.remove_prefix(1);
        } else if (text.front() == '[') {
            auto end = text.find(']');
            auto inside = text.substr(1, end == text.npos ? text.npos : end - 1);
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
            std::size_t index = 0;
            auto* stop = inside.data() + inside.size();
            auto [at, error] = std::from_chars(inside.data(), stop, index);
            if (error == std::errc() && at == stop) {
                steps_.emplace_back(index);
            } else if (inside.size() >= 2) {
                steps_.emplace_back(std::string(inside.substr(1, inside.size() - 2)));
            }
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
