#include "http/client/addresses.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

using namespace kustodrop;

namespace {

struct form {
    const char* host;
    const char* address;  // Empty: a name.
    bool local = false;
};

std::ostream& operator<<(std::ostream& out, const form& one) { return out << one.host; }

constexpr form forms[] = {
    {"127.0.0.1", "127.0.0.1", true},
    {"127.255.255.254", "127.255.255.254", true},
    {"127.1", "127.0.0.1", true},
    {"127.0.1", "127.0.0.1", true},
    {"2130706433", "127.0.0.1", true},
    {"0x7f000001", "127.0.0.1", true},
    {"0x7F.0.0.0x1", "127.0.0.1", true},
    {"0177.0.0.01", "127.0.0.1", true},
    {"017700000001", "127.0.0.1", true},
    {"0", "0.0.0.0", true},
    {"0.0.0.0", "0.0.0.0", true},
    {"169.254.169.254", "169.254.169.254", true},
    {"2852039166", "169.254.169.254", true},
    {"0xa9fea9fe", "169.254.169.254", true},
    {"169.254.43518", "169.254.169.254", true},
    {"168.63.129.16", "168.63.129.16", true},
    {"100.100.100.200", "100.100.100.200", true},
    {"192.0.0.192", "192.0.0.192", true},
    {"224.0.0.1", "224.0.0.1", true},
    {"255.255.255.255", "255.255.255.255", true},
    {"::1", "::1", true},
    {"::", "::", true},
    {"0:0:0:0:0:0:0:1", "::1", true},
    {"fe80::1", "fe80::1", true},
    {"fe80::1%eth0", "fe80::1", true},
    {"fec0::1", "fec0::1", true},
    {"ff02::1", "ff02::1", true},
    {"fd00:ec2::254", "fd00:ec2::254", true},
    {"::ffff:127.0.0.1", "::ffff:127.0.0.1", true},
    {"::ffff:7f00:1", "::ffff:127.0.0.1", true},
    {"::ffff:a9fe:a9fe", "::ffff:169.254.169.254", true},
    {"::127.0.0.1", "::127.0.0.1", true},
    {"64:ff9b::7f00:1", "64:ff9b::7f00:1", true},
    {"64:ff9b::a9fe:a9fe", "64:ff9b::a9fe:a9fe", true},
    {"2002:7f00:1::", "2002:7f00:1::", true},
    {"10.0.0.1", "10.0.0.1"},
    {"192.168.1.1", "192.168.1.1"},
    {"172.16.0.1", "172.16.0.1"},
    {"20.60.1.2", "20.60.1.2"},
    {"128.0.0.1", "128.0.0.1"},
    {"169.253.255.255", "169.253.255.255"},
    {"168.63.129.17", "168.63.129.17"},
    {"fd12::1", "fd12::1"},
    {"2603:1020::1", "2603:1020::1"},
    {"::ffff:20.60.1.2", "::ffff:20.60.1.2"},
    {"64:ff9b::143c:102", "64:ff9b::143c:102"},
    {"2002:143c:102::", "2002:143c:102::"},
    {"acct.blob.core.windows.net", ""},
    {"localhost", ""},
    {"1.2.3.4.5", ""},
    {"256.0.0.1", ""},
    {"1.2.3.256", ""},
    {"1.2.65536", ""},
    {"4294967296", ""},
    {"0x", ""},
    {"09.0.0.1", ""},
    {"1..2", ""},
    {"1.2.3.", ""},
    {"-1", ""},
    {"", ""},
    {"fe80::g", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(addresses_)

BOOST_DATA_TEST_CASE(reads_every_form, boost::unit_test::data::make(forms), one) {
    auto found = http::address_of(one.host);
    BOOST_TEST((found ? found->to_string() : "") == one.address);
    if (found) BOOST_TEST(http::is_local(*found) == one.local);
}

BOOST_AUTO_TEST_SUITE_END()
