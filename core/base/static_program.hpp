#pragma once

namespace kustodrop {

/// Whether the libraries are part of the program: the one file that runs on any Linux
/// (docs/install.md). Otherwise they are the system's, which receives their security updates.
bool is_static_program();

/// Called first in main. A static program must not load code of the host: neither modules of the
/// host's name service (nsswitch.conf), which were built for another C library, nor what its
/// openssl.cnf names. Host names are then looked up in /etc/hosts and by DNS. Does nothing
/// otherwise.
void keep_to_own_code();

}  // namespace kustodrop
