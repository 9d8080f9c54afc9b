#include "config/interpolate.hpp"
#include "config/read.hpp"
#include "http/client/proxy.hpp"

namespace kustodrop::config {

// The first of these variables that is set and not empty; Go and others look in this order too.
static interpolation first_variable(
    const environment& environment, std::initializer_list<const char*> names
) {
    for (auto* name : names) {
        auto value = environment.variable(name);
        if (value && !value->empty()) return {*value, true, false, false, {name}};
    }
    return {};
}

// A proxy may hold a password, so that none of its text stands in a problem.
static void read_proxy(
    section& network, const environment& environment, bool literal_allowed, network_settings& out
) {
    auto given = network.take_raw_scalar("proxy");
    if (network.is_wrong("proxy")) return;
    interpolation text;
    if (given) {
        auto found = interpolate(given->text, environment, sensitivity::secret);
        if (!found) return network.error("proxy", found.error().detail);
        text = std::move(*found);
    }
    std::string whose;
    if (text.text.empty()) {
        text = first_variable(environment, {"HTTPS_PROXY", "https_proxy"});
        whose = "is not given, and HTTPS_PROXY of the environment ";
    }
    if (text.text.empty()) return;
    auto proxy = http::parse_proxy(text.text);
    if (!proxy) return network.error("proxy", whose + proxy.error().detail);
    out.proxy = proxy->location.origin();
    if (proxy->authorization.empty()) return;
    if (text.is_literal && !literal_allowed) {
        return network.error(
            "proxy",
            "holds a literal password in a file that group or others can read; make the file "
            "private (chmod 600) or write ${cred:name}, ${file:/path} or ${env:NAME}"
        );
    }
    conceal(text, environment);
    out.proxy_authorization = std::move(proxy->authorization);
}

void read_network(
    section network, const environment& environment, bool literal_allowed, network_settings& out
) {
    read_proxy(network, environment, literal_allowed, out);
    network.text("no_proxy", out.no_proxy);
    if (!network.is_given("no_proxy")) {
        out.no_proxy = first_variable(environment, {"NO_PROXY", "no_proxy"}).text;
    }
    network.text("ca_file", out.ca_file, path_problem);
    network.choice("min_tls", out.min_tls, tls_versions);
    network.time("connect_timeout", out.connect_timeout, {100ms, 5min});
    network.time("io_timeout", out.io_timeout, {1s, 1h});
    network.finish();
}

}  // namespace kustodrop::config
