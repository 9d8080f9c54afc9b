#include "emulator/identity/signatures.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

namespace kustodrop::emulator {

namespace {

struct release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using key_pointer = std::unique_ptr<EVP_PKEY, release>;
using certificate_pointer = std::unique_ptr<X509, release>;
using bio_pointer = std::unique_ptr<BIO, release>;

// What OpenSSL could not read must not be found by the next TLS call of this thread.
struct quiet {
    ~quiet() { ERR_clear_error(); }
};

const unsigned char* data_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

bio_pointer reader(std::string_view text) {
    return bio_pointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

certificate_pointer certificate_in(std::string_view pem) {
    return certificate_pointer(PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr));
}

key_pointer public_key_in(std::string_view pem) {
    return key_pointer(PEM_read_bio_PUBKEY(reader(pem).get(), nullptr, nullptr, nullptr));
}

bool verify(std::string_view text, std::string_view signature, EVP_PKEY* key, rsa_padding padding) {
    std::unique_ptr<EVP_MD_CTX, release> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* how = nullptr;
    if (!key || EVP_DigestVerifyInit(context.get(), &how, EVP_sha256(), nullptr, key) != 1) {
        return false;
    }
    if (padding == rsa_padding::pss) {
        bool set = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
        if (!set) return false;
    }
    return EVP_DigestVerify(
               context.get(), data_of(signature), signature.size(), data_of(text), text.size()
           ) == 1;
}

}  // namespace

std::string certificate_der(std::string_view pem) {
    quiet afterwards;
    auto certificate = certificate_in(pem);
    if (!certificate) throw std::invalid_argument("--certificate is not a certificate in PEM");
    unsigned char* bytes = nullptr;
    auto size = i2d_X509(certificate.get(), &bytes);
    if (size <= 0) throw std::runtime_error("a registered certificate cannot be written as DER");
    std::string out(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
}

bool is_public_key(std::string_view pem) {
    quiet afterwards;
    return public_key_in(pem) != nullptr;
}

bool is_signed_by_certificate(
    std::string_view text, std::string_view signature, std::string_view pem, rsa_padding padding
) {
    quiet afterwards;
    auto certificate = certificate_in(pem);
    return certificate && verify(text, signature, X509_get0_pubkey(certificate.get()), padding);
}

bool is_signed_by_key(std::string_view text, std::string_view signature, std::string_view pem) {
    quiet afterwards;
    return verify(text, signature, public_key_in(pem).get(), rsa_padding::pkcs1);
}

}  // namespace kustodrop::emulator
