#pragma once

#include "http/message.hpp"

#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// What the ingestion configuration says, with its own spellings; its SAS are left out. Pure.
std::string configuration_facts(std::string_view body);

/// The shape of an answer: its status, the error document in it, and what it says of waiting.
/// Pure.
std::string answer_facts(const http::response& answer);

}  // namespace kustodrop::daemon
