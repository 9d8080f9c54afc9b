// Real handshakes of OpenSSL in memory, without sockets.
#include "http/client/tls_sessions.hpp"

#include "support/certificates.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>

using namespace kustodrop;

namespace {

using context = std::unique_ptr<SSL_CTX, decltype([](SSL_CTX* one) { SSL_CTX_free(one); })>;
using connection = std::unique_ptr<SSL, decltype([](SSL* one) { SSL_free(one); })>;
using memory = std::unique_ptr<BIO, decltype([](BIO* one) { BIO_free(one); })>;

context server_with(const test::certificate& certificate) {
    context out(SSL_CTX_new(TLS_server_method()));
    memory chain(BIO_new_mem_buf(certificate.pem.data(), static_cast<int>(certificate.pem.size())));
    std::unique_ptr<X509, decltype([](X509* one) { X509_free(one); })> leaf(
        PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)
    );
    auto& key = certificate.key_pem;
    memory text(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
    std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* one) { EVP_PKEY_free(one); })> secret(
        PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr)
    );
    BOOST_REQUIRE(SSL_CTX_use_certificate(out.get(), leaf.get()) == 1);
    BOOST_REQUIRE(SSL_CTX_use_PrivateKey(out.get(), secret.get()) == 1);
    return out;
}

context client_that_trusts(const test::authority& ca) {
    context out(SSL_CTX_new(TLS_client_method()));
    auto pem = ca.pem();
    memory text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::unique_ptr<X509, decltype([](X509* one) { X509_free(one); })> root(
        PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)
    );
    X509_STORE_add_cert(SSL_CTX_get_cert_store(out.get()), root.get());
    SSL_CTX_set_verify(out.get(), SSL_VERIFY_PEER, nullptr);
    return out;
}

enum class ended { in_full, resumed, failed };

struct handshakes {
    test::authority ca;
    context server = server_with(ca.issue("DNS:localhost"));
    context client = client_that_trusts(ca);
    time_point now{};

    handshakes() { http::remember_sessions(client.get()); }

    // One connection, broken off after the first byte of an answer, with which the tickets come.
    ended connect(const std::string& peer) {
        connection ours(SSL_new(client.get()));
        connection theirs(SSL_new(server.get()));
        BIO* near = nullptr;
        BIO* far = nullptr;
        BIO_new_bio_pair(&near, 0, &far, 0);
        SSL_set_bio(ours.get(), near, near);
        SSL_set_bio(theirs.get(), far, far);
        SSL_set_connect_state(ours.get());
        SSL_set_accept_state(theirs.get());
        http::resume_session(ours.get(), peer, now);
        for (int round = 0; round < 10; ++round) {
            SSL_do_handshake(ours.get());
            SSL_do_handshake(theirs.get());
        }
        if (SSL_is_init_finished(ours.get()) != 1 || SSL_is_init_finished(theirs.get()) != 1) {
            http::forget_session(ours.get());
            return ended::failed;
        }
        char byte = 'x';
        BOOST_REQUIRE(SSL_write(theirs.get(), &byte, 1) == 1);
        BOOST_REQUIRE(SSL_read(ours.get(), &byte, 1) == 1);
        BOOST_TEST(SSL_get_verify_result(ours.get()) == X509_V_OK);
        BOOST_TEST(SSL_get0_peer_certificate(ours.get()) != nullptr);
        return SSL_session_reused(ours.get()) == 1 ? ended::resumed : ended::in_full;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_sessions_, handshakes)

BOOST_AUTO_TEST_CASE(a_second_connection_is_resumed_though_the_first_broke_off) {
    BOOST_TEST((connect("localhost") == ended::in_full));
    for (int time = 0; time < 5; ++time) BOOST_TEST((connect("localhost") == ended::resumed));
}

BOOST_AUTO_TEST_CASE(the_older_version_is_resumed_too) {
    SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
    BOOST_TEST((connect("localhost") == ended::in_full));
    BOOST_TEST((connect("localhost") == ended::resumed));
}

BOOST_AUTO_TEST_CASE(an_hour_after_a_full_handshake_comes_another_however_often_it_was_resumed) {
    now += 100h;
    BOOST_TEST((connect("localhost") == ended::in_full));
    for (int time = 0; time < 6; ++time) {
        now += 10min;
        BOOST_TEST((connect("localhost") == ended::resumed));
    }
    now += 1s;
    BOOST_TEST((connect("localhost") == ended::in_full));
    now += 1h;
    BOOST_TEST((connect("localhost") == ended::resumed));
}

BOOST_AUTO_TEST_CASE(a_session_is_of_one_peer) {
    BOOST_TEST((connect("localhost") == ended::in_full));
    BOOST_TEST((connect("localhost:444") == ended::in_full));
    BOOST_TEST((connect("localhost") == ended::resumed));
}

BOOST_AUTO_TEST_CASE(a_peer_that_knows_it_no_more_shakes_hands_in_full) {
    BOOST_TEST((connect("localhost") == ended::in_full));
    server = server_with(ca.issue("DNS:localhost"));
    BOOST_TEST((connect("localhost") == ended::in_full));
    BOOST_TEST((connect("localhost") == ended::resumed));
}

BOOST_AUTO_TEST_CASE(whom_nobody_trusts_is_not_helped_by_an_older_session) {
    BOOST_TEST((connect("localhost") == ended::in_full));
    auto trusted = std::exchange(server, server_with(test::authority().issue("DNS:localhost")));
    BOOST_TEST((connect("localhost") == ended::failed));
    BOOST_TEST((connect("localhost") == ended::failed));
    // And the failure has ended the session.
    server = std::move(trusted);
    BOOST_TEST((connect("localhost") == ended::in_full));
}

BOOST_AUTO_TEST_CASE(of_too_many_peers_the_first_are_remembered) {
    for (std::size_t peer = 0; peer < http::remembered_peers + 2; ++peer) {
        BOOST_TEST((connect(std::to_string(peer)) == ended::in_full));
    }
    BOOST_TEST((connect("0") == ended::resumed));
    BOOST_TEST((connect(std::to_string(http::remembered_peers - 1)) == ended::resumed));
    BOOST_TEST((connect(std::to_string(http::remembered_peers)) == ended::in_full));
}

BOOST_AUTO_TEST_CASE(a_context_that_does_not_remember_shakes_hands_in_full) {
    client = client_that_trusts(ca);
    BOOST_TEST((connect("localhost") == ended::in_full));
    BOOST_TEST((connect("localhost") == ended::in_full));
}

BOOST_AUTO_TEST_SUITE_END()
