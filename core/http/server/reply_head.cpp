#include "http/server/reply_head.hpp"

#include "base/text.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

namespace kustodrop::http {

namespace beast_http = boost::beast::http;

std::string origin_form(std::string_view target) {
    auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return std::string(target);
    auto path = target.find_first_of("/?", scheme + 3);
    if (path == std::string_view::npos) return "/";
    return (target[path] == '?' ? "/" : "") + std::string(target.substr(path));
}

static void append_field(std::string& head, std::string_view name, std::string_view value) {
    auto add = [&head](std::string_view text) {
        // A line break in a value would forge another field.
        for (auto c : text) {
            if (c != '\r' && c != '\n' && c != '\0') head += c;
        }
    };
    add(name);
    head += ": ";
    add(value);
    head += "\r\n";
}

bool has_no_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

std::string head_of(const reply& out, bool to_head, bool keep_alive) {
    auto& answer = out.answer;
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " ";
    head += std::string(beast_http::obsolete_reason(beast_http::int_to_status(answer.status)));
    head += "\r\n";
    // Only the answer to a HEAD may name a length that it does not carry.
    auto length = to_head ? answer.headers.find("Content-Length") : std::nullopt;
    for (auto& [name, value] : answer.headers) {
        if (!equals_ignoring_case(name, "Content-Length")) append_field(head, name, value);
    }
    auto bytes = out.file ? out.file->length : answer.body.size();
    if (length) {
        append_field(head, "Content-Length", *length);
    } else if (!has_no_body(answer.status) && !answer.headers.find("Transfer-Encoding")) {
        append_field(head, "Content-Length", std::to_string(bytes));
    }
    if (!keep_alive) head += "Connection: close\r\n";
    head += "\r\n";
    return head;
}

reply refusal(const boost::system::error_code& error, const server_options& options) {
    reply out;
    out.answer.status = 400;
    if (error == beast_http::error::header_limit) out.answer.status = 431;
    if (error == beast_http::error::body_limit) {
        out.answer.status = 413;
        if (options.too_large.status != 0) out.answer = options.too_large;
    }
    if (error.category() == boost::system::system_category()) out.answer.status = 507;
    return out;
}

}  // namespace kustodrop::http
