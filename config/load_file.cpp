#include "base/crypto/crypto.hpp"
#include "config/load.hpp"
#include "config/read.hpp"
#include "config/yaml_document.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <system_error>
#include <unistd.h>

namespace kustodrop::config {

static constexpr std::size_t largest_secret_file = 64 << 10;

// A file that was read, and whether only its owner may read it.
struct file_content {
    std::string text;
    bool is_private = false;
};

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

}  // namespace

static failure cannot_read(const std::string& path, std::string_view why) {
    return {errc::unreadable, remedy::reconfigure, path + ": " + std::string(why)};
}

// Asks the open file for its rights, not the name, which may stand for another one by then.
static result<file_content> read_file(const std::string& path, std::size_t largest) {
    auto reason = [] { return std::generic_category().message(errno); };
    // A FIFO without a writer must not hold the start for ever.
    descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number < 0) return cannot_read(path, reason());
    struct stat status {};
    if (::fstat(file.number, &status) != 0) return cannot_read(path, reason());
    if (!S_ISREG(status.st_mode)) return cannot_read(path, "is no regular file");
    file_content out;
    out.is_private = (status.st_mode & (S_IRGRP | S_IROTH)) == 0;
    for (;;) {
        auto before = out.text.size();
        out.text.resize(before + 16384);
        auto got = ::read(file.number, out.text.data() + before, 16384);
        if (got < 0) return cannot_read(path, reason());
        out.text.resize(before + static_cast<std::size_t>(got));
        if (got == 0) return out;
        if (out.text.size() > largest) {
            return cannot_read(path, "is larger than " + std::to_string(largest) + " bytes");
        }
    }
}

bool may_be_shared(const std::string& path, const std::string& credentials_directory) {
    namespace fs = std::filesystem;
    std::error_code gone;
    auto real = fs::weakly_canonical(path, gone);
    if (gone) return false;
    auto is_below = [&](const fs::path& folder) {
        auto base = fs::weakly_canonical(folder, gone);
        auto rest = real.lexically_relative(base);
        return !gone && !rest.empty() && *rest.begin() != ".." && rest != ".";
    };
    if (!credentials_directory.empty() && is_below(credentials_directory)) return true;
    if (is_below("/run/secrets")) return true;
    // The volume's files are links through ..data to a folder of one version of the secret.
    auto version = real.parent_path();
    auto data = version.parent_path() / "..data";
    return version.filename().string().starts_with("..") && fs::is_symlink(data, gone);
}

static result<std::string> read_secret_file(
    const std::string& path, const std::string& credentials_directory
) {
    auto content = read_file(path, largest_secret_file);
    if (!content) return content.error();
    if (!content->is_private && !may_be_shared(path, credentials_directory)) {
        wipe(content->text.data(), content->text.size());
        return cannot_read(
            path, "group or others can read it, and it holds a secret (chmod 600 " + path + ")"
        );
    }
    return result<std::string>(boost::system::in_place_value, std::move(content->text));
}

// The environment is one for the whole process, and so is what was taken out of it.
static std::map<std::string, secret, std::less<>>& concealed_variables() {
    static std::map<std::string, secret, std::less<>> all;
    return all;
}

static std::optional<std::string> variable_of_process(const std::string& name) {
    auto taken = concealed_variables().find(name);
    if (taken != concealed_variables().end()) return std::string(taken->second.reveal());
    auto* value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return value;
}

// Overwritten where the kernel put it, which is what /proc/PID/environ shows.
static void conceal_variable(const std::string& name) {
    auto* value = std::getenv(name.c_str());
    if (!value || *value == '\0' || concealed_variables().contains(name)) return;
    concealed_variables().emplace(name, secret(value));
    wipe(value, std::strlen(value));
}

environment process_environment() {
    environment out;
    out.variable = variable_of_process;
    out.conceal = conceal_variable;
    if (auto* directory = std::getenv("CREDENTIALS_DIRECTORY")) {
        out.credentials_directory = directory;
    }
    out.read_file = [](const std::string& path) -> result<std::string> {
        auto content = read_file(path, largest_secret_file);
        if (!content) return content.error();
        return result<std::string>(boost::system::in_place_value, std::move(content->text));
    };
    auto directory = out.credentials_directory;
    out.read_secret_file = [directory](const std::string& path) {
        return config::read_secret_file(path, directory);
    };
    return out;
}

loaded load_file(const std::string& path, const environment& environment) {
    auto content = read_file(path, yaml_limits{}.bytes);
    if (!content) {
        return {settings{}, {{path, 1, 1, "", "cannot be read: " + content.error().detail}}};
    }
    return load_document({content->text, path, content->is_private}, environment);
}

}  // namespace kustodrop::config
