#include "base/static_program.hpp"

#ifdef KUSTODROP_STATIC
#include <openssl/crypto.h>

#include <initializer_list>
#include <nss.h>
#endif

namespace kustodrop {

#ifdef KUSTODROP_STATIC

bool is_static_program() { return true; }

void keep_to_own_code() {
    __nss_configure_lookup("hosts", "files dns");
    for (auto* other : {"passwd", "group", "services", "networks"}) {
        __nss_configure_lookup(other, "files");
    }
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}

#else

bool is_static_program() { return false; }

void keep_to_own_code() {}

#endif

}  // namespace kustodrop
