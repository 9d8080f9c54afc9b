#pragma once

#include "http/message.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace kustodrop::http {

/// A body too large for memory, in a file of its own. Removed with it unless moved away.
struct spooled_body {
    std::filesystem::path path;
    std::uint64_t bytes = 0;

    ~spooled_body();
};

/// A request as a server sees it.
struct incoming {
    verb method = verb::get;
    std::string target;  // Path and query as they came, in origin form.
    http::headers headers;
    std::string body;
    std::shared_ptr<spooled_body> spooled = {};  // Instead of `body`, see server_options.
    std::string peer;  // "127.0.0.1", or "uid=1000 gid=1000 pid=77" on a Unix socket.
};

}  // namespace kustodrop::http
