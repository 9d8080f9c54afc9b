#pragma once

#include "base/time.hpp"
#include "emulator/front/exchange.hpp"

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

std::string xml_escape(std::string_view text);

http::response xml_answer(unsigned status, std::string body);
http::response json_answer(unsigned status, std::string body);

/// The same answer with its body in one chunk that has an extension of so many bytes.
void chunk_body(http::response& answer, std::size_t extension_bytes);

/// A page of `bytes` bytes, such as a proxy answers.
http::response html_answer(unsigned status, std::size_t bytes);

/// The error of the storage services (docs/protocol.md §5.4).
http::response xml_error(const service_error&, const exchange&, wall_time now);
/// The error of the engine and of data management (docs/protocol.md §3.3).
http::response kusto_error(const service_error&, const exchange&, wall_time now);
/// The error of the table service.
http::response odata_error(const service_error&, const exchange&, wall_time now);

}  // namespace kustodrop::emulator
