#include "emulator/storage/sas.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <initializer_list>

namespace kustodrop::emulator {

std::string_view to_string(storage_service service) {
    switch (service) {
    case storage_service::blob:
        return "blob";
    case storage_service::queue:
        return "queue";
    case storage_service::table:
        return "table";
    }
    return "blob";
}

// "2026-08-22T10:00:00Z": whole seconds, as the service writes them; or whole minutes, which the
// service accepts too.
static std::string sas_time(wall_time time, bool without_seconds = false) {
    return to_iso8601(time).substr(0, without_seconds ? 16 : 19) + "Z";
}

static std::string joined(std::initializer_list<std::string_view> fields) {
    std::string out;
    bool first = true;
    for (auto field : fields) {
        if (!first) out += '\n';
        out += field;
        first = false;
    }
    return out;
}

static std::string signature(std::string_view text, std::string_view account_key) {
    return base64_encode(hmac_sha256(base64_decode(account_key).value_or(""), text));
}

namespace {

// The signed fields of a request, empty where absent.
struct fields {
    const exchange& one;

    std::string_view operator[](std::string_view name) const {
        return one.parameter(name).value_or("");
    }
};

}  // namespace

static std::string canonical_resource(const exchange& one, storage_service service) {
    auto out = "/" + std::string(to_string(service)) + "/" + one.account + "/" + one.resource;
    auto scope = one.parameter("sr").value_or("");
    if (service == storage_service::blob && (scope == "b" || scope == "bs"))
        out += "/" + one.object;
    // The service signs a table's name in lower case.
    return service == storage_service::table ? to_lower(out) : out;
}

// learn.microsoft.com/rest/api/storageservices/create-service-sas, "Version 2015-04-05 and later",
// "2018-11-09 and later" and "2020-12-06 and later".
static std::string service_text(const exchange& one, storage_service service) {
    fields f{one};
    auto version = f["sv"];
    auto text = joined(
        {f["sp"],
         f["st"],
         f["se"],
         canonical_resource(one, service),
         f["si"],
         f["sip"],
         f["spr"],
         version}
    );
    if (service == storage_service::queue) return text;
    if (service == storage_service::table) {
        return joined({text, f["spk"], f["srk"], f["epk"], f["erk"]});
    }
    if (version >= "2018-11-09") text = joined({text, f["sr"], f["snapshot"]});
    if (version >= "2020-12-06") text = joined({text, f["ses"]});
    return joined({text, f["rscc"], f["rscd"], f["rsce"], f["rscl"], f["rsct"]});
}

// learn.microsoft.com/rest/api/storageservices/create-account-sas.
static std::string account_text(const exchange& one) {
    fields f{one};
    auto version = f["sv"];
    auto text = joined(
        {one.account, f["sp"], f["ss"], f["srt"], f["st"], f["se"], f["sip"], f["spr"], version}
    );
    if (version >= "2020-12-06") text = joined({text, f["ses"]});
    return text + "\n";
}

static std::string query_of(const query_parameters& fields) {
    std::string out;
    for (auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out += name + "=" + percent_encode(value);
    }
    return out;
}

// Signs what a verifier would see, so that there is one string to sign and not two.
static exchange pretended(std::string account, std::string resource, query_parameters fields) {
    exchange out{http::incoming()};
    out.account = std::move(account);
    out.resource = std::move(resource);
    out.parameters = std::move(fields);
    return out;
}

std::string service_sas(const sas_grant& grant, std::string_view account_key) {
    query_parameters terms{{"sv", grant.version}};
    if (grant.service == storage_service::blob) terms.emplace_back("sr", "c");
    if (grant.service == storage_service::table) terms.emplace_back("tn", grant.resource);
    terms.emplace_back("st", sas_time(grant.start, grant.without_seconds));
    terms.emplace_back("se", sas_time(grant.expiry, grant.without_seconds));
    terms.emplace_back("sp", grant.permissions);
    auto one = pretended(grant.account, grant.resource, terms);
    auto sig = signature(service_text(one, grant.service), account_key);
    one.parameters.emplace_back("sig", std::move(sig));
    return query_of(one.parameters);
}

std::string account_sas(const account_sas_grant& grant, std::string_view account_key) {
    query_parameters terms{
        {"sv", grant.version},
        {"ss", grant.services},
        {"srt", grant.resource_types},
        {"st", sas_time(grant.start)},
        {"se", sas_time(grant.expiry)},
        {"sp", grant.permissions}};
    auto one = pretended(grant.account, "", terms);
    auto sig = signature(account_text(one), account_key);
    one.parameters.emplace_back("sig", std::move(sig));
    return query_of(one.parameters);
}

static service_error forbidden(std::string detail) {
    return {
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is "
        "formed correctly including the signature.",
        {{"AuthenticationErrorDetail", std::move(detail)}}};
}

static service_error mismatch(std::string code, std::string what) {
    return {
        403, std::move(code), "This request is not authorized to perform this operation " + what};
}

static std::optional<wall_time> parse_sas_time(std::string_view text) {
    bool without_seconds = text.size() == 17 && text.ends_with('Z');
    if (!without_seconds) return parse_iso8601(text);
    return parse_iso8601(std::string(text.substr(0, 16)) + ":00Z");
}

static std::optional<service_error> check_time(const exchange& one, wall_time now) {
    fields f{one};
    auto expiry = parse_sas_time(f["se"]);
    if (!expiry) return forbidden("se is mandatory. Cannot be empty");
    auto start = f["st"].empty() ? std::optional(wall_time()) : parse_sas_time(f["st"]);
    if (!start) return forbidden("st is not a valid time");
    if (now >= *start && now < *expiry) return std::nullopt;
    return forbidden(
        "Signature not valid in the specified time frame: Start [" + to_http_date(*start) +
        "] - Expiry [" + to_http_date(*expiry) + "] - Current [" + to_http_date(now) + "]"
    );
}

static std::optional<service_error> check_origin(const exchange& one) {
    fields f{one};
    if (f["spr"] == "https" && !one.over_tls) {
        return mismatch("AuthorizationProtocolMismatch", "using this protocol.");
    }
    auto range = f["sip"];
    if (range.empty()) return std::nullopt;
    auto dash = range.find('-');
    auto& peer = one.request.peer;
    // Ranges are compared as text of equal length only: enough for an emulator on one machine.
    bool inside = dash == std::string_view::npos
                      ? peer == range
                      : peer >= range.substr(0, dash) && peer <= range.substr(dash + 1);
    if (inside) return std::nullopt;
    return mismatch("AuthorizationSourceIPMismatch", "from this source IP.");
}

static bool contains_any(std::string_view granted, std::string_view wanted) {
    return granted.find_first_of(wanted) != std::string_view::npos;
}

static std::optional<service_error> check_account_terms(
    const exchange& one, const sas_demand& demand
) {
    fields f{one};
    auto letter = to_string(demand.service).substr(0, 1);
    if (f["ss"].find(letter) == std::string_view::npos) {
        return mismatch("AuthorizationServiceMismatch", "using this service.");
    }
    if (f["srt"].find(demand.resource_type) == std::string_view::npos) {
        return mismatch("AuthorizationResourceTypeMismatch", "using this resource type.");
    }
    return std::nullopt;
}

static std::optional<service_error> check_scope(const exchange& one, const sas_demand& demand) {
    fields f{one};
    auto scope = f["sr"];
    if (demand.service == storage_service::blob && scope != "c" && scope != "b" && scope != "bs") {
        return forbidden("sr is mandatory. Cannot be empty");
    }
    if (demand.service == storage_service::table && to_lower(f["tn"]) != to_lower(one.resource)) {
        return forbidden("tn does not name this table");
    }
    return std::nullopt;
}

std::optional<service_error> check_sas(
    const exchange& one, const sas_demand& demand, std::string_view account_key, wall_time now
) {
    fields f{one};
    if (f["sig"].empty()) {
        return service_error{
            401,
            "NoAuthenticationInformation",
            "Server failed to authenticate the request. Please refer to the information in the "
            "www-authenticate header."};
    }
    bool of_account = !f["ss"].empty() || !f["srt"].empty();
    if (f["sv"].empty()) return forbidden("sv is mandatory. Cannot be empty");
    if (!of_account) {
        if (auto error = check_scope(one, demand)) return error;
    }
    auto text = of_account ? account_text(one) : service_text(one, demand.service);
    if (signature(text, account_key) != f["sig"]) {
        return forbidden("Signature did not match. String to sign used was " + text);
    }
    if (auto error = check_time(one, now)) return error;
    if (auto error = check_origin(one)) return error;
    if (of_account) {
        if (auto error = check_account_terms(one, demand)) return error;
    }
    auto& wanted = of_account && !demand.account_permissions.empty() ? demand.account_permissions
                                                                     : demand.permissions;
    if (!contains_any(f["sp"], wanted)) {
        return mismatch("AuthorizationPermissionMismatch", "using this permission.");
    }
    return std::nullopt;
}

}  // namespace kustodrop::emulator
