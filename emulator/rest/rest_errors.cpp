#include "emulator/rest/rest_errors.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

static std::string type_of(const service_error& error) {
    for (auto& [name, value] : error.details) {
        if (name == "@type") return value;
    }
    if (error.status == 429) return "Kusto.DataNode.Exceptions.ThrottlingException";
    return "Kusto.DataNode.Exceptions.BadRequestException";
}

static std::string summary_of(const service_error& error) {
    if (error.status == 400) return "Request is invalid and cannot be executed.";
    return error.message;
}

http::response ingestion_error(const service_error& error, const exchange& one, wall_time now) {
    bool throttled = error.status == 408 || error.status == 429;
    json::object context{
        {"timestamp", to_iso8601(now)},
        {"serviceAlias", "EMULATOR"},
        {"machineName", "emulator"},
        {"processName", "kustodrop-emulator"},
        {"clientRequestId", std::string(one.header("x-ms-client-request-id").value_or(""))},
        {"activityId", one.request_id},
    };
    json::object body{
        {"code", error.code},
        {"message", summary_of(error)},
        {"@type", type_of(error)},
        {"@message", error.message},
        {"@failureCode", error.status},
        {"@context", std::move(context)},
        {"@permanent", error.status < 500 && !throttled},
    };
    auto out = json_answer(error.status, json::serialize(json::object{{"error", std::move(body)}}));
    out.headers.add("x-ms-request-id", one.request_id);
    return out;
}

service_error bad_request(std::string message) { return {400, "BadRequest", std::move(message)}; }

service_error not_found(std::string message) { return {404, "NotFound", std::move(message)}; }

}  // namespace kustodrop::emulator
