#pragma once

#include <ostream>

/// Whom we trust, a row a case: trust_test.cpp plays each against a network that answers
/// everything, and looks at what left.
namespace kustodrop::test {

enum class leaves {
    token,  // The secret goes to the login endpoint, the token to the cluster, nothing elsewhere.
    no_secret,  // The cluster is asked who signs in for it; neither secret nor token goes anywhere.
    nothing,    // Not a single request.
};

inline constexpr auto global_login = "https://login.microsoftonline.com";
inline constexpr auto us_login = "https://login.microsoftonline.us";
inline constexpr auto china_login = "https://login.partner.microsoftonline.cn";
inline constexpr auto eaglex_login = "https://login.microsoftonline.eaglex.ic.gov";
inline constexpr auto scloud_login = "https://login.microsoftonline.microsoft.scloud";
inline constexpr auto france_login = "https://login.sovcloud-identity.fr";
inline constexpr auto germany_login = "https://login.sovcloud-identity.de";
inline constexpr auto singapore_login = "https://login.sovcloud-identity.sg";

struct endpoint_case {
    const char* endpoint;
    leaves expected;
    const char* login = global_login;  // What the cluster's metadata names.
    const char* trusted = "";          // One entry of cluster.trusted_hosts.
};

inline std::ostream& operator<<(std::ostream& out, const endpoint_case& one) {
    return out << one.endpoint << " signing in at " << one.login << " trusting \"" << one.trusted
               << '"';
}

inline constexpr endpoint_case endpoint_table[] = {
    // The public cloud.
    {"https://ingest-c.westeurope.kusto.windows.net", leaves::token},
    {"https://ingest-c.kusto.windows.net", leaves::token},
    {"https://ingest-c.kustomfa.windows.net", leaves::token},
    {"https://ingest-c.kustodev.windows.net", leaves::token},
    {"https://ingest-w.kusto.azuresynapse.net", leaves::token},
    {"https://ingest-w.kustodev.azuresynapse-dogfood.net", leaves::token},
    {"https://ingest-trd-x.z1.kusto.fabric.microsoft.com", leaves::token},
    {"https://ingest-c.kusto.data.microsoft.com", leaves::token},
    {"https://c.dxp.aad.azure.com", leaves::token},
    {"https://c.dxp-dev.aad.azure.com", leaves::token},
    {"https://c.playfabapi.com", leaves::token},
    {"https://c.playfab.com", leaves::token},
    {"https://c.azureplayfab.com", leaves::token},
    {"https://c.api.securityplatform.microsoft.com", leaves::token},
    {"https://api.securityplatform.microsoft.com", leaves::token},
    {"https://c.securitycenter.windows.com", leaves::token},
    {"https://c.arg.core.windows.net", leaves::token},
    {"https://c.arg-int.core.windows.net", leaves::token},
    {"https://c.arg-df.core.windows.net", leaves::token},
    {"https://ade.applicationinsights.io", leaves::token},
    {"https://ade.loganalytics.io", leaves::token},
    {"https://adx.aimon.applicationinsights.azure.com", leaves::token},
    {"https://adx.applicationinsights.azure.com", leaves::token},
    {"https://adx.int.applicationinsights.azure.com", leaves::token},
    {"https://adx.int.loganalytics.azure.com", leaves::token},
    {"https://adx.int.monitor.azure.com", leaves::token},
    {"https://adx.loganalytics.azure.com", leaves::token},
    {"https://adx.monitor.azure.com", leaves::token},
    {"https://ingest-kusto.aria.microsoft.com", leaves::nothing},
    {"https://kusto.aria.microsoft.com", leaves::token},
    {"https://eu.kusto.aria.microsoft.com", leaves::token},
    {"https://us.kusto.aria.microsoft.com", leaves::nothing},
    // The other clouds, each with its own login endpoint.
    {"https://ingest-c.kusto.usgovcloudapi.net", leaves::token, us_login},
    {"https://ingest-c.kustomfa.usgovcloudapi.net", leaves::token, us_login},
    {"https://c.arg.core.usgovcloudapi.net", leaves::token, us_login},
    {"https://adx.monitor.azure.us", leaves::token, us_login},
    {"https://adx.loganalytics.azure.us", leaves::token, us_login},
    {"https://adx.applicationinsights.azure.us", leaves::token, us_login},
    {"https://ingest-c.kusto.chinacloudapi.cn", leaves::token, china_login},
    {"https://ingest-c.kustomfa.chinacloudapi.cn", leaves::token, china_login},
    {"https://ingest-c.kusto.azuresynapse.azure.cn", leaves::token, china_login},
    {"https://c.playfab.cn", leaves::token, china_login},
    {"https://c.arg.core.chinacloudapi.cn", leaves::token, china_login},
    {"https://adx.monitor.azure.cn", leaves::token, china_login},
    {"https://ingest-c.kusto.core.eaglex.ic.gov", leaves::token, eaglex_login},
    {"https://ingest-c.kustomfa.core.eaglex.ic.gov", leaves::token, eaglex_login},
    {"https://adx.monitor.azure.eaglex.ic.gov", leaves::token, eaglex_login},
    {"https://ingest-c.kusto.core.microsoft.scloud", leaves::token, scloud_login},
    {"https://ingest-c.kustomfa.core.microsoft.scloud", leaves::token, scloud_login},
    {"https://adx.monitor.azure.microsoft.scloud", leaves::token, scloud_login},
    {"https://ingest-c.kusto.sovcloud-api.fr", leaves::token, france_login},
    {"https://ingest-c.kustomfa.sovcloud-api.fr", leaves::token, france_login},
    {"https://adx.monitor.azure.fr", leaves::token, france_login},
    {"https://ingest-c.kusto.sovcloud-api.de", leaves::token, germany_login},
    {"https://adx.monitor.azure.de", leaves::token, germany_login},
    {"https://ingest-c.kusto.sovcloud-api.sg", leaves::token, singapore_login},
    {"https://adx.monitor.azure.sg", leaves::token, singapore_login},
    // A cluster that names another cloud's login endpoint, or none that is known.
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, us_login},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, china_login},
    {"https://ingest-c.kusto.usgovcloudapi.net", leaves::no_secret, global_login},
    {"https://ingest-c.kusto.chinacloudapi.cn", leaves::no_secret, global_login},
    {"https://ingest-c.kusto.sovcloud-api.fr", leaves::no_secret, germany_login},
    {"https://adx.monitor.azure.us", leaves::no_secret, global_login},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "https://login.evil.test"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "http://login.microsoftonline.com"},
    {"https://ingest-c.kusto.windows.net",
     leaves::no_secret,
     "https://login.microsoftonline.com:8443"},
    {"https://ingest-c.kusto.windows.net",
     leaves::no_secret,
     "https://login.microsoftonline.com.evil.test"},
    {"https://ingest-c.kusto.windows.net",
     leaves::no_secret,
     "https://login.microsoftonline.com@evil.test"},
    {"https://ingest-c.kusto.windows.net",
     leaves::no_secret,
     "https://evil.test#login.microsoftonline.com"},
    {"https://ingest-c.kusto.windows.net",
     leaves::no_secret,
     "https://evil.test/login.microsoftonline.com"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "https://login.microsoftonline.com."},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "https://xlogin.microsoftonline.com"},
    {"https://ingest-c.kusto.windows.net",
     leaves::no_secret,
     "https://a.login.microsoftonline.com"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "http://127.0.0.1:8080"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "https://localhost"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "https://[::1]"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "http://169.254.169.254"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "login.microsoftonline.com"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "ftp://login.microsoftonline.com"},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, ""},
    {"https://ingest-c.kusto.windows.net", leaves::no_secret, "https://ingest-c.kusto.windows.net"},
    // Upper case and explicit ports are the same host.
    {"https://INGEST-C.Kusto.WINDOWS.net", leaves::token},
    {"HTTPS://ingest-c.kusto.windows.net", leaves::token},
    {"https://ingest-c.kusto.windows.net:443", leaves::token},
    {"https://ingest-c.kusto.windows.net:8443", leaves::token},
    {"https://ingest-c.kusto.windows.net", leaves::token, "https://LOGIN.microsoftonline.COM"},
    {"https://ingest-c.kusto.windows.net", leaves::token, "https://login.microsoftonline.com:443/"},
    // Look-alikes.
    {"https://ingest-c.kusto.windows.net.evil.test", leaves::nothing},
    {"https://ingest-ckusto.windows.net", leaves::nothing},
    {"https://ingest-evil-kusto.windows.net", leaves::nothing},
    {"https://kusto.windows.net", leaves::nothing},
    {"https://ingest-c.kusto.windows.com", leaves::nothing},
    {"https://ingest-c.kusto.windows.net.", leaves::nothing},
    {"https://ingest-c.kusto.windows.net..", leaves::nothing},
    {"https://ingest-c.kust0.windows.net", leaves::nothing},
    {"https://ingest-c-kusto-windows-net.evil.test", leaves::nothing},
    {"https://evil.test/ingest-c.kusto.windows.net", leaves::nothing},
    {"https://evil.test?ingest-c.kusto.windows.net", leaves::nothing},
    {"https://evil.test#.kusto.windows.net", leaves::nothing},
    {"https://evil.test\\.kusto.windows.net", leaves::nothing},
    {"https://evil.test;.kusto.windows.net", leaves::nothing},
    {"https://evil.test,.kusto.windows.net", leaves::nothing},
    {"https://ingest-c.core.windows.net", leaves::nothing},
    {"https://acct.blob.core.windows.net", leaves::nothing},
    {"https://login.microsoftonline.com", leaves::nothing},
    {"https://xadx.monitor.azure.com", leaves::nothing},
    {"https://a.adx.monitor.azure.com", leaves::nothing},
    {"https://ingest-c.kusto.sovcloud-api.it", leaves::nothing},
    {"https://ingest-c.kusto.w\xC3\xADndows.net", leaves::nothing},
    {"https://ingest-c.kusto.windows.net\xE3\x80\x82"
     "evil.test",
     leaves::nothing},
    // An engine is not its ingestion service.
    {"https://c.westeurope.kusto.windows.net", leaves::nothing},
    {"https://my-ingest-test.kusto.windows.net", leaves::nothing},
    // User information, percent signs, ports that are none, white space.
    {"https://ingest-c.kusto.windows.net@evil.test", leaves::nothing},
    {"https://user:word@ingest-c.kusto.windows.net", leaves::nothing},
    {"https://evil.test%2F.kusto.windows.net", leaves::nothing},
    {"https://evil.test%00.kusto.windows.net", leaves::nothing},
    {"https://evil%2etest", leaves::nothing},
    {"https://ingest-c.kusto.windows.net%40evil.test", leaves::nothing},
    {"https://ingest-c.kusto.windows.net:0", leaves::nothing},
    {"https://ingest-c.kusto.windows.net:65536", leaves::nothing},
    {"https://ingest-c.kusto.windows.net:443@evil.test", leaves::nothing},
    {"https://ingest-c.kusto.windows.net:evil", leaves::nothing},
    {"https://evil.test .kusto.windows.net", leaves::nothing},
    {"https://evil.test\n.kusto.windows.net", leaves::nothing},
    {" https://ingest-c.kusto.windows.net", leaves::nothing},
    {"//ingest-c.kusto.windows.net", leaves::nothing},
    {"ingest-c.kusto.windows.net", leaves::nothing},
    {"ftp://ingest-c.kusto.windows.net", leaves::nothing},
    {"", leaves::nothing},
    // Without TLS only on this machine.
    {"http://ingest-c.kusto.windows.net", leaves::nothing},
    {"http://dm.corp.test", leaves::nothing, global_login, "dm.corp.test"},
    {"http://127.0.0.1:8080", leaves::token, "http://127.0.0.1:8080"},
    {"http://localhost:8080", leaves::token, "http://localhost:8080"},
    {"http://[::1]:8080", leaves::token, "http://[::1]:8080"},
    {"http://127.9.9.9", leaves::token, global_login},
    {"http://127.0.0.1:8080", leaves::no_secret, "https://login.evil.test"},
    {"http://127.0.0.1:8080", leaves::no_secret, "http://login.microsoftonline.com"},
    {"http://127.0.0.1.evil.test", leaves::nothing},
    {"http://localhost.evil.test", leaves::nothing},
    {"http://127.1", leaves::nothing},
    {"http://2130706433", leaves::nothing},
    {"http://0x7f000001", leaves::nothing},
    {"http://[::ffff:127.0.0.1]", leaves::nothing},
    {"http://0.0.0.0", leaves::nothing},
    // An address is not trusted as a cluster unless the operator says so.
    {"https://10.0.0.1", leaves::nothing},
    {"https://20.60.1.2", leaves::nothing},
    {"https://169.254.169.254", leaves::nothing},
    {"http://169.254.169.254", leaves::nothing},
    {"https://[2603:1020::1]", leaves::nothing},
    {"https://[fe80::1%25eth0]", leaves::nothing},
    {"https://10.0.0.1", leaves::token, global_login, "10.0.0.1"},
    {"https://10.0.0.2", leaves::nothing, global_login, "10.0.0.1"},
    {"https://10.0.0.1", leaves::nothing, global_login, ".0.1"},
    {"https://10.0.0.1", leaves::nothing, global_login, "*.0.0.1"},
    // What the operator trusts.
    {"https://dm.corp.test", leaves::token, global_login, "dm.corp.test"},
    {"https://dm.corp.test", leaves::token, global_login, "DM.Corp.Test"},
    {"https://dm.corp.test", leaves::token, global_login, ".corp.test"},
    {"https://dm.corp.test", leaves::token, global_login, "*.corp.test"},
    {"https://dm.corp.test", leaves::token, us_login, ".corp.test"},
    {"https://dm.corp.test", leaves::token, "https://adfs.corp.test", ".corp.test"},
    {"https://dm.corp.test", leaves::no_secret, "http://adfs.corp.test", ".corp.test"},
    {"https://dm.corp.test", leaves::no_secret, "https://adfs.evil.test", ".corp.test"},
    {"https://a.dm.corp.test", leaves::nothing, global_login, "dm.corp.test"},
    {"https://evilcorp.test", leaves::nothing, global_login, ".corp.test"},
    {"https://corp.test", leaves::nothing, global_login, ".corp.test"},
    {"https://corp.test.evil.test", leaves::nothing, global_login, ".corp.test"},
    {"https://anything.test", leaves::nothing, global_login, "."},
    {"https://anything.test", leaves::nothing, global_login, "*"},
    {"https://anything.test", leaves::nothing, global_login, ""},
};

/// A redirect, no matter who sends it, is an ordinary answer and is never followed.
struct redirect_case {
    unsigned status;
    const char* from;  // "metadata", "login" or "management".
    const char* to;
};

inline std::ostream& operator<<(std::ostream& out, const redirect_case& one) {
    return out << one.from << " answers " << one.status << " to " << one.to;
}

inline constexpr redirect_case redirect_table[] = {
    {301, "metadata", "https://evil.test/v1/rest/auth/metadata"},
    {302, "metadata", "https://evil.test/"},
    {303, "metadata", "https://ingest-other.kusto.windows.net/"},
    {307, "metadata", "http://169.254.169.254/metadata/identity/oauth2/token"},
    {308, "metadata", "//evil.test/"},
    {301, "login", "https://evil.test/token"},
    {302, "login", "https://login.microsoftonline.us/"},
    {303, "login", "http://login.microsoftonline.com/"},
    {307, "login", "https://evil.test/token"},
    {308, "login", "https://evil.test/token"},
    {301, "management", "https://evil.test/v1/rest/mgmt"},
    {302, "management", "https://c.kusto.windows.net/v1/rest/mgmt"},
    {303, "management", "http://127.0.0.1/"},
    {307, "management", "https://evil.test/v1/rest/mgmt"},
    {308, "management", "/v1/rest/other"},
};

/// Resource URIs that a cluster hands out, with their SAS.
struct storage_case {
    const char* uri;
    bool taken;
    bool local_cluster = false;  // The cluster itself is on loopback.
    const char* trusted = "";    // One entry of cluster.trusted_storage_hosts.
};

inline std::ostream& operator<<(std::ostream& out, const storage_case& one) {
    return out << one.uri << (one.local_cluster ? " of a local cluster" : "") << " trusting \""
               << one.trusted << '"';
}

inline constexpr storage_case storage_table[] = {
    {"https://acct.blob.core.windows.net/c?sig=x", true},
    {"https://acct.queue.core.windows.net/q?sig=x", true},
    {"https://acct.table.core.windows.net/t?sig=x", true},
    {"https://ACCT.Blob.Core.Windows.NET/c?sig=x", true},
    {"https://acct.z01.blob.storage.azure.net/c?sig=x", true},  // A DNS zone of its own.
    {"https://acct.z99.queue.storage.azure.net/q?sig=x", true},
    {"https://acct.privatelink.blob.core.windows.net/c?sig=x", true},
    {"https://acct.blob.core.usgovcloudapi.net/c?sig=x", true},
    {"https://acct.blob.core.chinacloudapi.cn/c?sig=x", true},
    {"https://acct.blob.core.eaglex.ic.gov/c?sig=x", true},
    {"https://acct.blob.core.microsoft.scloud/c?sig=x", true},
    {"https://acct.blob.core.sovcloud-api.fr/c?sig=x", true},
    {"https://acct.blob.core.sovcloud-api.de/c?sig=x", true},
    {"https://acct.blob.core.sovcloud-api.sg/c?sig=x", true},
    {"https://acct.blob.core.windows.net:443/c?sig=x", true},
    {"http://acct.blob.core.windows.net/c?sig=x", false},
    {"https://acct.blob.core.windows.net.evil.test/c?sig=x", false},
    {"https://acct.blob.core.windows.net@evil.test/c?sig=x", false},
    {"https://acct.blob.core.windows.net./c?sig=x", false},
    {"https://blob.core.windows.net/c?sig=x", false},
    {"https://acctblob.core.windows.net/c?sig=x", false},
    {"https://acct-blob.core.windows.net/c?sig=x", false},
    {"https://acct.file.core.windows.net/c?sig=x", false},
    {"https://evil.test/acct.blob.core.windows.net?sig=x", false},
    {"https://evil%2eblob.core.windows.net/c?sig=x", false},
    {"https://acct.blob.storage.azure.net.evil.test/c?sig=x", false},
    {"ftp://acct.blob.core.windows.net/c?sig=x", false},
    // This machine.
    {"http://127.0.0.1:10000/acct/c?sig=x", false},
    {"http://127.0.0.1:10000/acct/c?sig=x", true, true},
    {"http://localhost:10000/acct/c?sig=x", false},
    {"http://localhost:10000/acct/c?sig=x", true, true},
    {"https://127.0.0.1/acct/c?sig=x", false},
    {"https://[::1]/acct/c?sig=x", false},
    {"http://[::1]:10000/acct/c?sig=x", true, true},
    {"https://127.1/acct/c?sig=x", false},
    {"https://0x7f.1/acct/c?sig=x", false},
    {"https://017700000001/acct/c?sig=x", false},
    {"https://2130706433/acct/c?sig=x", false},
    {"https://0.0.0.0/acct/c?sig=x", false},
    {"https://[::]/acct/c?sig=x", false},
    {"https://[::ffff:127.0.0.1]/acct/c?sig=x", false},
    {"https://[::ffff:7f00:1]/acct/c?sig=x", false},
    {"https://[64:ff9b::7f00:1]/acct/c?sig=x", false},
    {"http://127.1/acct/c?sig=x", false, true},
    // This link and the metadata services on it; a local cluster may not lead there either.
    {"http://169.254.169.254/acct/c?sig=x", false},
    {"https://169.254.169.254/acct/c?sig=x", false},
    {"http://169.254.169.254/acct/c?sig=x", false, true},
    {"https://2852039166/acct/c?sig=x", false},
    {"https://0xA9FEA9FE/acct/c?sig=x", false},
    {"https://0251.0376.0251.0376/acct/c?sig=x", false},
    {"https://[::ffff:169.254.169.254]/acct/c?sig=x", false},
    {"https://[fe80::1]/acct/c?sig=x", false},
    {"https://[fe80::1%25eth0]/acct/c?sig=x", false},
    {"https://[fd00:ec2::254]/acct/c?sig=x", false},
    {"https://168.63.129.16/acct/c?sig=x", false},
    {"https://metadata.google.internal/c?sig=x", false},
    // A private network is not Azure Storage either, unless the operator names it.
    {"https://10.0.0.5/acct/c?sig=x", false},
    {"https://10.0.0.5/acct/c?sig=x", true, false, "10.0.0.5"},
    {"https://10.0.0.6/acct/c?sig=x", false, false, "10.0.0.5"},
    {"https://10.0.0.5/acct/c?sig=x", false, false, ".0.5"},
    {"https://169.254.169.254/acct/c?sig=x", false, false, ".254"},
    {"https://169.254.10.1/acct/c?sig=x", true, false, "169.254.10.1"},
    {"https://store.corp.test/c?sig=x", false},
    {"https://store.corp.test/c?sig=x", true, false, "store.corp.test"},
    {"https://store.corp.test/c?sig=x", true, false, ".corp.test"},
    {"https://store.corp.test.evil.test/c?sig=x", false, false, ".corp.test"},
    {"http://store.corp.test/c?sig=x", false, false, ".corp.test"},
};

}  // namespace kustodrop::test
