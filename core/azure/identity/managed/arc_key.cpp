#include "azure/identity/managed/arc_key.hpp"

#include "base/text.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace kustodrop::azure {

static constexpr std::size_t largest_key_bytes = 4096;

static failure refused(std::string why) {
    return {
        errc::arc_challenge,
        remedy::reconfigure,
        "the Azure Arc agent's challenge " + std::move(why) + "; nothing was read"};
}

static bool is_key_name(std::string_view name) {
    static constexpr std::string_view ending = ".key";
    bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
    return plain && name.size() > ending.size() && name.ends_with(ending) && name.front() != '.';
}

result<std::string> challenged_key(std::string_view challenge, std::string_view directory) {
    static constexpr std::string_view scheme = "Basic realm=";
    auto text = trimmed(challenge);
    if (!equals_ignoring_case(text.substr(0, scheme.size()), scheme)) {
        return refused("names no file");
    }
    text.remove_prefix(scheme.size());
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    auto slash = text.rfind('/');
    if (slash == std::string_view::npos || text.substr(0, slash) != directory) {
        return refused("names a file outside of " + std::string(directory));
    }
    auto name = text.substr(slash + 1);
    if (!is_key_name(name)) return refused("names a file that is not a .key file");
    // failure is made of a string too, so that the kind of result must be said.
    return result<std::string>(boost::system::in_place_value, name);
}

namespace {

// Closes what it was given.
struct descriptor {
    explicit descriptor(int number) : number(number) {}
    ~descriptor() {
        if (number >= 0) ::close(number);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int number;
};

failure cannot_open(const std::string& path, int error) {
    auto cause = path + ": " + std::generic_category().message(error);
    if (error == EACCES || error == EPERM) {
        return {
            errc::arc_group,
            remedy::reconfigure,
            cause +
                "; only members of the group himds may read the Azure Arc agent's keys: "
                "usermod -aG himds USER for the daemon's user, then restart it"};
    }
    return {errc::arc_challenge, remedy::retry, "the key that the Azure Arc agent names: " + cause};
}

}  // namespace

static result<secret> content_of(int file, const std::string& path) {
    struct stat facts {};
    if (::fstat(file, &facts) != 0) return cannot_open(path, errno);
    if (!S_ISREG(facts.st_mode) || facts.st_nlink != 1) {
        return refused("names something else than a file of its own");
    }
    std::array<char, largest_key_bytes + 1> bytes{};
    std::size_t size = 0;
    while (size < bytes.size()) {
        auto got = ::read(file, bytes.data() + size, bytes.size() - size);
        if (got < 0) return cannot_open(path, errno);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > largest_key_bytes) return refused("names a file of more than 4096 bytes");
    std::string text(trimmed(std::string_view(bytes.data(), size)));
    bool sendable = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c >= 0x20 && c < 0x7f;
    });
    if (!sendable) return refused("names a file that is empty or not text");
    return secret(std::move(text));
}

result<secret> read_arc_key(const std::string& directory, const std::string& name) {
    auto path = directory + "/" + name;
    if (!is_key_name(name)) return refused("names a file that is not a .key file");
    descriptor folder(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder.number < 0) return cannot_open(path, errno);
    // A FIFO without a writer must not hold the daemon.
    int how = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    descriptor file(::openat(folder.number, name.c_str(), how));
    if (file.number < 0 && errno == ELOOP) return refused("names a link");
    if (file.number < 0) return cannot_open(path, errno);
    return content_of(file.number, path);
}

}  // namespace kustodrop::azure
