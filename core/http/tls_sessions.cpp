#include "http/tls_sessions.hpp"

#include <openssl/ssl.h>

#include <map>
#include <memory>

namespace kustodrop::http {

namespace {

struct free_session {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using last_session = std::unique_ptr<SSL_SESSION, free_session>;

// Goes with its context, which every connection of it keeps alive. Entries stay where they are, for
// connections point to theirs.
struct session_store {
    std::map<std::string, last_session> of_peers;
};

void free_store(void*, void* store, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<session_store*>(store);
}

int place_in_context() {
    static const int place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_store);
    return place;
}

int place_in_connection() {
    static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return place;
}

last_session* entry_of(SSL* connection) {
    return static_cast<last_session*>(SSL_get_ex_data(connection, place_in_connection()));
}

// A copy is kept: of a connection that breaks off OpenSSL makes the session useless.
int keep(SSL* connection, SSL_SESSION* fresh) {
    auto* entry = entry_of(connection);
    if (entry && SSL_SESSION_is_resumable(fresh)) entry->reset(SSL_SESSION_dup(fresh));
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

void resume_session(SSL* connection, const std::string& peer) {
    auto* context = SSL_get_SSL_CTX(connection);
    auto* store = static_cast<session_store*>(SSL_CTX_get_ex_data(context, place_in_context()));
    if (!store) return;
    auto found = store->of_peers.find(peer);
    if (found == store->of_peers.end()) {
        if (store->of_peers.size() >= remembered_peers) return;
        found = store->of_peers.try_emplace(peer).first;
    }
    SSL_set_ex_data(connection, place_in_connection(), &found->second);
    if (found->second) SSL_set_session(connection, found->second.get());
}

void forget_session(SSL* connection) {
    if (auto* entry = entry_of(connection)) entry->reset();
}

}  // namespace kustodrop::http
