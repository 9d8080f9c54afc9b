#pragma once

#include "base/time.hpp"

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kustodrop {

/// What the caller should do about a failure. Decided once, where the failure happened.
enum class remedy {
    retry,              // Transient: the same request may work later.
    reauthenticate,     // The credential was refused: fetch a new one, then retry.
    reroute,            // This storage account is unwell: use another one.
    refresh_resources,  // The SAS, container or queue is gone: fetch the resources, use another.
    upload_again,       // What was uploaded is of no use: upload from the first byte.
    reconfigure,        // The configuration or the rights are wrong: only a human can help.
    give_up,            // Permanent: the same request can never work.
};

std::string_view to_string(remedy);

/// A failed operation. Nothing in it is secret: it may be logged and journaled as it stands.
struct failure {
    std::string code;             // The service's word ("ServerBusy") or ours ("connect_refused").
    remedy next = remedy::retry;  // What the caller should do.
    std::string detail;           // One sentence for humans: host, operation, words, hint.
    std::optional<duration> retry_after = {};  // The server's wish, a floor for the next attempt.
    bool maybe_acted = false;     // The server may have done it although no answer says so.
    std::string request_id = {};  // The server's id of the request, for its support.
};

template <class T = void>
using result = boost::system::result<T, failure>;

// Lets result<T>::value() throw; found by argument-dependent lookup.
[[noreturn]] inline void
throw_exception_from_error(const failure& f, const boost::source_location&) {
    throw std::runtime_error(f.code + ": " + f.detail);
}

}  // namespace kustodrop
