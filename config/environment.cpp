#include "config/environment.hpp"

#include "base/crypto/crypto.hpp"
#include "config/reading/file_content.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>
#include <unistd.h>

namespace kustodrop::config {

static constexpr std::size_t largest_secret_file = 64 << 10;
// What the packaged unit loads from, for commands that root runs outside of it.
static constexpr auto administrators_credentials = "/etc/kustodrop/credentials";

bool may_be_shared(const std::string& path, const std::string& credentials_directory) {
    namespace fs = std::filesystem;
    std::error_code unresolved;
    auto real = fs::weakly_canonical(path, unresolved);
    if (unresolved) return false;
    auto is_below = [&](const fs::path& folder) {
        auto base = fs::weakly_canonical(folder, unresolved);
        auto rest = real.lexically_relative(base);
        return !unresolved && !rest.empty() && *rest.begin() != ".." && rest != ".";
    };
    if (!credentials_directory.empty() && is_below(credentials_directory)) return true;
    if (is_below("/run/secrets")) return true;
    // The volume's files are links through ..data to a folder of one version of the secret.
    auto version = real.parent_path();
    auto data = version.parent_path() / "..data";
    return version.filename().string().starts_with("..") && fs::is_symlink(data, unresolved);
}

static result<std::string> read_secret_file(
    const std::string& path, const std::string& credentials_directory
) {
    auto content = read_whole_file(path, largest_secret_file);
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

static std::string name_of_host() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

environment process_environment() {
    environment out;
    out.host = name_of_host();
    out.variable = variable_of_process;
    out.conceal = conceal_variable;
    if (auto* directory = std::getenv("CREDENTIALS_DIRECTORY")) {
        out.credentials_directory = directory;
    } else if (::access(administrators_credentials, R_OK | X_OK) == 0) {
        out.credentials_directory = administrators_credentials;
    }
    out.read_file = [](const std::string& path) -> result<std::string> {
        auto content = read_whole_file(path, largest_secret_file);
        if (!content) return content.error();
        return result<std::string>(boost::system::in_place_value, std::move(content->text));
    };
    auto directory = out.credentials_directory;
    out.read_secret_file = [directory](const std::string& path) {
        return config::read_secret_file(path, directory);
    };
    return out;
}

}  // namespace kustodrop::config
