#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace kustodrop::test {

/// A certificate and its key, as PEM.
struct certificate {
    std::string pem;
    std::string key_pem;
};

/// A certificate authority made for one test.
class authority {
public:
    explicit authority(const std::string& name = "Test CA") : key_(new_key()) {
        issuer_ = make(name, "critical,CA:TRUE", "", key_.get(), nullptr);
    }

    std::string pem() const { return text_of(issuer_.get()); }

    /// For `names`: "DNS:localhost,IP:127.0.0.1".
    certificate issue(const std::string& names, long valid_for_seconds = 86400) const {
        auto key = new_key();
        auto leaf = make("leaf", "critical,CA:FALSE", names, key.get(), issuer_.get());
        X509_gmtime_adj(X509_getm_notAfter(leaf.get()), valid_for_seconds);
        X509_sign(leaf.get(), key_.get(), EVP_sha256());
        return {text_of(leaf.get()), text_of(key.get())};
    }

private:
    struct free {
        void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
        void operator()(X509* one) const { X509_free(one); }
        void operator()(BIO* one) const { BIO_free(one); }
    };
    using key_pointer = std::unique_ptr<EVP_PKEY, free>;
    using certificate_pointer = std::unique_ptr<X509, free>;

    static key_pointer new_key() { return key_pointer(EVP_EC_gen("P-256")); }

    static void extend(X509* to, X509* issuer, int kind, const std::string& value) {
        X509V3_CTX context;
        X509V3_set_ctx_nodb(&context);
        X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
        auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
        if (!extension) throw std::logic_error("bad extension " + value);
        X509_add_ext(to, extension, -1);
        X509_EXTENSION_free(extension);
    }

    certificate_pointer make(
        const std::string& name,
        const std::string& constraints,
        const std::string& names,
        EVP_PKEY* key,
        X509* issuer
    ) const {
        static long serial = 1;
        certificate_pointer out(X509_new());
        X509_set_version(out.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(out.get()), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(out.get()), 86400);
        X509_set_pubkey(out.get(), key);
        auto* bytes = reinterpret_cast<const unsigned char*>(name.c_str());
        auto* subject = X509_get_subject_name(out.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, bytes, -1, -1, 0);
        auto* by = issuer ? issuer : out.get();
        X509_set_issuer_name(out.get(), X509_get_subject_name(by));
        extend(out.get(), by, NID_basic_constraints, constraints);
        if (!names.empty()) extend(out.get(), by, NID_subject_alt_name, names);
        X509_sign(out.get(), key_.get(), EVP_sha256());
        return out;
    }

    static std::string text_of(BIO* written) {
        char* data = nullptr;
        auto size = BIO_get_mem_data(written, &data);
        return {data, static_cast<std::size_t>(size)};
    }
    static std::string text_of(X509* one) {
        std::unique_ptr<BIO, free> out(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(out.get(), one);
        return text_of(out.get());
    }
    static std::string text_of(EVP_PKEY* one) {
        std::unique_ptr<BIO, free> out(BIO_new(BIO_s_mem()));
        PEM_write_bio_PrivateKey(out.get(), one, nullptr, nullptr, 0, nullptr, nullptr);
        return text_of(out.get());
    }

    key_pointer key_;
    certificate_pointer issuer_;
};

}  // namespace kustodrop::test
