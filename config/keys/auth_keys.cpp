#include "base/text.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/reading/interpolate.hpp"
#include "config/reading/paths.hpp"

#include <algorithm>

namespace kustodrop::config {

static std::string_view name_of(auth_kind kind) {
    auto found = std::ranges::find(auth_kinds, kind, [](auto& one) { return one.value; });
    return found == std::end(auth_kinds) ? std::string_view() : found->name;
}

static constexpr std::string_view default_secret = "${cred:client-secret}";

static std::optional<std::string> identifier_problem(const std::string& text) {
    auto lower = to_lower(text);
    if (lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == std::string::npos) {
        return std::nullopt;
    }
    return "is not a valid id; use a GUID or a name of letters, digits, - . and _";
}

static std::optional<std::string> resource_id_problem(const std::string& text) {
    bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '?' && c != '#' && c != '&';
    });
    if (text.empty() || (plain && text.starts_with("/subscriptions/"))) return std::nullopt;
    return "is not a valid resource id; use /subscriptions/…/userAssignedIdentities/NAME";
}

static std::optional<std::string> authority_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    auto url = http::url::parse(text);
    bool good = url && url->path() == "/" && url->query().empty();
    if (good && (url->is_https() || url->is_loopback())) return std::nullopt;
    return "is not a valid authority; use https://HOST like https://login.microsoftonline.com, "
           "http:// only for loopback";
}

// What is wrong with a resolved secret; its text is in none of the answers.
static std::optional<std::string> secret_problem(const interpolation& found, bool literal_allowed) {
    if (found.is_literal && !literal_allowed) {
        return "is a literal secret in a file that group or others can read; make the file "
               "private (chmod 600) or write ${cred:name}, ${file:/path} or ${env:NAME}";
    }
    if (found.text.empty()) return "is empty; use the secret";
    if (has_control_characters(found.text)) {
        return "has a line break or another control character in it; use one line";
    }
    return std::nullopt;
}

static std::string not_used(auth_kind kind, std::string_view by) {
    return "is not used by kind " + std::string(name_of(kind)) +
           "; leave it out, or set kind: " + std::string(by);
}

static void read_client_secret(section& auth, settings& all) {
    auto& out = all.auth;
    auto given = auth.take_raw_scalar("client_secret");
    // A wrong kind needs no second problem about what belongs to it.
    if (auth.is_wrong("client_secret") || auth.is_wrong("kind") || auth.is_broken()) return;
    if (out.kind != auth_kind::client_secret) {
        // The documented default stands in many files, whatever their kind.
        bool meant = given && !given->text.empty() && given->text != default_secret;
        if (meant) auth.warn("client_secret", not_used(out.kind, "client_secret"));
        return;
    }
    auto source = given ? given->text : std::string(default_secret);
    auto found = interpolate(source, auth.environment(), sensitivity::secret);
    if (!found) {
        auto subject = given ? std::string() : "is missing, and its default " + source + " ";
        report_unresolved(auth, "client_secret", found.error(), subject);
        return;
    }
    if (auto wrong = secret_problem(*found, auth.literal_secrets())) {
        auth.error("client_secret", *wrong);
        return;
    }
    conceal(*found, auth.environment());
    if (found->can_reread) out.client_secret_source = source;
    out.client_secret = secret(std::move(found->text));
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

static void check_auth(section& auth, settings& all) {
    warn_of_unused_keys(auth, all.auth);
    check_kind(auth, all.auth);
}

static void read_authority(section& auth, settings& all) {
    std::string text;
    bool good = read_text(auth, "authority_host", text, authority_problem);
    if (good) all.auth.authority_host = http::url::parse(text);
}

static std::string show_authority(const settings& all) {
    return yaml_text(all.auth.authority_host ? all.auth.authority_host->origin() : "");
}

static key<settings> client_secret_key() {
    auto out = make_special_key<settings>(
        "client_secret",
        at(&settings::auth, &auth_settings::client_secret),
        read_client_secret,
        "For client_secret. It may stand in the file itself only while no one but the file's owner "
        "can read it. A file or credential is read again for every token, and within a minute "
        "after "
        "a refusal; so are the files that the next keys name."
    );
    out = secretly_shown_by<settings>(std::move(out), [](const settings& all) {
        auto& source = all.auth.client_secret_source;
        return yaml_text(source.empty() && !all.auth.client_secret.empty() ? "(secret)" : source);
    });
    out.facts.default_value = default_secret;
    out.same = [](const settings& a, const settings& b) {
        return a.auth.client_secret == b.auth.client_secret &&
               a.auth.client_secret_source == b.auth.client_secret_source;
    };
    out.take = [](settings& to, const settings& from) {
        to.auth.client_secret = from.auth.client_secret;
        to.auth.client_secret_source = from.auth.client_secret_source;
    };
    return out;
}

static std::vector<key<settings>> entra_keys() {
    return {
        shown_as(
            make_key<settings>(
                "kind",
                at(&settings::auth, &auth_settings::kind),
                choice_form{auth_kinds},
                "How the program proves who it is. azure_cli is for send and check only: the "
                "daemon "
                "starts no programs. managed_identity needs nothing more on an Azure VM, in App "
                "Service and on an Azure Arc server (there the daemon's user must be in the group "
                "himds)."
            ),
            "client_secret"
        ),
        shown_as(
            make_key<settings>(
                "tenant_id",
                at(&settings::auth, &auth_settings::tenant_id),
                text_form{identifier_problem},
                "The directory, a GUID or a domain. Required for client_secret and "
                "client_certificate; workload_identity takes it from AZURE_TENANT_ID where it is "
                "empty."
            ),
            "72f988bf-86f1-41af-91ab-2d7cd011db47"
        ),
        shown_as(
            make_key<settings>(
                "client_id",
                at(&settings::auth, &auth_settings::client_id),
                text_form{identifier_problem},
                "The application. Required for client_secret and client_certificate; "
                "workload_identity takes it from AZURE_CLIENT_ID where it is empty; for "
                "managed_identity it names a user-assigned identity."
            ),
            "00000000-0000-0000-0000-000000000001"
        ),
        client_secret_key(),
        make_key<settings>(
            "client_certificate_file",
            at(&settings::auth, &auth_settings::client_certificate_file),
            text_form{path_problem},
            "For client_certificate, required there: a PEM file with the key (RSA, not encrypted) "
            "and the certificate."
        ),
        make_key<settings>(
            "assertion_algorithm",
            at(&settings::auth, &auth_settings::assertion_algorithm),
            choice_form{assertion_algorithms},
            "How the certificate signs: PS256 with x5t#S256, or RS256 with x5t. auto is ps256, but "
            "rs256 for AD FS (tenant_id: adfs)."
        ),
        make_key<settings>(
            "send_certificate_chain",
            at(&settings::auth, &auth_settings::send_certificate_chain),
            flag_form{},
            "Whether the certificates are sent too (x5c), for applications that trust a subject "
            "name and issuer."
        ),
    };
}

static std::vector<key<settings>> identity_keys() {
    return {
        make_key<settings>(
            "object_id",
            at(&settings::auth, &auth_settings::object_id),
            text_form{identifier_problem},
            "For managed_identity: names a user-assigned identity. Use at most one of client_id, "
            "object_id and resource_id."
        ),
        make_key<settings>(
            "resource_id",
            at(&settings::auth, &auth_settings::resource_id),
            text_form{resource_id_problem},
            "The same by the resource's path in Azure, which begins with /subscriptions/."
        ),
        make_key<settings>(
            "federated_token_file",
            at(&settings::auth, &auth_settings::federated_token_file),
            text_form{path_problem},
            "For workload_identity. Empty: what AZURE_FEDERATED_TOKEN_FILE says."
        ),
        shown_by<settings>(
            make_special_key<settings>(
                "authority_host",
                at(&settings::auth, &auth_settings::authority_host),
                read_authority,
                "https://HOST. Empty: what the cluster's auth metadata says, or for "
                "workload_identity what AZURE_AUTHORITY_HOST says."
            ),
            show_authority
        ),
    };
}

key<settings> auth_section() {
    auto keys = entra_keys();
    for (auto& one : identity_keys()) keys.push_back(std::move(one));
    auto section =
        make_section<settings>("auth", "The identity that the program uses.", std::move(keys));
    return checked<settings>(std::move(section), check_auth);
}

}  // namespace kustodrop::config
