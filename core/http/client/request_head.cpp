#include "http/client/request_head.hpp"

#include "base/wording/plain_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace kustodrop::http {

static bool can_break_a_line(std::string_view text) {
    for (;;) {
        text.remove_prefix(plain_prefix(text));
        if (text.empty()) return false;
        auto c = static_cast<unsigned char>(text.front());
        if ((c < 0x20 && c != '\t') || c == 0x7f) return true;
        text.remove_prefix(1);
    }
}

static bool is_fit_for_target(std::string_view text) {
    return !can_break_a_line(text) && text.find(' ') == std::string_view::npos;
}

bool is_fit_to_send(const request& ask) {
    if (!is_fit_for_target(ask.target.path()) || !is_fit_for_target(ask.target.query()))
        return false;
    return std::none_of(ask.headers.begin(), ask.headers.end(), [](auto& field) {
        return can_break_a_line(field.first) || can_break_a_line(field.second);
    });
}

// Without the target: most of them are the token.
static constexpr std::size_t usual_bytes = 1024;

std::string head_of(const request& ask, const std::string& user_agent, std::size_t joined_bytes) {
    auto& target = ask.target;
    std::string out;
    out.reserve(usual_bytes + target.path().size() + target.query().size() + joined_bytes);
    auto add = [&out](std::initializer_list<std::string_view> parts) {
        for (auto part : parts) out += part;
    };
    add({to_string(ask.method), " ", target.path(), target.query().empty() ? "" : "?"});
    add({target.query(), " HTTP/1.1\r\n"});
    add({"Host: ", target.authority(), "\r\n"});
    if (!ask.headers.find("User-Agent")) add({"User-Agent: ", user_agent, "\r\n"});
    // No answer is decompressed here.
    if (!ask.headers.find("Accept-Encoding")) add({"Accept-Encoding: identity\r\n"});
    for (auto& [name, value] : ask.headers) add({name, ": ", value, "\r\n"});
    bool bodiless = ask.method == verb::get || ask.method == verb::head;
    if (!bodiless || !ask.payload().empty()) {
        add({"Content-Length: ", std::to_string(ask.payload().size()), "\r\n"});
    }
    add({"\r\n"});
    return out;
}

}  // namespace kustodrop::http
