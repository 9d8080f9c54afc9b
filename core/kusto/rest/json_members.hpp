#pragma once

#include "base/result.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How the answers of ingestion by REST are read: names in any case, numbers also as text, what
/// is missing or of another type as nothing (docs/protocol.md §3.4).
namespace kustodrop::kusto {

/// The document if it is a JSON object of reasonable depth; failure "bad_answer" otherwise.
result<boost::json::value> parse_object(std::string_view text);

const boost::json::value* member_of(const boost::json::value* object, std::string_view name);
std::string text_of(const boost::json::value* object, std::string_view name);
std::optional<std::uint64_t> natural_of(const boost::json::value* object, std::string_view name);

}  // namespace kustodrop::kusto
