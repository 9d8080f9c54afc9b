#pragma once

#include "http/message.hpp"

#include <cstddef>
#include <string>

namespace kustodrop::http {

/// Whether nothing in the request could begin another header field or another request.
bool is_fit_to_send(const request& ask);

/// Request line and header fields, with Host, User-Agent and Accept-Encoding: identity unless they
/// are given, and Content-Length. With room for as many bytes of the body as are sent with it.
std::string head_of(const request& ask, const std::string& user_agent, std::size_t joined_bytes);

}  // namespace kustodrop::http
