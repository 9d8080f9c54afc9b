#include "base/library_version.hpp"
#include "daemon/commands.hpp"
#include "daemon/connection.hpp"
#include "daemon/exit_code.hpp"
#include "spool/library_version.hpp"

#include <boost/version.hpp>

#include <cstdio>

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
    std::printf("openssl    %s\n", crypto_library_version().c_str());
    std::printf("sqlite     %s\n", spool::journal_library_version().c_str());
    std::printf("zlib       %s\n", spool::gzip_library_version().c_str());
    return all_well;
}

}  // namespace kustodrop::daemon
