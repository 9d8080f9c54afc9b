#pragma once

#include "emulator/front/answers.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

// The errors of the blob service, with its messages.

service_error bad_parameter(std::string name, std::string_view value);
service_error bad_header(std::string name, std::string_view value);
service_error body_too_large(std::uint64_t limit);
service_error invalid_block();
service_error invalid_xml();
service_error block_list_too_long();

}  // namespace kustodrop::emulator
