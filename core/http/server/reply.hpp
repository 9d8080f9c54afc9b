#pragma once

#include "async/awaitable.hpp"
#include "base/time.hpp"
#include "http/server/incoming.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace kustodrop::http {

/// A part of a file, sent piece by piece.
struct file_part {
    std::filesystem::path path;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// What a server does with one request.
struct reply {
    response answer;
    bool reset = false;                  // Break the connection (RST) instead of answering.
    duration stall{};                    // Say nothing until the client hangs up, or for this long.
    std::optional<file_part> file = {};  // The body, instead of answer.body.
};

using handler = std::function<asio::awaitable<reply>(incoming)>;

}  // namespace kustodrop::http
