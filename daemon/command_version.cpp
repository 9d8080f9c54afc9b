#include "daemon/commands.hpp"
#include "daemon/connection.hpp"
#include "daemon/exit_code.hpp"

#include <boost/version.hpp>
#include <openssl/crypto.h>

#include <cstdio>
#include <sqlite3.h>
#include <zlib.h>

namespace kustodrop::daemon {

int command_version() {
    std::printf("kustodrop %s\n", std::string(version()).c_str());
    std::printf("compiler   %s\n", __VERSION__);
    std::printf(
        "boost      %d.%d.%d\n",
        BOOST_VERSION / 100000,
        BOOST_VERSION / 100 % 1000,
        BOOST_VERSION % 100
    );
    std::printf("openssl    %s\n", OpenSSL_version(OPENSSL_VERSION));
    std::printf("sqlite     %s\n", sqlite3_libversion());
    std::printf("zlib       %s\n", zlibVersion());
    return all_well;
}

}  // namespace kustodrop::daemon
