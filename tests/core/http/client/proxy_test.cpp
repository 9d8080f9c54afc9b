#include "http/client/proxy.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace kustodrop;
namespace data = boost::unit_test::data;

namespace {

http::url url(std::string_view text) { return *http::url::parse(text); }

struct exception_case {
    const char* list;
    const char* target;
    bool direct;
};
std::ostream& operator<<(std::ostream& out, const exception_case& one) {
    return out << '"' << one.list << "\" and " << one.target;
}

constexpr exception_case exception_cases[] = {
    {"", "https://a.test", false},
    {"*", "https://a.test", true},
    {"a.test", "https://a.test", true},
    {"a.test", "https://x.a.test", true},
    {"a.test", "https://xa.test", false},
    {"a.test", "https://a.test.evil", false},
    {"A.Test", "https://a.TEST", true},
    {"a.test.", "https://a.test", true},
    {".a.test", "https://x.a.test", true},
    {".a.test", "https://a.test", false},
    {"*.a.test", "https://x.a.test", true},
    {"*.a.test", "https://a.test", false},
    {"b.test, a.test", "https://a.test", true},
    {"b.test a.test", "https://a.test", true},
    {",, ,", "https://a.test", false},
    {"a.test:443", "https://a.test", true},
    {"a.test:8443", "https://a.test", false},
    {"a.test:8443", "https://a.test:8443", true},
    {"a.test:x", "https://a.test", false},
    {"10.1.2.3", "https://10.1.2.3", true},
    {"10.1.2.3", "https://10.1.2.4", false},
    {"10.1.2.3:443", "https://10.1.2.3", true},
    {"10.1.2.3:80", "https://10.1.2.3", false},
    {"10.0.0.0/8", "https://10.200.0.1", true},
    {"10.0.0.0/8", "https://11.0.0.1", false},
    {"10.128.0.0/9", "https://10.128.0.1", true},
    {"10.128.0.0/9", "https://10.127.0.1", false},
    {"0.0.0.0/0", "https://20.1.1.1", true},
    {"0.0.0.0/0", "https://a.test", false},
    {"10.0.0.0/33", "https://10.0.0.1", false},
    {"10.0.0.0/", "https://10.0.0.1", false},
    {"nonsense/8", "https://10.0.0.1", false},
    {"2001:db8::/32", "https://[2001:db8:1::1]", true},
    {"2001:db8::/32", "https://[2001:db9::1]", false},
    {"2001:db8::1", "https://[2001:db8::1]", true},
    {"[2001:db8::1]", "https://[2001:db8::1]", true},
    {"[2001:db8::1]:443", "https://[2001:db8::1]", true},
    {"[2001:db8::1]:80", "https://[2001:db8::1]", false},
    {"2001:db8::/32", "https://10.0.0.1", false},
    {"", "https://127.0.0.1:8080", true},
    {"", "https://localhost", true},
    {"", "https://[::1]", true},
    {"", "https://169.254.169.254", true},
    {"", "https://2852039166", true},
    {"", "https://168.63.129.16", true},
    {"", "http://10.0.0.1", true},
    {"", "http://a.test", true},
    {"", "https://10.0.0.1", false},
};

struct proxy_case {
    const char* given;
    const char* origin;  // Empty: refused.
    const char* authorization = "";
};
std::ostream& operator<<(std::ostream& out, const proxy_case& one) { return out << one.given; }

constexpr proxy_case proxy_cases[] = {
    {"http://proxy.test:3128", "http://proxy.test:3128"},
    {"HTTP://Proxy.Test:3128/", "http://proxy.test:3128"},
    {"proxy.test:3128", "http://proxy.test:3128"},
    {"proxy.test", "http://proxy.test"},
    {"http://[::1]:3128", "http://[::1]:3128"},
    {"http://u:w@proxy.test:1", "http://proxy.test:1", "Basic dTp3"},
    {"u:w@proxy.test:1", "http://proxy.test:1", "Basic dTp3"},
    {"http://u@proxy.test:1", "http://proxy.test:1", "Basic dTo="},
    {"http://d%5Cu:p%40s%3As@proxy.test:1", "http://proxy.test:1", "Basic ZFx1OnBAczpz"},
    {"http://u:p@ss@proxy.test:1", "http://proxy.test:1", "Basic dTpwQHNz"},
    {"https://proxy.test:3128", ""},
    {"socks5://proxy.test:1080", ""},
    {"http://proxy.test:3128/path", ""},
    {"http://proxy.test:3128?q", ""},
    {"http://proxy.test:99999", ""},
    {"http://u:w%0a@proxy.test", ""},
    {"http://u:w%zz@proxy.test", ""},
    {"http://u%3Av:w@proxy.test", ""},
    {"http://", ""},
    {"nonsense with spaces", ""},
    {"", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy_)

BOOST_DATA_TEST_CASE(knows_what_goes_directly, data::make(exception_cases), one) {
    http::proxy_exceptions exceptions(one.list);
    BOOST_TEST(http::goes_by_proxy(url(one.target), exceptions) == !one.direct);
}

BOOST_DATA_TEST_CASE(reads_what_operators_write, data::make(proxy_cases), one) {
    auto found = http::parse_proxy(one.given);
    BOOST_TEST((found ? found->location.origin() : "") == one.origin);
    if (found) BOOST_TEST(found->authorization.reveal() == one.authorization);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_proxy_is_said_without_quoting_it) {
    auto refused = http::parse_proxy("ftp://user:hunter2@proxy.test").error();
    BOOST_TEST(refused.code == errc::bad_proxy);
    BOOST_TEST(refused.detail.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(asks_for_a_tunnel_by_name_and_port) {
    BOOST_TEST(
        http::tunnel_request(url("https://a.test/x?sig=y"), secret()) ==
        "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"
    );
    BOOST_TEST(
        http::tunnel_request(url("https://[2001:db8::1]:8443"), secret("Basic dTp3")) ==
        "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n"
        "Proxy-Authorization: Basic dTp3\r\n\r\n"
    );
}

BOOST_AUTO_TEST_CASE(understands_what_a_proxy_answers) {
    auto answer = [](std::string_view head) {
        auto out = http::tunnel_answer(head, url("https://a.test"), url("http://p.test:3128"));
        return out ? "ok" : out.error().code.text();
    };
    BOOST_TEST(answer("HTTP/1.1 200 Connection established\r\n\r\n") == "ok");
    BOOST_TEST(answer("HTTP/1.0 200\r\n\r\n") == "ok");
    BOOST_TEST(
        answer("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") == "proxy_unauthorized"
    );
    BOOST_TEST(answer("HTTP/1.1 403 Forbidden\r\n\r\n") == "proxy_refused");
    BOOST_TEST(answer("HTTP/1.1 502 Bad Gateway\r\n\r\n") == "proxy_failed");
    BOOST_TEST(answer("HTTP/1.1 302 Found\r\nLocation: http://x\r\n\r\n") == "proxy_failed");
    BOOST_TEST(answer("SSH-2.0-OpenSSH\r\n\r\n") == "proxy_failed");
    BOOST_TEST(answer("") == "proxy_failed");
}

BOOST_AUTO_TEST_CASE(says_who_refused_what_and_what_to_do) {
    auto said = http::tunnel_answer(
        "HTTP/1.1 407 No\r\n\r\n", url("https://a.test"), url("http://p.test:3128")
    );
    auto detail = said.error().message();
    BOOST_TEST(detail.find("p.test:3128") != std::string::npos);
    BOOST_TEST(detail.find("a.test:443") != std::string::npos);
    BOOST_TEST(detail.find("407") != std::string::npos);
    BOOST_TEST(detail.find("network.proxy") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_takes_no_basic_credentials_is_named_as_such) {
    auto hint = [](const std::string& headers) {
        auto head = "HTTP/1.1 407 No\r\n" + headers + "\r\n";
        return http::tunnel_answer(head, url("https://a.test"), url("http://p.test"))
            .error()
            .message();
    };
    auto ntlm = hint("Proxy-Authenticate: Negotiate\r\nproxy-authenticate:  NTLM\r\n");
    BOOST_TEST(ntlm.find("takes only Negotiate, NTLM") != std::string::npos);
    BOOST_TEST(ntlm.find("put the proxy's user") == std::string::npos);
    auto digest = hint("Proxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\n");
    BOOST_TEST(digest.find("takes only Digest,") != std::string::npos);
    auto basic = hint("Proxy-Authenticate: NTLM\r\nProxy-Authenticate: basic realm=x\r\n");
    BOOST_TEST(basic.find("put the proxy's user") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
