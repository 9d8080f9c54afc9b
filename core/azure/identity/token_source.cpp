#include "azure/identity/token_source.hpp"

namespace kustodrop::azure {

fresh<access_token> fresh_token(access_token token, time_point asked_at) {
    fresh<access_token> out;
    out.expires_at = asked_at + token.lifetime;
    if (token.refresh_in) out.refresh_at = asked_at + *token.refresh_in;
    out.value = std::move(token);
    return out;
}

}  // namespace kustodrop::azure
