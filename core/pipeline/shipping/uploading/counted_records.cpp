#include "pipeline/shipping/uploading/counted_records.hpp"

namespace kustodrop::pipeline {

std::optional<spool::record_count_rules> counted_records_of(const kusto::target& where) {
    using kusto::data_format;
    using spool::counted_record;
    spool::record_count_rules out;
    out.what = counted_record::separated;
    out.drops_first_record = where.ignore_first_record;
    switch (where.format) {
    case data_format::csv:
        return out;
    case data_format::tsv:
        out.separator = '\t';
        return out;
    case data_format::scsv:
        out.separator = ';';
        return out;
    case data_format::sohsv:
        out.separator = '\x01';
        return out;
    case data_format::psv:
        out.separator = '|';
        return out;
    case data_format::txt:
    case data_format::tsve:
        out.what = counted_record::line;
        return out;
    case data_format::json:
        out.what = counted_record::object;
        out.drops_first_record = false;
        return out;
    case data_format::w3clogfile:
        out.what = counted_record::w3c;
        out.drops_first_record = false;
        return out;
    default:
        return std::nullopt;
    }
}

}  // namespace kustodrop::pipeline
