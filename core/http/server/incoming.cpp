#include "http/server/incoming.hpp"

#include <system_error>

namespace kustodrop::http {

spooled_body::~spooled_body() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
}

}  // namespace kustodrop::http
