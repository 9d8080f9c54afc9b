#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

/// Keys and certificates made on the spot, and signatures verified, for tests.
namespace kustodrop::test {

using key_pointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

inline key_pointer rsa_key(unsigned bits = 2048) { return {EVP_RSA_gen(bits), &EVP_PKEY_free}; }

template <class Write>
std::string written_as_pem(Write write) {
    std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    if (write(bio.get()) != 1) throw std::runtime_error("OpenSSL cannot write PEM");
    char* data = nullptr;
    auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

inline std::string key_pem(EVP_PKEY* key, const char* passphrase = nullptr) {
    return written_as_pem([&](BIO* bio) {
        auto* cipher = passphrase ? EVP_aes_128_cbc() : nullptr;
        return PEM_write_bio_PKCS8PrivateKey(
            bio, key, cipher, passphrase, passphrase ? 4 : 0, nullptr, nullptr
        );
    });
}

/// A certificate for the key, valid between two times (seconds since 1970).
inline std::string certificate_pem(EVP_PKEY* key, long begins, long ends) {
    std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), &X509_free);
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    ASN1_TIME_set(X509_getm_notBefore(made.get()), begins);
    ASN1_TIME_set(X509_getm_notAfter(made.get()), ends);
    X509_set_pubkey(made.get(), key);
    auto* name = X509_get_subject_name(made.get());
    auto* text = reinterpret_cast<const unsigned char*>("kustodrop test");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    if (X509_sign(made.get(), key, EVP_sha256()) <= 0) throw std::runtime_error("cannot sign");
    return written_as_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, made.get()); });
}

inline std::string public_key_pem(EVP_PKEY* key) {
    return written_as_pem([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key); });
}

/// Whether the signature is the key's over SHA-256 of the text.
inline bool is_signed(std::string_view text, std::string_view signature, EVP_PKEY* key, bool pss) {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), &EVP_MD_CTX_free
    );
    EVP_PKEY_CTX* how = nullptr;
    EVP_DigestVerifyInit(context.get(), &how, EVP_sha256(), nullptr, key);
    if (pss) {
        EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(how, 32);
    }
    auto* sign = reinterpret_cast<const unsigned char*>(signature.data());
    auto* data = reinterpret_cast<const unsigned char*>(text.data());
    return EVP_DigestVerify(context.get(), sign, signature.size(), data, text.size()) == 1;
}

/// One key for all tests of a program: making them takes its time.
inline EVP_PKEY* shared_key() {
    static auto key = rsa_key();
    return key.get();
}

}  // namespace kustodrop::test
