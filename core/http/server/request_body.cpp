#include "http/server/request_body.hpp"

#include "base/crypto/crypto.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace kustodrop::http {

using boost::system::error_code;

open_file::~open_file() {
    if (number_ >= 0) ::close(number_);
}

void body_sink::append(const void* data, std::size_t size, error_code& error) {
    if (!spooled && !folder.empty() && text.size() + size > limit) spool(error);
    if (error) return;
    if (!spooled) {
        text.append(static_cast<const char*>(data), size);
        return;
    }
    write(data, size, error);
}

void body_sink::spool(error_code& error) {
    auto body = std::make_shared<spooled_body>();
    body->path = folder / ("body-" + hex_encode(random_bytes(12)));
    file = open_file(::open(body->path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    if (file.get() < 0) {
        error.assign(errno, boost::system::system_category());
        return;
    }
    spooled = std::move(body);
    write(text.data(), text.size(), error);
    text = {};
}

void body_sink::write(const void* data, std::size_t size, error_code& error) {
    auto* next = static_cast<const char*>(data);
    spooled->bytes += size;
    while (size > 0) {
        auto written = ::write(file.get(), next, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            error.assign(errno, boost::system::system_category());
            return;
        }
        next += written;
        size -= static_cast<std::size_t>(written);
    }
}

}  // namespace kustodrop::http
