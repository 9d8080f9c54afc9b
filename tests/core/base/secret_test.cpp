#include "base/secret.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <concepts>
#include <new>
#include <ostream>
#include <type_traits>

using namespace kustodrop;

namespace {

template <class T>
concept printable_to_stream = requires(std::ostream& out, T value) {
    out << value;
};

static_assert(!printable_to_stream<secret>);
static_assert(!std::convertible_to<secret, std::string>);
static_assert(!std::convertible_to<secret, std::string_view>);
static_assert(!std::convertible_to<std::string, secret>, "it must be said what is secret");

// Short enough to live inside the object itself, where it can be looked at afterwards.
constexpr auto text = "hush-hush";

struct grave {
    alignas(secret) std::array<char, sizeof(secret)> bytes{};

    secret* bury(secret from) { return new (bytes.data()) secret(std::move(from)); }
    bool holds(std::string_view wanted) const {
        return std::string_view(bytes.data(), bytes.size()).find(wanted) != std::string_view::npos;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_)

BOOST_AUTO_TEST_CASE(reveals_only_when_asked) {
    BOOST_TEST(secret(text).reveal() == text);
    BOOST_TEST(secret().empty());
    BOOST_TEST(bool(secret(text) == secret(text)));
    BOOST_TEST(!bool(secret(text) == secret("other")));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind_when_it_goes) {
    grave memory;
    auto* buried = memory.bury(secret(text));
    BOOST_TEST(memory.holds("hush"));
    buried->~secret();
    BOOST_TEST(!memory.holds("hush"));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind_when_it_moves) {
    grave memory;
    auto* buried = memory.bury(secret(text));
    secret taken(std::move(*buried));
    BOOST_TEST(taken.reveal() == text);
    BOOST_TEST(!memory.holds("hush"));
    buried->~secret();
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind_when_it_is_replaced) {
    grave memory;
    auto* buried = memory.bury(secret(text));
    *buried = secret("x");
    BOOST_TEST(buried->reveal() == "x");
    BOOST_TEST(!memory.holds("sh-hush"));
    buried->~secret();
}

BOOST_AUTO_TEST_CASE(survives_assignment_to_itself) {
    secret one(text);
    auto& same = one;
    one = same;
    BOOST_TEST(one.reveal() == text);
    one = std::move(same);
    BOOST_TEST(one.reveal() == text);
}

BOOST_AUTO_TEST_SUITE_END()
