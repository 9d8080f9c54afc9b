#include "kusto/data_format.hpp"

namespace kustodrop::kusto {

std::string_view to_string(data_format format) {
    switch (format) {
    case data_format::csv:
        return "csv";
    case data_format::tsv:
        return "tsv";
    case data_format::scsv:
        return "scsv";
    case data_format::sohsv:
        return "sohsv";
    case data_format::psv:
        return "psv";
    case data_format::txt:
        return "txt";
    case data_format::tsve:
        return "tsve";
    case data_format::raw:
        return "raw";
    case data_format::json:
        return "json";
    case data_format::multijson:
        return "multijson";
    case data_format::avro:
        return "avro";
    case data_format::apacheavro:
        return "apacheavro";
    case data_format::parquet:
        return "parquet";
    case data_format::orc:
        return "orc";
    case data_format::sstream:
        return "sstream";
    case data_format::w3clogfile:
        return "w3clogfile";
    }
    return "";
}

std::optional<data_format> parse_data_format(std::string_view name) {
    for (auto format : every_data_format) {
        if (to_string(format) == name) return format;
    }
    return std::nullopt;
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
        return "csv";
    case data_format::tsv:
    case data_format::tsve:
        return "tsv";
    case data_format::scsv:
        return "scsv";
    case data_format::sohsv:
        return "sohsv";
    case data_format::psv:
        return "psv";
    case data_format::txt:
        return "txt";
    case data_format::raw:
        return "raw";
    case data_format::json:
        return "json";
    case data_format::multijson:
        return "multijson";
    case data_format::avro:
    case data_format::apacheavro:
        return "avro";
    case data_format::parquet:
        return "parquet";
    case data_format::orc:
        return "orc";
    case data_format::sstream:
        return "ss";
    case data_format::w3clogfile:
        return "log";
    }
    return "";
}

bool is_tabular(data_format format) { return mapping_kind(format) == "Csv"; }

bool can_be_streamed(data_format format) {
    switch (format) {
    case data_format::csv:
    case data_format::tsv:
    case data_format::scsv:
    case data_format::sohsv:
    case data_format::psv:
    case data_format::json:
    case data_format::multijson:
    case data_format::avro:
        return true;
    default:
        return false;
    }
}

}  // namespace kustodrop::kusto
