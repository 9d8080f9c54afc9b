#include "base/text.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/reading/interpolate.hpp"
#include "config/reading/paths.hpp"
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

// A proxy may hold a password, so none of its text appears in a problem.
static void read_proxy(section& network, settings& all) {
    auto& out = all.network;
    auto& environment = network.environment();
    auto given = network.take_raw_scalar("proxy");
    if (network.is_wrong("proxy")) return;
    interpolation text;
    if (given) {
        auto found = interpolate(given->text, environment, sensitivity::secret);
        if (!found) return report_unresolved(network, "proxy", found.error());
        text = std::move(*found);
    }
    std::string whose;
    if (text.text.empty()) {
        text = first_variable(environment, {"HTTPS_PROXY", "https_proxy"});
        whose = "is not given, and HTTPS_PROXY in the environment ";
    }
    if (text.text.empty()) return;
    auto proxy = http::parse_proxy(trimmed(text.text));
    if (!proxy) return network.error("proxy", whose + proxy.error().detail);
    out.proxy = proxy->location.origin();
    if (proxy->authorization.empty()) return;
    if (text.is_literal && !network.literal_secrets()) {
        return network.error(
            "proxy",
            "holds a literal password in a file that group or others can read; make the file "
            "private (chmod 600) or write ${cred:name}, ${file:/path} or ${env:NAME}"
        );
    }
    conceal(text, environment);
    out.proxy_authorization = std::move(proxy->authorization);
}

static void read_no_proxy(section& network, settings& all) {
    read_text(network, "no_proxy", all.network.no_proxy);
    if (network.is_given("no_proxy")) return;
    all.network.no_proxy = first_variable(network.environment(), {"NO_PROXY", "no_proxy"}).text;
}

static key<settings> proxy_key() {
    auto out = make_special_key<settings>(
        "proxy",
        at(&settings::network, &network_settings::proxy),
        read_proxy,
        "http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (special characters percent-encoded; a "
        "password may stand here only while no one but the file's owner can read it). Everything "
        "goes through it by CONNECT, except for this machine and this link, where identity "
        "endpoints answer. Empty: what HTTPS_PROXY or https_proxy in the environment says."
    );
    out = secretly_shown_by<settings>(std::move(out), [](const settings& all) {
        auto with = all.network.proxy_authorization.empty() ? "" : " (with a password)";
        return yaml_text(all.network.proxy + with);
    });
    out.same = [](const settings& a, const settings& b) {
        return a.network.proxy == b.network.proxy &&
               a.network.proxy_authorization == b.network.proxy_authorization;
    };
    out.take = [](settings& to, const settings& from) {
        to.network.proxy = from.network.proxy;
        to.network.proxy_authorization = from.network.proxy_authorization;
    };
    return out;
}

static std::vector<key<settings>> network_keys() {
    return {
        proxy_key(),
        shown_by<settings>(
            make_special_key<settings>(
                "no_proxy",
                at(&settings::network, &network_settings::no_proxy),
                read_no_proxy,
                "What goes directly all the same: hosts (\"corp.example\" with all below it, "
                "\".corp.example\" without itself), addresses, networks (10.0.0.0/8), each but a "
                "network "
                "with :PORT if needed; commas between, * for everything. Not given: NO_PROXY or "
                "no_proxy "
                "in the environment."
            ),
            [](const settings& all) { return yaml_text(all.network.no_proxy); }
        ),
        make_key<settings>(
            "ca_file",
            at(&settings::network, &network_settings::ca_file),
            text_form{path_problem},
            "A PEM file with authorities to trust beside the system's."
        ),
        make_key<settings>(
            "min_tls",
            at(&settings::network, &network_settings::min_tls),
            choice_form{tls_versions},
            "The oldest version of TLS that is spoken."
        ),
        make_key<settings>(
            "connect_timeout",
            at(&settings::network, &network_settings::connect_timeout),
            duration_form{{100ms, 5min}},
            "For each of name resolution, connection and TLS handshake."
        ),
        make_key<settings>(
            "io_timeout",
            at(&settings::network, &network_settings::io_timeout),
            duration_form{{1s, 1h}},
            "For any progress: of the request, then of its answer."
        ),
    };
}

key<settings> network_section() {
    auto keys = network_keys();
    for (auto& one : keys) one = restart(std::move(one));
    return make_section<settings>("network", "How the service is reached.", std::move(keys));
}

}  // namespace kustodrop::config
