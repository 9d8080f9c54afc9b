#include "http/client/tls_sessions.hpp"

#include <openssl/ssl.h>

#include <map>
#include <memory>

namespace kustodrop::http {

namespace {

struct free_session {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

struct last_session {
    std::unique_ptr<SSL_SESSION, free_session> session;
    time_point verified_at{};  // By a full handshake.
};

// What a connection knows of its peer's entry.
struct dialed {
    last_session* entry = nullptr;
    time_point at{};
};

// Goes with its context, which every connection of it keeps alive. Entries stay where they are, for
// connections point to theirs.
struct session_store {
    std::map<std::string, last_session> of_peers;
};

void free_dialed(void*, void* one, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<dialed*>(one);
}

void free_store(void*, void* store, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<session_store*>(store);
}

int place_in_context() {
    static const int place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_store);
    return place;
}

int place_in_connection() {
    static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_dialed);
    return place;
}

dialed* dialed_by(SSL* connection) {
    return static_cast<dialed*>(SSL_get_ex_data(connection, place_in_connection()));
}

// A copy is kept: of a connection that breaks off OpenSSL makes the session useless.
int keep(SSL* connection, SSL_SESSION* fresh) {
    auto* known = dialed_by(connection);
    if (!known || SSL_SESSION_is_resumable(fresh) != 1) return 0;
    if (SSL_session_reused(connection) != 1) known->entry->verified_at = known->at;
    known->entry->session.reset(SSL_SESSION_dup(fresh));
    return 0;
}

}  // namespace

void remember_sessions(SSL_CTX* context) {
    auto store = std::make_unique<session_store>();
    if (SSL_CTX_set_ex_data(context, place_in_context(), store.get()) != 1) return;
    store.release();
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep);
}

void resume_session(SSL* connection, const std::string& peer, time_point now) {
    auto* context = SSL_get_SSL_CTX(connection);
    auto* store = static_cast<session_store*>(SSL_CTX_get_ex_data(context, place_in_context()));
    if (!store) return;
    auto found = store->of_peers.find(peer);
    if (found == store->of_peers.end()) {
        if (store->of_peers.size() >= remembered_peers) return;
        found = store->of_peers.try_emplace(peer).first;
    }
    auto& entry = found->second;
    auto known = std::make_unique<dialed>(dialed{&entry, now});
    if (SSL_set_ex_data(connection, place_in_connection(), known.get()) != 1) return;
    known.release();
    if (now - entry.verified_at > longest_resumed) entry.session.reset();
    if (entry.session) SSL_set_session(connection, entry.session.get());
}

void forget_session(SSL* connection) {
    if (auto* known = dialed_by(connection)) known->entry->session.reset();
}

}  // namespace kustodrop::http
