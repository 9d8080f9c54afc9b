#include "emulator/front/answers.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <array>
#include <cstdio>

namespace kustodrop::emulator {

namespace json = boost::json;

std::string xml_escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (auto c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

static http::response answer_of(unsigned status, std::string type, std::string body) {
    http::response out;
    out.status = status;
    out.headers.add("Content-Type", std::move(type));
    out.body = std::move(body);
    return out;
}

http::response xml_answer(unsigned status, std::string body) {
    // As the services do; clients must accept it.
    return answer_of(
        status,
        "application/xml",
        "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>" + std::move(body)
    );
}

http::response json_answer(unsigned status, std::string body) {
    return answer_of(status, "application/json; charset=utf-8", std::move(body));
}

http::response html_answer(unsigned status, std::size_t bytes) {
    static constexpr std::string_view begin = "<html><body><h1>Access denied</h1><p>";
    static constexpr std::string_view end = "</p></body></html>";
    auto around = begin.size() + end.size();
    std::string padding(bytes > around ? bytes - around : 0, 'x');
    return answer_of(status, "text/html", std::string(begin) + padding + std::string(end));
}

void chunk_body(http::response& answer, std::size_t extension_bytes) {
    std::array<char, 17> size{};
    std::snprintf(size.data(), size.size(), "%zx", answer.body.size());
    std::string chunk;
    if (!answer.body.empty()) {
        chunk = size.data() + (";x=" + std::string(extension_bytes, 'y')) + "\r\n";
        chunk += answer.body + "\r\n";
    }
    answer.body = chunk + "0\r\n\r\n";
    answer.headers.add("Transfer-Encoding", "chunked");
}

http::response xml_error(const service_error& error, const exchange& one, wall_time now) {
    std::string body = "<Error><Code>" + xml_escape(error.code) + "</Code><Message>";
    body += xml_escape(error.message) + "\nRequestId:" + one.request_id;
    body += "\nTime:" + to_iso8601(now) + "</Message>";
    for (auto& [name, value] : error.details) {
        body += "<" + name + ">" + xml_escape(value) + "</" + name + ">";
    }
    body += "</Error>";
    auto out = xml_answer(error.status, std::move(body));
    out.headers.add("x-ms-error-code", error.code);
    return out;
}

http::response kusto_error(const service_error& error, const exchange& one, wall_time now) {
    std::string type = "Kusto.DataNode.Exceptions.BadRequestException";
    bool permanent = error.status < 500 && error.status != 429;
    json::object context{
        {"timestamp", to_iso8601(now)},
        {"serviceAlias", "EMULATOR"},
        {"machineName", "emulator"},
        {"processName", "kustodrop-emulator"},
        {"clientRequestId", std::string(one.header("x-ms-client-request-id").value_or(""))},
        {"activityId", one.request_id},
    };
    json::object body{
        {"code", error.code}, {"message", "Request is invalid and cannot be executed."}};
    if (error.status != 400) body["message"] = error.message;
    for (auto& [name, value] : error.details) {
        if (name == "@type") {
            type = value;
        } else {
            body[name] = value;
        }
    }
    body["@type"] = type;
    body["@message"] = error.message;
    body["@context"] = std::move(context);
    body["@permanent"] = permanent;
    return json_answer(error.status, json::serialize(json::object{{"error", std::move(body)}}));
}

http::response odata_error(const service_error& error, const exchange& one, wall_time now) {
    auto text = error.message + "\nRequestId:" + one.request_id + "\nTime:" + to_iso8601(now);
    json::object message{{"lang", "en-US"}, {"value", text}};
    json::object body{{"odata.error", {{"code", error.code}, {"message", std::move(message)}}}};
    auto out = json_answer(error.status, json::serialize(body));
    out.headers.add("x-ms-error-code", error.code);
    return out;
}

}  // namespace kustodrop::emulator
