#pragma once

#include "base/failure_code.hpp"
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
    refresh_resources,  // The SAS, container or queue is invalid: fetch the resources, use another.
    upload_again,       // What was uploaded is of no use: upload from the first byte.
    reconfigure,        // The configuration or the rights are wrong: only a human can help.
    give_up,            // Permanent: the same request can never work.
};

std::string_view to_string(remedy);

/// A failed operation. Nothing in it is secret: it may be logged and journaled as it stands.
struct failure {
    failure_code code = {};
    remedy next = remedy::retry;  // What the caller should do.
    std::string detail = {};      // What happened: host, operation, what the service says.
    std::optional<duration> retry_after = {};  // From the server: no attempt before that.
    bool maybe_acted = false;     // The server may have done it although no answer says so.
    std::string request_id = {};  // The server's id of the request, for its support.
    std::string hint = {};        // What a person can do about it; empty if nothing is known.

    /// The detail and, after a semicolon, the hint: what is logged, journaled and printed.
    std::string message() const;
};

/// "code: detail; hint".
std::string to_string(const failure&);

template <class T = void>
using result = boost::system::result<T, failure>;

// Lets result<T>::value() throw; found by argument-dependent lookup.
[[noreturn]] inline void
throw_exception_from_error(const failure& f, const boost::source_location&) {
    throw std::runtime_error(to_string(f));
}

}  // namespace kustodrop
