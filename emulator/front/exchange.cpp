#include "emulator/front/exchange.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace kustodrop::emulator {

namespace json = boost::json;

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

void take_path_apart(exchange& one) {
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
    // The services begin their XML with a byte order mark; clients must bear it.
    return answer_of(
        status,
        "application/xml",
        "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>" + std::move(body)
    );
}

http::response json_answer(unsigned status, std::string body) {
    return answer_of(status, "application/json; charset=utf-8", std::move(body));
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
