#include "emulator/identity/certificates.hpp"

#include "base/crypto/crypto.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <set>
#include <stdexcept>

namespace kustodrop::emulator {

namespace {

struct release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using key_pointer = std::unique_ptr<EVP_PKEY, release>;
using certificate_pointer = std::unique_ptr<X509, release>;

void require(bool done) {
    if (!done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

key_pointer make_key() {
    key_pointer key(EVP_EC_gen("P-256"));
    require(key != nullptr);
    return key;
}

void name_it(X509_NAME* name, const char* common_name) {
    auto* text = reinterpret_cast<const unsigned char*>(common_name);
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1);
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, release> extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())
    );
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

certificate_pointer make_certificate(const char* common_name, EVP_PKEY* key, X509* issuer) {
    certificate_pointer out(X509_new());
    require(out != nullptr);
    static constexpr long day = 24L * 3600;
    X509_set_version(out.get(), X509_VERSION_3);
    auto serial = random_bytes(16);
    serial[0] = static_cast<char>(serial[0] & 0x7F);
    std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), 16, nullptr), BN_free
    );
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(out.get()));
    X509_gmtime_adj(X509_getm_notBefore(out.get()), -day);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), 365 * day);
    X509_set_pubkey(out.get(), key);
    name_it(X509_get_subject_name(out.get()), common_name);
    auto* issued_by = issuer ? issuer : out.get();
    X509_set_issuer_name(out.get(), X509_get_subject_name(issued_by));
    return out;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
    std::set<std::string> all{"localhost", "127.0.0.1", "::1"};
    all.insert(hosts.begin(), hosts.end());
    std::string out;
    for (auto& host : all) {
        boost::system::error_code error;
        boost::asio::ip::make_address(host, error);
        out += (out.empty() ? "" : ",") + std::string(error ? "DNS:" : "IP:") + host;
    }
    return out;
}

template <class Write>
std::string to_pem(Write write) {
    std::unique_ptr<BIO, release> bio(BIO_new(BIO_s_mem()));
    require(bio && write(bio.get()) == 1);
    char* data = nullptr;
    auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(X509* certificate) {
    return to_pem([certificate](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

}  // namespace

server_identity make_server_identity(const std::vector<std::string>& hosts) {
    auto authority_key = make_key();
    auto authority = make_certificate("kustodrop emulator authority", authority_key.get(), nullptr);
    extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
    require(X509_sign(authority.get(), authority_key.get(), EVP_sha256()) > 0);

    auto key = make_key();
    auto certificate = make_certificate("localhost", key.get(), authority.get());
    extend(certificate.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE");
    extend(certificate.get(), authority.get(), NID_key_usage, "critical,digitalSignature");
    extend(certificate.get(), authority.get(), NID_ext_key_usage, "serverAuth");
    extend(certificate.get(), authority.get(), NID_subject_key_identifier, "hash");
    extend(certificate.get(), authority.get(), NID_authority_key_identifier, "keyid");
    extend(certificate.get(), authority.get(), NID_subject_alt_name, alternative_names(hosts));
    require(X509_sign(certificate.get(), authority_key.get(), EVP_sha256()) > 0);

    server_identity out;
    out.authority_pem = to_pem(authority.get());
    out.certificate_pem = to_pem(certificate.get()) + out.authority_pem;
    out.private_key_pem = to_pem([&key](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return out;
}

}  // namespace kustodrop::emulator
