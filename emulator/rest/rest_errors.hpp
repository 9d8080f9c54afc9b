#pragma once

#include "emulator/front/answers.hpp"

#include <string>

namespace kustodrop::emulator {

/// The error of ingestion by REST and of streaming (docs/protocol.md §3.3): like that of the
/// engine, with `@failureCode` as a number.
http::response ingestion_error(const service_error& error, const exchange& one, wall_time now);

/// A refusal of the request as it stands.
service_error bad_request(std::string message);
service_error not_found(std::string message);

}  // namespace kustodrop::emulator
