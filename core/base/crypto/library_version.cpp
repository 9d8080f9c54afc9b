#include "base/crypto/library_version.hpp"

#include <openssl/crypto.h>

namespace kustodrop {

std::string crypto_library_version() { return OpenSSL_version(OPENSSL_VERSION); }

}  // namespace kustodrop
