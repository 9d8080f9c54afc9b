#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <string>

struct ssl_st;      // OpenSSL's SSL,
struct ssl_ctx_st;  // and SSL_CTX.

namespace kustodrop::http {

/// Of so many peers the last session is kept.
inline constexpr std::size_t remembered_peers = 64;

/// A peer is verified again this long after a full handshake: each resumed session brings another
/// one, and all of them rest on the certificate of the first (RFC 8446 §4.6.1).
inline constexpr duration longest_resumed = std::chrono::hours(1);

/// Has the context of a client keep each peer's last session, so that the next connection there is
/// resumed (RFC 8446 §2.2) for less work than a full handshake. The peer was verified by the rules
/// of this very context when its session began. Not for connections on several threads.
void remember_sessions(ssl_ctx_st* context);

/// Before the handshake, of a context that remembers: offers the last session with this peer, and
/// has the new one kept. `peer` names the host that the certificate must be for, and the port.
void resume_session(ssl_st* connection, const std::string& peer, time_point now);

/// After a failed handshake: the session that was offered is not offered again.
void forget_session(ssl_st* connection);

}  // namespace kustodrop::http
