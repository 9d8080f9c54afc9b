#include "http/client/addresses.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace kustodrop::http {

using asio::ip::address;
using asio::ip::address_v4;
using asio::ip::address_v6;

// A part of an IPv4 address as inet_aton(3) reads it: decimal, 0x hexadecimal, 0 octal.
static std::optional<std::uint64_t> number_in(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
        base = 8;
    }
    std::uint64_t out = 0;
    auto* end = text.data() + text.size();
    auto [stopped, error] = std::from_chars(text.data(), end, out, base);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return out;
}

// One to four parts; the last one fills the bytes that are left.
static std::optional<address_v4> loose_ipv4(std::string_view host) {
    auto parts = split(host, '.');
    if (parts.size() > 4) return std::nullopt;
    std::uint64_t whole = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto number = number_in(parts[i]);
        if (!number) return std::nullopt;
        bool is_last = i + 1 == parts.size();
        auto bytes = is_last ? 4 - i : 1;
        if (*number >> (8 * bytes) != 0) return std::nullopt;
        whole = whole << (8 * bytes) | *number;
    }
    return address_v4(static_cast<std::uint32_t>(whole));
}

std::optional<address> address_of(std::string_view host) {
    // A zone ("fe80::1%eth0") changes nothing about what the address is.
    auto text = std::string(host.substr(0, host.find('%')));
    boost::system::error_code not_ipv6;
    auto wide = asio::ip::make_address_v6(text, not_ipv6);
    if (!not_ipv6) return wide;
    auto narrow = loose_ipv4(host);
    if (!narrow) return std::nullopt;
    return *narrow;
}

static bool is_local_v4(std::uint32_t number) {
    struct network {
        std::uint32_t first;
        int bits;
    };
    static constexpr std::array<network, 7> local{{
        {0x00000000, 8},   // "This network": 0.0.0.0 reaches this machine.
        {0x7f000000, 8},   // Loopback.
        {0xa9fe0000, 16},  // Link-local, with the metadata service of most clouds.
        {0xa83f8110, 32},  // 168.63.129.16, Azure's wire server.
        {0x646464c8, 32},  // 100.100.100.200, Alibaba's metadata service.
        {0xc0000000, 24},  // 192.0.0.0/24, Oracle's and protocol assignments.
        {0xe0000000, 3},   // Multicast, reserved, broadcast.
    }};
    return std::any_of(local.begin(), local.end(), [&](auto& one) {
        auto mask = ~std::uint32_t{0} << (32 - one.bits);
        return (number & mask) == one.first;
    });
}

static std::uint32_t four_bytes(const address_v6::bytes_type& bytes, std::size_t at) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8 | bytes[at + i];
    return out;
}

// What IPv4 address an IPv6 one carries within: mapped, compatible, NAT64, 6to4.
static std::optional<std::uint32_t> wrapped_v4(const address_v6& wide) {
    auto bytes = wide.to_bytes();
    auto zero_until = [&](std::size_t end) {
        return std::all_of(bytes.begin(), bytes.begin() + end, [](auto b) { return b == 0; });
    };
    if (wide.is_v4_mapped() || zero_until(12)) return four_bytes(bytes, 12);
    static constexpr std::array<unsigned char, 12> nat64{0, 0x64, 0xff, 0x9b};
    if (std::equal(nat64.begin(), nat64.end(), bytes.begin())) return four_bytes(bytes, 12);
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return four_bytes(bytes, 2);
    return std::nullopt;
}

bool is_local(const address& one) {
    if (one.is_v4()) return is_local_v4(one.to_v4().to_uint());
    auto wide = one.to_v6();
    if (wide.is_loopback() || wide.is_unspecified() || wide.is_link_local()) return true;
    if (wide.is_site_local() || wide.is_multicast()) return true;
    static const auto ec2 = asio::ip::make_address_v6("fd00:ec2::254");
    if (wide.to_bytes() == ec2.to_bytes()) return true;
    auto inner = wrapped_v4(wide);
    return inner && is_local_v4(*inner);
}

}  // namespace kustodrop::http
