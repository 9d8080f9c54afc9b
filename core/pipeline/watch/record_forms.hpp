#pragma once

#include "kusto/data_format.hpp"
#include "spool/reading/records/record_cut.hpp"

#include <optional>

namespace kustodrop::pipeline {

/// How the records of a format end. Nothing for formats of which a part is of no use: binary ones,
/// and `raw`, where the whole file is one record.
std::optional<spool::record_form> record_form_of(kusto::data_format format);

}  // namespace kustodrop::pipeline
