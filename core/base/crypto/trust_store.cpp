#include "base/crypto/trust_store.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace kustodrop {

namespace files = std::filesystem;

// Of Debian and of openSUSE; the third is the default of an OpenSSL that was built from source.
static constexpr std::array hashed_directories{
    "/etc/ssl/certs",
    "/var/lib/ca-certificates/openssl",
    "/usr/local/ssl/certs",
    "/etc/pki/ca-trust/extracted/pem/directory-hash"};

static constexpr std::array bundles{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL, Fedora, Amazon Linux
    "/etc/pki/tls/certs/ca-bundle.crt",                   // their older place
    "/var/lib/ca-certificates/ca-bundle.pem",             // SUSE
    "/etc/ssl/ca-bundle.pem",                             // its older place
    "/etc/ssl/cert.pem",                                  // Alpine, OpenBSD
    "/usr/local/share/certs/ca-root-nss.crt",             // FreeBSD
};

static bool has_bytes(const std::string& path) {
    std::error_code error;
    return files::is_regular_file(path, error) && files::file_size(path, error) > 0 && !error;
}

// Eight digits of a hash, a dot and a number: 4042bcee.0
static bool is_hash_name(std::string_view name) {
    return name.size() >= 10 && name[8] == '.' && name[9] >= '0' && name[9] <= '9' &&
           name.find_first_not_of("0123456789abcdef") == 8;
}

static bool holds_hashes(const std::string& path) {
    std::error_code error;
    auto looking = files::directory_iterator(path, error);
    for (; !error && looking != files::directory_iterator(); looking.increment(error)) {
        if (is_hash_name(looking->path().filename().string())) return true;
    }
    return false;
}

static bool any_holds_hashes(std::string_view list) {
    while (!list.empty()) {
        auto end = list.find(':');
        auto path = list.substr(0, end);
        if (!path.empty() && holds_hashes(std::string(path))) return true;
        list = end == list.npos ? std::string_view() : list.substr(end + 1);
    }
    return false;
}

static const char* set_in_environment(const char* name) {
    auto* value = std::getenv(name);
    return value && *value ? value : nullptr;
}

static std::string first_hashed_directory(const std::string& root) {
    for (auto* path : hashed_directories) {
        if (holds_hashes(root + path)) return root + path;
    }
    return {};
}

static std::string first_bundle(const std::string& root) {
    for (auto* path : bundles) {
        if (has_bytes(root + path)) return root + path;
    }
    return {};
}

trust_store find_trust_store(const std::string& root) {
    auto* file = set_in_environment("SSL_CERT_FILE");
    auto* list = set_in_environment("SSL_CERT_DIR");
    trust_store out;
    if (file && has_bytes(file)) out.bundle = file;
    if (list && any_holds_hashes(list)) out.directory = list;
    if (!list) out.directory = first_hashed_directory(root);
    if (!file && !list && out.directory.empty()) out.bundle = first_bundle(root);
    return out;
}

std::string empty_trust_store_hint() {
    auto* file = set_in_environment("SSL_CERT_FILE");
    auto* list = set_in_environment("SSL_CERT_DIR");
    if (file) return "SSL_CERT_FILE is " + std::string(file) + ", which holds no certificates";
    if (list)
        return "SSL_CERT_DIR is " + std::string(list) + ", which holds no hashed certificates";
    return "this machine has no CA certificates: install the package ca-certificates, or set "
           "SSL_CERT_FILE or network.ca_file";
}

}  // namespace kustodrop
