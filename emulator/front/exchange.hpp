#pragma once

#include "http/server/server.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

using query_parameters = std::vector<std::pair<std::string, std::string>>;

/// "a=b&c=%20" with its values decoded. A + becomes a space only where `form` says so.
query_parameters parse_parameters(std::string_view text, bool form);

/// One request on its way through the emulator, parsed once.
struct exchange {
    explicit exchange(http::incoming incoming);

    http::incoming request;
    std::string path;             // Encoded, without the query.
    query_parameters parameters;  // Decoded.

    // What it is about, by the names of the faults and the statistics.
    std::string service;
    std::string operation = "unknown";
    std::string account;
    std::string resource;  // The container, queue or table.
    std::string object;    // The blob's name, the message's id; decoded.

    bool internal = false;  // A request of the ingestor.
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

/// Fills in account, resource and object from "/account/resource/object with/slashes".
void split_path(exchange&);

}  // namespace kustodrop::emulator
