#include "config/keys/make_key.hpp"

#include "config/reading/paths.hpp"

namespace kustodrop::config {

std::string yaml_text(std::string_view text) {
    static constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/:";
    bool letter = !text.empty() && text.front() > '9' && text.front() != ':';
    bool path = text.starts_with('/');
    if ((letter || path) && text.find_first_not_of(plain) == std::string_view::npos) {
        return std::string(text);
    }
    std::string out;
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return "\"" + out + "\"";
}

std::string yaml_texts(const std::vector<std::string>& texts) {
    std::string out;
    for (auto& text : texts) out += (out.empty() ? "" : ", ") + yaml_text(text);
    return "[" + out + "]";
}

std::string timetable_form::show(const timetable& value) const {
    auto text = format_timetable(value);
    return value.is_constant() ? text : yaml_text(text);
}

bool path_form::read(section& from, std::string_view key, std::string& out) const {
    if (!read_text(from, key, out, rule)) return false;
    if (!out.empty()) out = normal_path(out);
    return true;
}

}  // namespace kustodrop::config
