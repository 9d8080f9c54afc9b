#include "daemon/commands/support/scrub.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using kustodrop::daemon::scrubbed;

BOOST_AUTO_TEST_SUITE(scrub)

BOOST_AUTO_TEST_CASE(hides_the_values_of_secret_names) {
    for (std::string text :
         {"client_secret=planted&x=y",
          "\"client_secret\": \"planted\"",
          "{\\\"authorizationContext\\\": \\\"planted\\\"}",
          "AuthorizationContext:planted",
          "password: 'planted'",
          "Authorization: Bearer planted",
          "authorization: basic planted",
          "said bearer planted-token today",
          "sv=2023&sig=planted%3D&se=2030",
          "https://a/b?sv=1&sig=planted",
          "https://a/b?x=planted",
          "http://user:planted@proxy:3128/",
          "eyJplanted.abc.def"}) {
        auto safe = scrubbed(text);
        BOOST_TEST(safe.find("planted") == std::string::npos, safe);
        BOOST_TEST(safe.find("[hidden]") != std::string::npos, safe);
    }
}

BOOST_AUTO_TEST_CASE(hides_long_opaque_texts) {
    std::string token(120, 'a');
    BOOST_TEST(scrubbed("x " + token + " y") == "x [hidden] y");
}

BOOST_AUTO_TEST_CASE(keeps_the_rest_line_by_line) {
    for (std::string text :
         {"a\nb\n\nc\n",
          "",
          "\n",
          "2026-11-29T10:00:00Z info posted watch=web source=0c9d0a9e-1f3b-4f5e-9a43-1f9be0c0a001",
          "is it a.json? yes",
          "client_secret: ${cred:client-secret}",
          "/srv/drop/a/very/long/path/with/many/folders/that/no/one/takes/for/a/token/file.csv",
          "kustodrop_token_expiry_seconds 3000",
          "\"token_expires_in_seconds\": 3000"}) {
        BOOST_TEST(scrubbed(text) == text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
