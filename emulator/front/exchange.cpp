#include "emulator/front/exchange.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::emulator {

query_parameters parse_parameters(std::string_view text, bool form) {
    query_parameters out;
    for (auto part : split(text, '&')) {
        if (part.empty()) continue;
        auto at = part.find('=');
        auto name = part.substr(0, at);
        std::string value(at == std::string_view::npos ? "" : part.substr(at + 1));
        if (form) std::replace(value.begin(), value.end(), '+', ' ');
        auto decoded_name = percent_decode(name);
        auto decoded = percent_decode(value);
        if (!decoded_name || !decoded) continue;
        out.emplace_back(std::move(*decoded_name), std::move(*decoded));
    }
    return out;
}

exchange::exchange(http::incoming incoming) : request(std::move(incoming)) {
    auto at = request.target.find('?');
    path = request.target.substr(0, at);
    if (at != std::string::npos) {
        parameters = parse_parameters(std::string_view(request.target).substr(at + 1), false);
    }
}

std::optional<std::string_view> exchange::parameter(std::string_view name) const {
    for (auto& [key, value] : parameters) {
        if (key == name) return value;
    }
    return std::nullopt;
}

bool exchange::has_parameter(std::string_view name, std::string_view value) const {
    auto found = parameter(name);
    return found && equals_ignoring_case(*found, value);
}

void split_path(exchange& one) {
    std::string_view rest = one.path;
    auto next = [&rest]() -> std::string {
        if (rest.starts_with('/')) rest.remove_prefix(1);
        auto segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(segment.size());
        return percent_decode(segment).value_or("");
    };
    one.account = next();
    one.resource = next();
    if (rest.starts_with('/')) rest.remove_prefix(1);
    one.object = percent_decode(rest).value_or("");
}

}  // namespace kustodrop::emulator
