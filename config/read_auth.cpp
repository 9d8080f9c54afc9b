#include "base/text.hpp"
#include "config/interpolate.hpp"
#include "config/read.hpp"

#include <algorithm>

namespace kustodrop::config {

static constexpr std::string_view default_secret = "${cred:client-secret}";

static std::optional<std::string> identifier_problem(const std::string& text) {
    auto lower = to_lower(text);
    if (lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == std::string::npos) {
        return std::nullopt;
    }
    return "is no id; allowed: a GUID or a name of letters, digits, - . and _";
}

static std::optional<std::string> resource_id_problem(const std::string& text) {
    bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '?' && c != '#' && c != '&';
    });
    if (text.empty() || (plain && text.starts_with("/subscriptions/"))) return std::nullopt;
    return "is no resource id; allowed: /subscriptions/…/userAssignedIdentities/NAME";
}

static std::optional<std::string> authority_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    auto url = http::url::parse(text);
    bool good = url && url->path() == "/" && url->query().empty();
    if (good && (url->is_https() || url->is_loopback())) return std::nullopt;
    return "is no authority; allowed: https://HOST like https://login.microsoftonline.com, "
           "http:// only for loopback";
}

static bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20;
    });
}

// What is wrong with a resolved secret; its text is in none of the answers.
static std::optional<std::string> secret_problem(const interpolation& found, bool literal_allowed) {
    if (found.is_literal && !literal_allowed) {
        return "is a literal secret in a file that group or others can read; make the file "
               "private (chmod 600) or write ${cred:name}, ${file:/path} or ${env:NAME}";
    }
    if (found.text.empty()) return "is empty; allowed: the secret";
    if (has_control_characters(found.text)) {
        return "has a line break or another control character in it; allowed: one line";
    }
    return std::nullopt;
}

static std::string not_used(auth_kind kind, std::string_view by) {
    return "is not used by kind " + std::string(to_string(kind)) +
           "; leave it out, or set kind: " + std::string(by);
}

static void read_client_secret(
    section& auth, const environment& environment, bool literal_allowed, auth_settings& out
) {
    auto given = auth.take_raw_scalar("client_secret");
    if (auth.is_wrong("client_secret")) return;
    if (out.kind != auth_kind::client_secret) {
        // The documented default stands in many files and disturbs nobody.
        bool meant = given && !given->text.empty() && given->text != default_secret;
        if (meant) auth.warn("client_secret", not_used(out.kind, "client_secret"));
        return;
    }
    auto source = given ? given->text : std::string(default_secret);
    auto found = interpolate(source, environment, sensitivity::secret);
    if (!found) {
        auto subject = given ? std::string() : "is missing, and its default " + source + " ";
        auth.error("client_secret", subject + found.error().detail);
        return;
    }
    if (auto wrong = secret_problem(*found, literal_allowed)) {
        auth.error("client_secret", *wrong);
        return;
    }
    conceal(*found, environment);
    if (found->can_reread) out.client_secret_source = source;
    out.client_secret = secret(std::move(found->text));
}

static void require_text(section& auth, std::string_view key, auth_kind kind, std::string& value) {
    if (value.empty() && !auth.is_wrong(key)) {
        auth.error(key, "is missing; kind " + std::string(to_string(kind)) + " needs it");
    }
}

// What the pod's environment says stands in for a key that is not given (docs/protocol.md §1.4).
static void require_text_or_variable(
    section& auth,
    std::string_view key,
    const environment& environment,
    const std::string& variable,
    const section::text_rule& rule,
    std::string& value
) {
    if (!value.empty() || auth.is_wrong(key)) return;
    value = environment.variable(variable).value_or("");
    if (value.empty()) {
        auth.error(
            key,
            "is missing, and so is the environment variable " + variable +
                ", which workload identity sets in a pod labelled azure.workload.identity/use: true"
        );
    } else if (auto wrong = has_control_characters(value) ? "is no single line" : rule(value)) {
        auth.error(key, "is taken from the environment variable " + variable + ", which " + *wrong);
    }
}

static void check_workload_identity(
    section& auth, const environment& environment, auth_settings& out
) {
    require_text_or_variable(
        auth, "tenant_id", environment, "AZURE_TENANT_ID", identifier_problem, out.tenant_id
    );
    require_text_or_variable(
        auth, "client_id", environment, "AZURE_CLIENT_ID", identifier_problem, out.client_id
    );
    require_text_or_variable(
        auth,
        "federated_token_file",
        environment,
        "AZURE_FEDERATED_TOKEN_FILE",
        path_problem,
        out.federated_token_file
    );
    auto authority = environment.variable("AZURE_AUTHORITY_HOST").value_or("");
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
            "names the identity a second time; allowed: one of client_id, object_id and "
            "resource_id, or none for the system-assigned identity"
        );
    }
}

static void check_kind(section& auth, const environment& environment, auth_settings& out) {
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
        check_workload_identity(auth, environment, out);
        break;
    case auth_kind::azure_cli:
        break;
    }
    if (out.kind == auth_kind::client_certificate) {
        require_text(auth, "client_certificate_file", out.kind, out.client_certificate_file);
    }
}

// Keys that mean something to some kinds only, where they say something.
static void warn_of_strangers(section& auth, const auth_settings& out) {
    if (auth.is_wrong("kind") || auth.is_broken()) return;
    auto stranger = [&](std::string_view key, bool says, auth_kind owner) {
        if (!says || out.kind == owner || auth.is_wrong(key)) return;
        auth.warn(key, not_used(out.kind, to_string(owner)));
    };
    using enum auth_kind;
    bool algorithm = out.assertion_algorithm != assertion_algorithm::automatic;
    stranger("client_certificate_file", !out.client_certificate_file.empty(), client_certificate);
    stranger("assertion_algorithm", algorithm, client_certificate);
    stranger("send_certificate_chain", out.send_certificate_chain, client_certificate);
    stranger("object_id", !out.object_id.empty(), managed_identity);
    stranger("resource_id", !out.resource_id.empty(), managed_identity);
    stranger("federated_token_file", !out.federated_token_file.empty(), workload_identity);
    bool no_tenant = out.kind == managed_identity;
    if (no_tenant) stranger("tenant_id", !out.tenant_id.empty(), client_secret);
    if (out.kind == azure_cli) stranger("client_id", !out.client_id.empty(), client_secret);
}

void read_auth(
    section auth, const environment& environment, bool literal_allowed, auth_settings& out
) {
    auth.choice("kind", out.kind, auth_kinds);
    auth.text("tenant_id", out.tenant_id, identifier_problem);
    auth.text("client_id", out.client_id, identifier_problem);
    // A kind that is no kind needs no second complaint about what goes with it.
    if (auth.is_wrong("kind") || auth.is_broken()) {
        auth.take_raw_scalar("client_secret");
    } else {
        read_client_secret(auth, environment, literal_allowed, out);
    }
    auth.text("client_certificate_file", out.client_certificate_file, path_problem);
    auth.choice("assertion_algorithm", out.assertion_algorithm, assertion_algorithms);
    auth.flag("send_certificate_chain", out.send_certificate_chain);
    auth.text("object_id", out.object_id, identifier_problem);
    auth.text("resource_id", out.resource_id, resource_id_problem);
    auth.text("federated_token_file", out.federated_token_file, path_problem);
    std::string authority;
    if (auth.text("authority_host", authority, authority_problem)) {
        out.authority_host = http::url::parse(authority);
    }
    warn_of_strangers(auth, out);
    check_kind(auth, environment, out);
    auth.finish();
}

}  // namespace kustodrop::config
