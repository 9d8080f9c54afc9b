#pragma once

#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A certificate authority made on the spot, and a server's certificate that it signed; all PEM.
struct server_identity {
    std::string authority_pem;
    std::string certificate_pem;
    std::string private_key_pem;
};

/// For localhost, 127.0.0.1, ::1 and the hosts given (names or addresses), valid for a year.
/// The authority's key is forgotten at once.
server_identity make_server_identity(const std::vector<std::string>& hosts);

}  // namespace kustodrop::emulator
