#include "spool/folder/moves/sidecar.hpp"

#include "base/random.hpp"
#include "spool/folder/beneath.hpp"
#include "spool/folder/moves/moving.hpp"
#include "spool/source/place.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>

namespace kustodrop::spool {

bool is_unfinished_name(std::string_view base) {
    if (!base.starts_with('.')) return false;
    auto dot = base.rfind('.');
    auto kind = base.substr(dot);
    return (kind == ".tmp" || kind == ".part") && dot > 0 && is_guid(base.substr(1, dot - 1));
}

sidecar::sidecar(int folder, const std::string& base, const std::string& id)
    : folder_(folder), name_(sidecar_name(base, id)), id_(id) {}

int sidecar::write(std::string_view text) const {
    auto temporary = "." + id_ + ".tmp";
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    descriptor file(::openat(folder_, temporary.c_str(), flags, 0640));
    if (!file.is_open()) return errno;
    if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) return drop(temporary);
    if (is_ours()) {
        auto renamed = ::renameat(folder_, temporary.c_str(), folder_, name_.c_str());
        return renamed == 0 ? 0 : drop(temporary);
    }
    auto error = move_without_overwriting({folder_, temporary}, {folder_, name_});
    if (error != 0) ::unlinkat(folder_, temporary.c_str(), 0);
    return error;
}

void sidecar::remove() const {
    if (is_ours()) ::unlinkat(folder_, name_.c_str(), 0);
}

// A sidecar of ours says our id; a file that someone dropped under such a name does not.
bool sidecar::is_ours() const {
    int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
    descriptor file(::openat(folder_, name_.c_str(), flags));
    if (!file.is_open()) return false;
    std::array<char, 16384> text;
    auto bytes = ::pread(file.get(), text.data(), text.size(), 0);
    std::string_view start(text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return start.find(id_) != std::string_view::npos;
}

int sidecar::drop(const std::string& temporary) const {
    auto error = errno;
    ::unlinkat(folder_, temporary.c_str(), 0);
    return error;
}

}  // namespace kustodrop::spool
