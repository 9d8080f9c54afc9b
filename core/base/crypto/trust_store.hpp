#pragma once

#include <string>

namespace kustodrop {

/// Where the certificates of the authorities lie that a machine trusts. Both empty: there are none.
struct trust_store {
    std::string bundle;     // One PEM file with all of them.
    std::string directory;  // A folder that OpenSSL looks into: names are hashes of subjects.

    bool is_empty() const { return bundle.empty() && directory.empty(); }
};

/// The store of this machine. OpenSSL knows only the place of the distribution that built it; a
/// program that runs on others has to look where they keep theirs: Debian, Ubuntu, Alpine, RHEL and
/// its relatives, SUSE and FreeBSD. A folder of hashed names is preferred, because only what is
/// needed is read from it.
///
/// SSL_CERT_FILE and SSL_CERT_DIR (a list, divided by colons) each replace what would be found, as
/// they do for OpenSSL itself. `root` stands before every other path: empty but in tests.
trust_store find_trust_store(const std::string& root = {});

/// What to do about an empty store: names the variable or the missing package.
std::string empty_trust_store_hint();

}  // namespace kustodrop
