#pragma once

#include "base/time.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace kustodrop::http {

struct server_options {
    std::string address = "127.0.0.1";  // An IP address; ignored when unix_path is set.
    std::uint16_t port = 0;             // 0: the system chooses, see server::port().
    std::string unix_path = {};         // A Unix socket, mode 0660, replacing a stale one.
    std::string certificate_pem = {};   // With the key: speaks TLS (1.2 or better).
    std::string private_key_pem = {};
    std::size_t max_body_bytes = 64u << 20u;
    response too_large = {};                  // Sent instead of a bare 413 when it has a status.
    std::filesystem::path spool_folder = {};  // Where bodies above spool_above go; empty: memory.
    std::size_t spool_above = 8u << 20u;
    std::size_t max_connections = 1024;
    duration idle_timeout = std::chrono::seconds(75);
};

}  // namespace kustodrop::http
