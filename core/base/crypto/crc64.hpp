#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kustodrop {

/// The CRC-64 that Azure Storage checks bodies with, x-ms-content-crc64: polynomial
/// 0xAD93D23594C93659, reflected, all ones at both ends (also known as CRC-64/NVME). `before` is
/// that of the bytes that go before these.
std::uint64_t crc64(std::string_view bytes, std::uint64_t before = 0);

/// The same on any processor; crc64() takes it where there is nothing faster.
std::uint64_t crc64_by_tables(std::string_view bytes, std::uint64_t before = 0);

/// Eight bytes, the low one first, as the service has it.
std::string crc64_bytes(std::uint64_t crc);

}  // namespace kustodrop
