#include "pipeline/watch/record_forms.hpp"

namespace kustodrop::pipeline {

std::optional<spool::record_form> record_form_of(kusto::data_format format) {
    using kusto::data_format;
    using spool::record_form;
    using spool::record_syntax;
    switch (format) {
    case data_format::csv:
        return record_form{record_syntax::separated, ','};
    case data_format::tsv:
        return record_form{record_syntax::separated, '\t'};
    case data_format::scsv:
        return record_form{record_syntax::separated, ';'};
    case data_format::sohsv:
        return record_form{record_syntax::separated, '\x01'};
    case data_format::psv:
        return record_form{record_syntax::separated, '|'};
    case data_format::txt:
    case data_format::tsve:
    case data_format::w3clogfile:
        return record_form{record_syntax::lines};
    case data_format::json:
    case data_format::multijson:
        return record_form{record_syntax::json};
    case data_format::raw:
    case data_format::avro:
    case data_format::apacheavro:
    case data_format::parquet:
    case data_format::orc:
    case data_format::sstream:
        return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace kustodrop::pipeline
