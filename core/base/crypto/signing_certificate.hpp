#pragma once

#include "base/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop {

/// RSASSA-PKCS1-v1_5 or RSASSA-PSS (salt of 32 bytes), both over SHA-256 (RFC 7518 §3.1).
enum class signature_algorithm { rs256, ps256 };

/// What the older dialect of assertions calls a certificate by: 20 bytes, of its DER.
std::string sha1_thumbprint(std::string_view der);

/// A certificate with its RSA key, to sign assertions with.
class signing_certificate {
public:
    /// Reads PEM that holds a key and its certificate, in any order; further certificates become
    /// the chain. The failure (code bad_certificate, remedy reconfigure) ends a sentence that
    /// begins with the file: "has no private key in it; …". Nothing of the text is in it.
    static result<signing_certificate> parse(std::string_view pem);

    /// The raw signature.
    std::string sign(std::string_view bytes, signature_algorithm algorithm) const;

    /// DER, the key's own certificate first, then the others in the order of the file.
    const std::vector<std::string>& chain() const { return chain_; }
    wall_time begins() const { return begins_; }
    wall_time ends() const { return ends_; }

private:
    std::shared_ptr<void> key_;  // OpenSSL's EVP_PKEY, which stays behind its wall.
    std::vector<std::string> chain_;
    wall_time begins_{};
    wall_time ends_{};
};

}  // namespace kustodrop
