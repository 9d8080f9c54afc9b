#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop {

/// Standard base64 with padding.
std::string base64_encode(std::string_view bytes);

/// Nothing unless `text` is standard base64 with padding.
std::optional<std::string> base64_decode(std::string_view text);

/// Raw digest: 32 bytes.
std::string sha256(std::string_view bytes);

/// Raw digest: 16 bytes. Nothing where the system's OpenSSL is configured without MD5 (FIPS).
std::optional<std::string> md5(std::string_view bytes);

std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Bytes fit for secrets, from the operating system's generator.
std::string random_bytes(std::size_t count);

std::string hex_encode(std::string_view bytes);

/// Overwrites memory in a way the compiler cannot remove.
void wipe(void* memory, std::size_t bytes);

}  // namespace kustodrop
