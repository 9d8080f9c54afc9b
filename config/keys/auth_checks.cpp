#include "config/keys/auth_checks.hpp"

#include "base/text.hpp"
#include "config/keys/choices.hpp"
#include "config/keys/make_key.hpp"
#include "config/reading/interpolate.hpp"
#include "config/reading/paths.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::config {

static std::string_view name_of(auth_kind kind) {
    auto found = std::ranges::find(auth_kinds, kind, [](auto& one) { return one.value; });
    return found == std::end(auth_kinds) ? std::string_view() : found->name;
}

std::optional<std::string> identifier_problem(const std::string& text) {
    auto lower = to_lower(text);
    if (lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == std::string::npos) {
        return std::nullopt;
    }
    return "is not a valid id; use a GUID or a name of letters, digits, - . and _";
}

std::optional<std::string> resource_id_problem(const std::string& text) {
    bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '?' && c != '#' && c != '&';
    });
    if (text.empty() || (plain && text.starts_with("/subscriptions/"))) return std::nullopt;
    return "is not a valid resource id; use /subscriptions/…/userAssignedIdentities/NAME";
}

std::optional<std::string> authority_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    auto url = http::url::parse(text);
    bool good = url && url->path() == "/" && url->query().empty();
    if (good && (url->is_https() || url->is_loopback())) return std::nullopt;
    return "is not a valid authority; use https://HOST like https://login.microsoftonline.com, "
           "http:// only for loopback";
}

std::string not_used(auth_kind kind, std::string_view by) {
    return "is not used by kind " + std::string(name_of(kind)) +
           "; leave it out, or set kind: " + std::string(by);
}

static void require_text(section& auth, std::string_view key, auth_kind kind, std::string& value) {
    if (value.empty() && !auth.is_wrong(key)) {
        auth.error(key, "is missing; kind " + std::string(name_of(kind)) + " needs it");
    }
}

// What the pod's environment says stands in for a key that is not given (docs/protocol.md §1.4).
static void require_text_or_variable(
    section& auth,
    std::string_view key,
    const std::string& variable,
    const text_rule& rule,
    std::string& value
) {
    if (!value.empty() || auth.is_wrong(key)) return;
    value = auth.environment().variable(variable).value_or("");
    if (value.empty()) {
        auto why = "is missing, and so is the environment variable " + variable +
                   ", which workload identity sets in a pod labelled azure.workload.identity/use: "
                   "true";
        report_unresolved(auth, key, {errc::unreadable, remedy::reconfigure, why});
        return;
    }
    auto wrong = rule(value);
    if (has_control_characters(value)) wrong = "is not a single line; use one line";
    if (!wrong) return;
    auth.error(key, "is taken from the environment variable " + variable + ", which " + *wrong);
}

static void check_workload_identity(section& auth, auth_settings& out) {
    require_text_or_variable(
        auth, "tenant_id", "AZURE_TENANT_ID", identifier_problem, out.tenant_id
    );
    require_text_or_variable(
        auth, "client_id", "AZURE_CLIENT_ID", identifier_problem, out.client_id
    );
    require_text_or_variable(
        auth,
        "federated_token_file",
        "AZURE_FEDERATED_TOKEN_FILE",
        path_problem,
        out.federated_token_file
    );
    auto authority = auth.environment().variable("AZURE_AUTHORITY_HOST").value_or("");
    if (auth.is_wrong("authority_host") || out.authority_host || authority.empty()) return;
    if (auto wrong = authority_problem(authority)) {
        auth.error(
            "authority_host",
            "is taken from the environment variable AZURE_AUTHORITY_HOST, which " + *wrong
        );
        return;
    }
    out.authority_host = http::url::parse(authority);
}

static void check_managed_identity(section& auth, const auth_settings& out) {
    int named = 0;
    std::string_view last;
    for (auto& [key, value] :
         {std::pair<std::string_view, const std::string&>{"client_id", out.client_id},
          {"object_id", out.object_id},
          {"resource_id", out.resource_id}}) {
        if (value.empty()) continue;
        ++named;
        last = key;
    }
    if (named > 1) {
        auth.error(
            last,
            "names the identity a second time; use one of client_id, object_id and "
            "resource_id, or none for the system-assigned identity"
        );
    }
}

static void check_kind(section& auth, auth_settings& out) {
    if (auth.is_wrong("kind") || auth.is_broken()) return;
    switch (out.kind) {
    case auth_kind::client_secret:
    case auth_kind::client_certificate:
        require_text(auth, "tenant_id", out.kind, out.tenant_id);
        require_text(auth, "client_id", out.kind, out.client_id);
        break;
    case auth_kind::managed_identity:
        check_managed_identity(auth, out);
        break;
    case auth_kind::workload_identity:
        check_workload_identity(auth, out);
        break;
    case auth_kind::azure_cli:
        if (!auth.environment().may_start_programs) {
            auth.error(
                "kind",
                "azure_cli is for send and check; the daemon starts no programs, so use another "
                "kind"
            );
        }
        break;
    }
    if (out.kind == auth_kind::client_certificate) {
        require_text(auth, "client_certificate_file", out.kind, out.client_certificate_file);
    }
}

// Keys that mean something to some kinds only, where they say something.
static void warn_of_unused_keys(section& auth, const auth_settings& out) {
    if (auth.is_wrong("kind") || auth.is_broken()) return;
    auto unused = [&](std::string_view key, bool says, auth_kind owner) {
        if (!says || out.kind == owner || auth.is_wrong(key)) return;
        auth.warn(key, not_used(out.kind, name_of(owner)));
    };
    using enum auth_kind;
    bool algorithm = out.assertion_algorithm != assertion_algorithm::automatic;
    unused("client_certificate_file", !out.client_certificate_file.empty(), client_certificate);
    unused("assertion_algorithm", algorithm, client_certificate);
    unused("send_certificate_chain", out.send_certificate_chain, client_certificate);
    unused("object_id", !out.object_id.empty(), managed_identity);
    unused("resource_id", !out.resource_id.empty(), managed_identity);
    unused("federated_token_file", !out.federated_token_file.empty(), workload_identity);
    bool no_tenant = out.kind == managed_identity;
    if (no_tenant) unused("tenant_id", !out.tenant_id.empty(), client_secret);
    if (out.kind == azure_cli) unused("client_id", !out.client_id.empty(), client_secret);
}

void check_auth(section& auth, settings& all) {
    warn_of_unused_keys(auth, all.auth);
    check_kind(auth, all.auth);
}

}  // namespace kustodrop::config
