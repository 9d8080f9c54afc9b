#include "emulator/storage/blobs/blob_errors.hpp"

namespace kustodrop::emulator {

service_error bad_parameter(std::string name, std::string_view value) {
    return {
        400,
        "InvalidQueryParameterValue",
        "Value for one of the query parameters specified in the request URI is invalid.",
        {{"QueryParameterName", std::move(name)}, {"QueryParameterValue", std::string(value)}}};
}

service_error bad_header(std::string name, std::string_view value) {
    return {
        400,
        "InvalidHeaderValue",
        "The value for one of the HTTP headers is not in the correct format.",
        {{"HeaderName", std::move(name)}, {"HeaderValue", std::string(value)}}};
}

service_error body_too_large(std::uint64_t limit) {
    return {
        413,
        "RequestBodyTooLarge",
        "The request body is too large and exceeds the maximum permissible limit.",
        {{"MaxLimit", std::to_string(limit)}}};
}

service_error invalid_block() {
    return {400, "InvalidBlobOrBlock", "The specified blob or block content is invalid."};
}

service_error invalid_xml() {
    return {400, "InvalidXmlDocument", "XML specified is not syntactically valid."};
}

service_error block_list_too_long() {
    return {400, "BlockListTooLong", "The block list may not contain more than 50,000 blocks."};
}

}  // namespace kustodrop::emulator
