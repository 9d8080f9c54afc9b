#pragma once

#include <openssl/evp.h>

#include <stdexcept>

namespace kustodrop::test {

/// While it lives, OpenSSL offers what its FIPS provider has, which is not loaded: no MD5.
struct restricted_crypto {
    restricted_crypto() {
        if (EVP_set_default_properties(nullptr, "fips=yes") != 1) {
            throw std::runtime_error("EVP_set_default_properties failed");
        }
    }
    restricted_crypto(const restricted_crypto&) = delete;
    ~restricted_crypto() { EVP_set_default_properties(nullptr, ""); }
};

}  // namespace kustodrop::test
