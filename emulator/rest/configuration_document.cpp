#include "emulator/rest/configuration_document.hpp"

#include <boost/json.hpp>

#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

static json::array paths(const std::vector<std::string>& places) {
    json::array out;
    for (auto& place : places) out.push_back(json::object{{"path", place}});
    return out;
}

static json::value number(const rest_options& options, std::uint64_t value) {
    if (options.numbers_as_text) return json::string(std::to_string(value));
    return value;
}

std::string configuration_document(
    const rest_options& options, const std::vector<std::string>& containers
) {
    json::object places;
    places["containers"] = paths(containers);
    places["lakeFolders"] = paths(options.lake_folders);
    places["refreshInterval"] = options.refresh_interval;
    if (!options.upload_method.empty()) places["preferredUploadMethod"] = options.upload_method;
    json::object limits;
    limits["maxBlobsPerBatch"] = number(options, options.max_blobs);
    limits["maxDataSize"] = number(options, options.max_data_size);
    if (!options.ingestion_method.empty()) {
        limits["preferredIngestionMethod"] = options.ingestion_method;
    }
    json::object out;
    out["containerSettings"] = std::move(places);
    out["ingestionSettings"] = std::move(limits);
    return json::serialize(out);
}

}  // namespace kustodrop::emulator
