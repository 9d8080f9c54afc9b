#include "http/url.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using kustodrop::http::url;

namespace {

url good(std::string_view text) {
    auto parsed = url::parse(text);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), text);
    return *parsed;
}

constexpr auto sas =
    "https://acct.blob.core.windows.net/20261123-c1?sv=2018-03-28&sr=c&sig=a%2Bb%3D&se=x";

}  // namespace

BOOST_AUTO_TEST_SUITE(url_)

BOOST_AUTO_TEST_CASE(takes_a_url_apart) {
    auto u = good("HTTPS://Ingest-X.Kusto.Windows.NET:8443/v1/Rest?a=1&b=2");
    BOOST_TEST(u.is_https());
    BOOST_TEST(u.host() == "ingest-x.kusto.windows.net");
    BOOST_TEST(u.port() == 8443);
    BOOST_TEST(u.path() == "/v1/Rest");
    BOOST_TEST(u.query() == "a=1&b=2");
    BOOST_TEST(u.authority() == "ingest-x.kusto.windows.net:8443");
    BOOST_TEST(u.origin() == "https://ingest-x.kusto.windows.net:8443");
    BOOST_TEST(u.target() == "/v1/Rest?a=1&b=2");
}

BOOST_AUTO_TEST_CASE(knows_the_schemes_own_ports) {
    BOOST_TEST(good("https://a").port() == 443);
    BOOST_TEST(good("http://a").port() == 80);
    BOOST_TEST(good("https://a:443/").authority() == "a");
    BOOST_TEST(good("http://a:443/").authority() == "a:443");
    BOOST_TEST(good("https://a:65535").port() == 65535);
    BOOST_TEST(!good("http://a").is_https());
}

BOOST_AUTO_TEST_CASE(gives_an_empty_path_its_slash) {
    BOOST_TEST(good("https://a").target() == "/");
    BOOST_TEST(good("https://a?b=c").target() == "/?b=c");
    BOOST_TEST(good("https://a/?").target() == "/");
}

BOOST_AUTO_TEST_CASE(reads_ipv6) {
    auto u = good("http://[::1]:10000/devstoreaccount1");
    BOOST_TEST(u.host() == "::1");
    BOOST_TEST(u.authority() == "[::1]:10000");
    BOOST_TEST(u.is_loopback());
    BOOST_TEST(good("https://[2001:DB8::A]/").host() == "2001:db8::a");
}

BOOST_AUTO_TEST_CASE(reads_a_name_that_begins_like_an_address_to_its_end) {
    auto u = good("http://127.0.0.1.evil.example:80/x?y");
    BOOST_TEST(u.host() == "127.0.0.1.evil.example");
    BOOST_TEST(u.target() == "/x?y");
    BOOST_TEST(good("https://10.0.0.1-a/").host() == "10.0.0.1-a");
    BOOST_TEST(!url::parse("http://127.0.0.1@evil.example/").has_value());
}

BOOST_AUTO_TEST_CASE(keeps_the_bytes_of_path_and_query) {
    auto target = "/a%2Fb//c/../d%20e;f?sig=a%2bB%3D%3d&se=2026-08-22T10%3A00%3A00Z&&x=a+b&flag";
    BOOST_TEST(good("https://a" + std::string(target)).target() == target);
    BOOST_TEST(good(sas).reveal() == sas);
}

BOOST_AUTO_TEST_CASE(refuses_what_could_hide_another_host) {
    for (auto text : {
             "https://user@host/",
             "https://user:word@host/",
             "https://@host/",
             "https://trusted.kusto.windows.net@evil.example/",
             "https://evil%2eexample/",
             "https://host%00.kusto.windows.net/",
             "https://kusto.windows.net./",
             "https://a.b.:443/",
             "https://a,b/",
             "https://a;b/",
             "https://[v1.evil.example]/",
             "https://[fe80::1%25eth0]/",
             "https://a#fragment",
             "https://a/?q#",
             "https://a\\b/",
             "https://a\tb/",
             "https://a b/",
             "https://bücher.example/",
             "https://a/\r\nHost: b",
             " https://a/",
             "https://a/ ",
         }) {
        BOOST_TEST(!url::parse(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_absolute_http_url) {
    for (auto text : {
             "",
             "/path",
             "//host/path",
             "host",
             "ftp://host/",
             "file:///etc/passwd",
             "https:",
             "https:/",
             "https://",
             "https:///path",
             "https:host",
             "https://:443/",
             "https://a:",
             "https://a:0/",
             "https://a:65536/",
             "https://a:99999999999/",
             "https://a:-1/",
             "https://a:x/",
             "https://[::1/",
             "https://::1/",
             "https://a/%zz",
             "https://a/?%2",
         }) {
        BOOST_TEST(!url::parse(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(knows_loopback_and_nothing_like_it) {
    for (auto host :
         {"localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.255.0.9", "[::1]"}) {
        BOOST_TEST(good("http://" + std::string(host)).is_loopback(), host);
    }
    for (auto host :
         {"localhost.example",
          "xlocalhost",
          "127.example.com",
          "127.0.0.1.example",
          "127.1",
          "127.0.0.256",
          "128.0.0.1",
          "0.0.0.0",
          "10.0.0.1",
          "[::2]",
          "[2001:db8::1]"}) {
        BOOST_TEST(!good("http://" + std::string(host)).is_loopback(), host);
    }
}

BOOST_AUTO_TEST_CASE(finds_a_parameter) {
    auto u = good(sas);
    BOOST_TEST(u.parameter("sig").value() == "a+b=");
    BOOST_TEST(u.parameter("sv").value() == "2018-03-28");
    BOOST_TEST(!u.parameter("si").has_value());
    BOOST_TEST(!u.parameter("SIG").has_value());
    auto odd = good("https://h/p?a&&b=1&c=&d=x=y&b=2&");
    BOOST_TEST(!odd.parameter("a").has_value());
    BOOST_TEST(odd.parameter("b").value() == "1");
    BOOST_TEST(odd.parameter("c").value() == "");
    BOOST_TEST(odd.parameter("d").value() == "x=y");
    BOOST_TEST(!odd.parameter("").has_value());
    BOOST_TEST(good("https://a/?x=&y=1=2").parameter("x").value() == "");
    BOOST_TEST(good("https://a/?x=&y=1=2").parameter("y").value() == "1=2");
}

BOOST_AUTO_TEST_CASE(builds_on_a_sas_without_touching_its_query) {
    auto u =
        good(sas).with_path_suffix("db__t__id.json.gz").with_parameters("comp=block&blockid=AA%3D");
    BOOST_TEST(
        u.target() ==
        "/20261123-c1/db__t__id.json.gz?sv=2018-03-28&sr=c&sig=a%2Bb%3D&se=x"
        "&comp=block&blockid=AA%3D"
    );
    BOOST_TEST(good("https://a/q/").with_path_suffix("messages").path() == "/q/messages");
    BOOST_TEST(good("https://a/q").with_parameters("a=b").target() == "/q?a=b");
    BOOST_TEST(
        good(sas).with_path("/v1/rest/mgmt").reveal() ==
        "https://acct.blob.core.windows.net/v1/rest/mgmt"
    );
}

BOOST_AUTO_TEST_CASE(prints_without_its_secrets) {
    auto u = good(sas);
    BOOST_TEST(u.redacted() == "https://acct.blob.core.windows.net/20261123-c1?…");
    BOOST_TEST(u.without_query().redacted() == "https://acct.blob.core.windows.net/20261123-c1");
    BOOST_TEST(u.place() == "https://acct.blob.core.windows.net/20261123-c1");
}

BOOST_AUTO_TEST_CASE(compares_by_all_its_parts) {
    BOOST_TEST((good("https://A:443/x") == good("https://a/x")));
    BOOST_TEST((good("https://a/x?a=1") != good("https://a/x?a=2")));
}

BOOST_AUTO_TEST_SUITE_END()
