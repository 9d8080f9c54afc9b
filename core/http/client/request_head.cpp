#include "http/client/request_head.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace kustodrop::http {

static bool can_break_a_line(std::string_view text) {
    // Without a way out, so that the compiler looks at many bytes at a time.
    unsigned found = 0;
    for (unsigned char c : text) found |= ((c < 0x20) & (c != '\t')) | (c == 0x7f);
    return found != 0;
}

bool is_fit_to_send(const request& ask) {
    auto target = ask.target.target();
    if (can_break_a_line(target) || target.find(' ') != std::string::npos) return false;
    return std::none_of(ask.headers.begin(), ask.headers.end(), [](auto& field) {
        return can_break_a_line(field.first) || can_break_a_line(field.second);
    });
}

static constexpr std::size_t usual_bytes = 1024;  // Most of them are the SAS and the token.

std::string head_of(const request& ask, const std::string& user_agent) {
    auto& target = ask.target;
    std::string out;
    out.reserve(usual_bytes);
    auto add = [&out](std::initializer_list<std::string_view> parts) {
        for (auto part : parts) out += part;
    };
    add({to_string(ask.method), " ", target.target(), " HTTP/1.1\r\n"});
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
