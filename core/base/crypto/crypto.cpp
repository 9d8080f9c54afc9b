#include "base/crypto/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace kustodrop {

static const unsigned char* data_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Nothing where OpenSSL's configuration does not offer it.
static std::optional<std::string> digest(std::string_view bytes, const EVP_MD* kind) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    if (EVP_Digest(bytes.data(), bytes.size(), to, &size, kind, nullptr) != 1) {
        ERR_clear_error();
        return std::nullopt;
    }
    out.resize(size);
    return out;
}

std::string base64_encode(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    auto size = EVP_EncodeBlock(to, data_of(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    // OpenSSL silently accepts blanks and misplaced padding; the alphabet is checked here.
    for (char c : text.substr(0, text.size() - padding)) {
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '+' && c != '/') return std::nullopt;
    }
    std::string out(text.size() / 4 * 3, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    auto size = EVP_DecodeBlock(to, data_of(text), static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

std::string sha256(std::string_view bytes) {
    auto out = digest(bytes, EVP_sha256());
    if (!out) throw std::runtime_error("OpenSSL offers no SHA-256");
    return std::move(*out);
}

std::optional<std::string> md5(std::string_view bytes) { return digest(bytes, EVP_md5()); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    auto key_size = static_cast<int>(key.size());
    HMAC(EVP_sha256(), key.data(), key_size, data_of(bytes), bytes.size(), to, &size);
    out.resize(size);
    return out;
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    if (RAND_bytes(to, static_cast<int>(count)) != 1) throw std::runtime_error("RAND_bytes failed");
    return out;
}

std::string hex_encode(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (unsigned char byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

void wipe(void* memory, std::size_t bytes) { OPENSSL_cleanse(memory, bytes); }

}  // namespace kustodrop
