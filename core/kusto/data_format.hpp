#pragma once

#include <array>
#include <optional>
#include <string_view>

/// The formats that files can have, and what each means for blobs and messages.
namespace kustodrop::kusto {

enum class data_format {
    csv,
    tsv,
    scsv,
    sohsv,
    psv,
    txt,
    tsve,
    raw,
    json,
    multijson,
    avro,
    apacheavro,
    parquet,
    orc,
    sstream,
    w3clogfile,
};

inline constexpr auto every_data_format = std::to_array<data_format>({
    data_format::csv,
    data_format::tsv,
    data_format::scsv,
    data_format::sohsv,
    data_format::psv,
    data_format::txt,
    data_format::tsve,
    data_format::raw,
    data_format::json,
    data_format::multijson,
    data_format::avro,
    data_format::apacheavro,
    data_format::parquet,
    data_format::orc,
    data_format::sstream,
    data_format::w3clogfile,
});

/// The message's `format` (docs/protocol.md §7.3), which is the configuration's too.
std::string_view to_string(data_format);

/// The format of that name; nothing if there is none.
std::optional<data_format> parse_data_format(std::string_view name);

/// Whether gzip saves anything: not for formats that compress themselves (docs/protocol.md §5.3).
bool is_compressible(data_format);

/// The message's `ingestionMappingType`: "Csv", "Json", "W3CLogFile" (docs/protocol.md §7.3).
std::string_view mapping_kind(data_format);

/// For blob names, without a dot: "json" (docs/protocol.md §7.3).
std::string_view file_extension(data_format);

/// Whether records are lines of columns, so that the first one can be a header.
bool is_tabular(data_format);

/// Whether the service takes files of this format in a streaming request (docs/protocol.md §3.5).
bool can_be_streamed(data_format);

}  // namespace kustodrop::kusto
