#pragma once

#include "http/server/reply.hpp"
#include "http/server/server_options.hpp"

#include <boost/system/error_code.hpp>

#include <string>
#include <string_view>

namespace kustodrop::http {

/// A request's target without scheme and host, as proxies send them.
std::string origin_form(std::string_view target);

bool has_no_body(unsigned status);

/// Status line and header fields, with the length that belongs to the answer.
std::string head_of(const reply& out, bool to_head, bool keep_alive);

/// The reply to a request that could not be read.
reply refusal(const boost::system::error_code& error, const server_options& options);

}  // namespace kustodrop::http
