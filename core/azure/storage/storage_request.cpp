#include "azure/storage/storage_request.hpp"

#include <utility>

namespace kustodrop::azure {

// Obeyed only where the SAS does not decide (docs/protocol.md §5.1); every service speaks it.
static constexpr auto storage_version = "2021-08-06";

http::request storage_request(
    http::verb method, http::url target, random_generator& random, std::string accept
) {
    http::request out;
    out.method = method;
    out.target = std::move(target);
    out.headers.add("x-ms-version", storage_version);
    out.headers.add("x-ms-client-request-id", make_guid(random));
    out.headers.add("Accept", std::move(accept));
    return out;
}

std::string request_summary(const http::request& request) {
    return request.operation + " to " + request.target.place();
}

failure network_failure(failure broken) {
    // It says nothing about the file: something else answers in the account's place.
    if (broken.code == errc::answer_too_large) broken.next = remedy::reroute;
    if (broken.next != remedy::retry) return broken;
    broken.next = broken.code == errc::dns_failed ? remedy::refresh_resources : remedy::reroute;
    if (broken.code == errc::local_limit) broken.next = remedy::retry;  // Ours, not the account's.
    return broken;
}

}  // namespace kustodrop::azure
