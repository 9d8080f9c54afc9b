#pragma once

#include "base/result.hpp"
#include "config/environment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// A string value after its references were replaced.
struct interpolation {
    std::string text;         // May be secret.
    bool refers = false;      // Something came from outside: the text must not be printed.
    bool is_literal = false;  // Something stands in the file itself, a default included.
    bool can_reread = false;  // All of it is one ${file:…} or one ${cred:…}.
    std::vector<std::string> variables = {};  // Whose values are in it.
};

/// What a value is for: the files of secrets must be private.
enum class sensitivity { plain, secret };

/// Replaces ${env:NAME}, ${env:NAME:-default}, ${file:/path}, ${cred:name}, ${host} and $$, once:
/// what comes in is not looked at again. As in a shell, the default also stands in for an empty
/// variable. The failure's detail is a sentence that holds no value; its code is errc::unreadable
/// where it is only this machine that lacks the value.
result<interpolation> interpolate(
    std::string_view text, const environment&, sensitivity = sensitivity::plain
);

/// Reports to the environment which of its variables held this secret.
void conceal(const interpolation& found, const environment&);

}  // namespace kustodrop::config
