#include "config/settings.hpp"

#include "config/words.hpp"

namespace kustodrop::config {

std::string_view to_string(auth_kind value) { return word_for(value); }
std::string_view to_string(assertion_algorithm value) { return word_for(value); }
std::string_view to_string(watch_mode value) { return word_for(value); }
std::string_view to_string(claim_mode value) { return word_for(value); }
std::string_view to_string(on_success value) { return word_for(value); }
std::string_view to_string(on_failure value) { return word_for(value); }
std::string_view to_string(on_unconfirmed value) { return word_for(value); }
std::string_view to_string(act_after value) { return word_for(value); }
std::string_view to_string(deduplicate value) { return word_for(value); }
std::string_view to_string(compression value) { return word_for(value); }
std::string_view to_string(report_level value) { return word_for(value); }
std::string_view to_string(report_method value) { return word_for(value); }
std::string_view to_string(foreign_messages value) { return word_for(value); }
std::string_view to_string(drain_scope value) { return word_for(value); }
std::string_view to_string(tls_version value) { return word_for(value); }
std::string_view to_string(data_format value) { return word_for(value); }

std::optional<data_format> parse_data_format(std::string_view name) {
    return value_of<data_format>(name);
}

bool is_compressible(data_format format) {
    switch (format) {
    case data_format::avro:
    case data_format::apacheavro:
    case data_format::parquet:
    case data_format::orc:
    case data_format::sstream:
        return false;
    default:
        return true;
    }
}

std::string_view mapping_kind(data_format format) {
    switch (format) {
    case data_format::json:
    case data_format::multijson:
        return "Json";
    case data_format::avro:
        return "Avro";
    case data_format::apacheavro:
        return "ApacheAvro";
    case data_format::parquet:
        return "Parquet";
    case data_format::orc:
        return "Orc";
    case data_format::sstream:
        return "SStream";
    case data_format::w3clogfile:
        return "W3CLogFile";
    default:
        return "Csv";
    }
}

std::string_view file_extension(data_format format) {
    switch (format) {
    case data_format::csv:
        return ".csv";
    case data_format::tsv:
    case data_format::tsve:
        return ".tsv";
    case data_format::scsv:
        return ".scsv";
    case data_format::sohsv:
        return ".sohsv";
    case data_format::psv:
        return ".psv";
    case data_format::txt:
        return ".txt";
    case data_format::raw:
        return ".raw";
    case data_format::json:
        return ".json";
    case data_format::multijson:
        return ".multijson";
    case data_format::avro:
    case data_format::apacheavro:
        return ".avro";
    case data_format::parquet:
        return ".parquet";
    case data_format::orc:
        return ".orc";
    case data_format::sstream:
        return ".ss";
    case data_format::w3clogfile:
        return ".log";
    }
    return "";
}

bool is_tabular(data_format format) { return mapping_kind(format) == "Csv"; }

}  // namespace kustodrop::config
