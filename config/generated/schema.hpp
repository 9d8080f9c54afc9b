#pragma once

#include <string>

namespace kustodrop::config {

/// The JSON Schema (draft 7) of the configuration, for editors. It accepts what the reader accepts,
/// as far as a schema can say it; rules between keys are the reader's.
std::string json_schema();

/// That of a file in conf.d.
std::string fragment_schema();

}  // namespace kustodrop::config
