#pragma once

#include "emulator/front/answers.hpp"
#include "emulator/ingest/stream_ingest.hpp"
#include "emulator/rest/rest_options.hpp"

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

struct stream_place {
    std::string database;
    std::string table;
};

/// Reads "/v1/rest/ingest/{database}/{table}", its segments decoded.
std::optional<stream_place> stream_place_of(std::string_view path);

/// Whether the options let the table stream.
bool streams(const streaming_options& options, const stream_place& place);

/// The source id in an `x-ms-client-request-id` such as
/// "KPC.executeManagedStreamingIngest;{source id};{attempt}"; empty when there is none.
std::string source_id_in(std::string_view client_request_id);

/// Reads a request without its body. Refuses a `streamFormat` that streaming does not take.
boost::system::result<streamed_data, service_error> read_stream(const exchange& one);

/// What is answered when the rows could not be stored.
service_error stream_refusal(const failure& why, const stream_place& place);

/// The answer when the rows are in the table.
std::string stream_document(std::uint64_t rows);

}  // namespace kustodrop::emulator
