#pragma once

#include "http/server/server.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

/// What a service refuses with; each writes it in its own dialect.
struct service_error {
    unsigned status = 400;
    std::string code;
    std::string message;
    std::vector<std::pair<std::string, std::string>> details = {};  // Further elements or members.
};

using query_parameters = std::vector<std::pair<std::string, std::string>>;

/// "a=b&c=%20" with its values decoded. A + becomes a space only where `form` says so.
query_parameters parse_parameters(std::string_view text, bool form);

/// One request on its way through the emulator, taken apart once.
struct exchange {
    explicit exchange(http::incoming incoming);

    http::incoming request;
    std::string path;             // Encoded, without the query.
    query_parameters parameters;  // Decoded.

    // What it is about, in the words of the faults and the statistics.
    std::string service;
    std::string operation = "unknown";
    std::string account;
    std::string resource;  // The container, queue or table.
    std::string object;    // The blob's name, the message's id; decoded.

    bool internal = false;  // The ingestor's own.
    bool over_tls = false;
    std::string request_id;

    std::optional<std::string_view> parameter(std::string_view name) const;
    bool has_parameter(std::string_view name, std::string_view value) const;
    std::optional<std::string_view> header(std::string_view name) const {
        return request.headers.find(name);
    }
    std::uint64_t body_bytes() const {
        return request.spooled ? request.spooled->bytes : request.body.size();
    }
};

/// Path style, as with Azurite: "/account/resource/object with/slashes".
void take_path_apart(exchange&);

std::string xml_escape(std::string_view text);

http::response xml_answer(unsigned status, std::string body);
http::response json_answer(unsigned status, std::string body);

/// The error of the storage services (docs/protocol.md §5.4).
http::response xml_error(const service_error&, const exchange&, wall_time now);
/// The error of the engine and of data management (docs/protocol.md §3.3).
http::response kusto_error(const service_error&, const exchange&, wall_time now);
/// The error of the table service.
http::response odata_error(const service_error&, const exchange&, wall_time now);

}  // namespace kustodrop::emulator
