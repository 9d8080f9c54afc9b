#include "emulator/program/rest_command_line.hpp"

#include "emulator/front/durations.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <string>

namespace kustodrop::emulator {

static const std::map<std::string, streaming_mode> streaming_modes{
    {"on", streaming_mode::on},
    {"off", streaming_mode::off},
    {"disabled", streaming_mode::disabled},
};

void add_rest(CLI::App& app, rest_options& rest, streaming_options& streaming) {
    auto option = [&app](const char* name, auto& value, const char* help) {
        app.add_option(name, value, help)->capture_default_str()->group("Ingestion by REST");
    };
    auto take_duration = [](duration& into, const char* name) {
        return [&into, name](const std::string& text) {
            auto time = parse_duration(text);
            if (!time) throw CLI::ValidationError(std::string(name) + ": not a duration: " + text);
            into = *time;
        };
    };
    app.add_flag_callback(
           "--no-rest", [&rest] { rest.enabled = false; }, "404 for each request"
    )
        ->group("Ingestion by REST");
    option(
        "--ingestion-method",
        rest.ingestion_method,
        "preferredIngestionMethod, such as V1, V2, Rest, REST, Legacy, Queue; empty: left out"
    );
    option("--upload-method", rest.upload_method, "preferredUploadMethod; empty: left out");
    app.add_option("--lake-folder", rest.lake_folders, "URL of a lake folder, repeatable")
        ->allow_extra_args(false)
        ->group("Ingestion by REST");
    option("--refresh-interval", rest.refresh_interval, "refreshInterval, as a TimeSpan");
    option("--max-blobs", rest.max_blobs, "Blobs of a request");
    option("--max-data-size", rest.max_data_size, "Uncompressed bytes of a request");
    app.add_option_function<std::string>(
           "--operation-lifetime",
           take_duration(rest.operation_lifetime, "--operation-lifetime"),
           "How long the status of an operation can be asked; default 7d"
    )
        ->group("Ingestion by REST");
    app.add_flag("--camel-case", rest.camel_case, "Spell statuses as the OpenAPI description does")
        ->group("Ingestion by REST");
    auto take_mode = [&streaming](const std::string& name) {
        streaming.mode = streaming_modes.at(name);
    };
    app.add_option_function<std::string>(
           "--streaming",
           take_mode,
           "on; off: tables have no policy; disabled: the cluster does not stream"
    )
        ->check(CLI::IsMember(streaming_modes))
        ->group("Ingestion by REST");
    option("--streaming-limit", streaming.max_bytes, "Uncompressed bytes of a request");
    option("--streaming-requests", streaming.max_requests, "At once; more are throttled");
}

}  // namespace kustodrop::emulator
