#pragma once

#include <string>

namespace kustodrop {

/// "OpenSSL 3.0.17 1 Jul 2025": the cryptographic library in use.
std::string crypto_library_version();

}  // namespace kustodrop
