#pragma once

#include "emulator/front/exchange.hpp"
#include "emulator/rest/rest_service.hpp"

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// Changes the options by the members of a JSON object, all of them or none. Returns what is wrong.
std::optional<std::string> change_rest(const boost::json::object& body, rest_options& options);
std::optional<std::string> change_streaming(
    const boost::json::object& body, streaming_options& options
);

/// Nothing unless it is "on", "off" or "disabled".
std::optional<streaming_mode> parse_streaming_mode(std::string_view name);

/// `/control/rest`, `/control/streaming` and `/control/operations`.
class rest_control {
public:
    rest_control(rest_service& service, rest_options& rest, streaming_options& streaming)
        : service_(service), rest_(rest), streaming_(streaming) {}

    static bool owns(const exchange& one);
    asio::awaitable<http::reply> answer(const exchange& one);

private:
    http::response change(const exchange& one);
    asio::awaitable<http::response> operations(const exchange& one);

    rest_service& service_;
    rest_options& rest_;
    streaming_options& streaming_;
};

}  // namespace kustodrop::emulator
