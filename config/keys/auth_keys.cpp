#include "base/text.hpp"
#include "config/keys/auth_checks.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/reading/interpolate.hpp"
#include "config/reading/paths.hpp"

namespace kustodrop::config {

static constexpr std::string_view default_secret = "${cred:client-secret}";

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
