#include "base/crypto/signing_certificate.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace kustodrop {

static constexpr int least_key_bits = 2048;

namespace {

struct release {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using bio_pointer = std::unique_ptr<BIO, release>;
using certificate_pointer = std::unique_ptr<X509, release>;

// What OpenSSL could not read must not be found by the next TLS call of this thread.
struct quiet {
    ~quiet() { ERR_clear_error(); }
};

bio_pointer reader(std::string_view text) {
    return bio_pointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// There is no one to ask: remembers that a passphrase was wanted.
int no_passphrase(char*, int, int, void* wanted) {
    *static_cast<bool*>(wanted) = true;
    return -1;
}

std::vector<certificate_pointer> certificates_in(std::string_view pem) {
    std::vector<certificate_pointer> out;
    auto from = reader(pem);
    while (auto* next = PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr)) {
        out.emplace_back(next);
    }
    return out;
}

std::string der_of(X509* certificate) {
    unsigned char* bytes = nullptr;
    auto size = i2d_X509(certificate, &bytes);
    if (size <= 0) throw std::runtime_error("i2d_X509 failed");
    std::string out(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
}

wall_time time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return wall_time(std::chrono::seconds(::timegm(&parts)));
}

failure unusable(std::string why) {
    return {errc::bad_certificate, remedy::reconfigure, std::move(why)};
}

}  // namespace

std::string sha1_thumbprint(std::string_view der) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    if (EVP_Digest(der.data(), der.size(), to, &size, EVP_sha1(), nullptr) != 1) {
        throw std::runtime_error("EVP_Digest failed");
    }
    out.resize(size);
    return out;
}

result<signing_certificate> signing_certificate::parse(std::string_view pem) {
    quiet afterwards;
    bool encrypted = false;
    auto from = reader(pem);
    auto* key = PEM_read_bio_PrivateKey(from.get(), nullptr, no_passphrase, &encrypted);
    signing_certificate out;
    out.key_ =
        std::shared_ptr<void>(key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
    if (encrypted) {
        return unusable(
            "has an encrypted key, and there is no one to enter its passphrase; store it decrypted "
            "(openssl pkey -in KEY) where only the daemon can read it"
        );
    }
    if (!key) {
        return unusable("has no private key in it; put key and certificate, both PEM, in one file");
    }
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < least_key_bits) {
        return unusable("has a key that is not RSA of 2048 bits or more; the service takes no other"
        );
    }
    auto found = certificates_in(pem);
    if (found.empty()) {
        return unusable("has no certificate in it; put key and certificate, both PEM, in one file");
    }
    auto own = std::find_if(found.begin(), found.end(), [key](auto& one) {
        return X509_check_private_key(one.get(), key) == 1;
    });
    if (own == found.end()) return unusable("has a key that belongs to none of its certificates");
    std::rotate(found.begin(), own, own + 1);
    for (auto& one : found) out.chain_.push_back(der_of(one.get()));
    out.begins_ = time_of(X509_get0_notBefore(found.front().get()));
    out.ends_ = time_of(X509_get0_notAfter(found.front().get()));
    return out;
}

std::string signing_certificate::sign(std::string_view bytes, signature_algorithm algorithm) const {
    quiet afterwards;
    auto require = [](bool done) {
        if (!done) throw std::runtime_error("OpenSSL cannot sign");
    };
    std::unique_ptr<EVP_MD_CTX, release> context(EVP_MD_CTX_new());
    require(context != nullptr);
    auto* key = static_cast<EVP_PKEY*>(key_.get());
    EVP_PKEY_CTX* how = nullptr;
    require(EVP_DigestSignInit(context.get(), &how, EVP_sha256(), nullptr, key) == 1);
    if (algorithm == signature_algorithm::ps256) {
        require(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1);
        require(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t size = 0;
    require(EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) == 1);
    std::string out(size, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    require(EVP_DigestSign(context.get(), to, &size, data, bytes.size()) == 1);
    out.resize(size);
    return out;
}

}  // namespace kustodrop
