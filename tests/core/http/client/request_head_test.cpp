#include "http/client/request_head.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::http;

static request to(std::string_view target) {
    request out;
    out.target = url::parse(target).value();
    return out;
}

BOOST_AUTO_TEST_SUITE(request_head)

BOOST_AUTO_TEST_CASE(nothing_in_it_can_begin_another_line) {
    auto sound = to("https://h/a%20b?sig=%2B%3D");
    sound.headers.add("Accept", "text/plain; q=\"0.5\", \xC3\xA9\tx \\ y");
    BOOST_TEST(is_fit_to_send(sound));
    for (char c : {'\r', '\n', '\0', '\x1b', '\x7f'}) {
        for (std::size_t place : {0u, 3u, 7u, 8u, 15u, 16u}) {
            std::string text(17, 'a');
            text[place] = c;
            auto by_value = sound;
            by_value.headers.add("X-Name", text);
            BOOST_TEST(!is_fit_to_send(by_value), int{c} << " at " << place);
            auto by_name = sound;
            by_name.headers.add(text, "value");
            BOOST_TEST(!is_fit_to_send(by_name), int{c} << " at " << place);
            auto by_path = sound;
            by_path.target = sound.target.with_path_suffix(text);
            BOOST_TEST(!is_fit_to_send(by_path), int{c} << " at " << place);
            auto by_query = sound;
            by_query.target = sound.target.with_parameters(text);
            BOOST_TEST(!is_fit_to_send(by_query), int{c} << " at " << place);
        }
    }
    auto spaced = sound;
    spaced.target = sound.target.with_parameters("a b");
    BOOST_TEST(!is_fit_to_send(spaced));
}

BOOST_AUTO_TEST_CASE(a_query_follows_its_path_where_there_is_one) {
    auto head = head_of(to("https://h:8443/a/b?x=1"), "me/1", 0);
    BOOST_TEST(head.starts_with("GET /a/b?x=1 HTTP/1.1\r\nHost: h:8443\r\n"), head);
    BOOST_TEST(head.ends_with("\r\n\r\n"));
    head = head_of(to("https://[::1]/a"), "me/1", 100);
    BOOST_TEST(head.starts_with("GET /a HTTP/1.1\r\nHost: [::1]\r\n"), head);
}

BOOST_AUTO_TEST_SUITE_END()
