#pragma once

#include <string>
#include <string_view>

/// Signatures by RSA over SHA-256, verified by OpenSSL. All keys are PEM.
namespace kustodrop::emulator {

enum class rsa_padding { pkcs1, pss };

/// The first certificate of the text as DER. Throws std::runtime_error if there is none.
std::string certificate_der(std::string_view pem);

bool is_public_key(std::string_view pem);

bool is_signed_by_certificate(
    std::string_view text, std::string_view signature, std::string_view pem, rsa_padding padding
);

/// PKCS#1 v1.5.
bool is_signed_by_key(std::string_view text, std::string_view signature, std::string_view pem);

}  // namespace kustodrop::emulator
