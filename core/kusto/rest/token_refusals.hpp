#pragma once

#include "azure/identity/token_source.hpp"

#include <map>
#include <memory>
#include <string>

namespace kustodrop::kusto {

/// What an answer 401 is about: the token, or the place that was asked, such as a table for which
/// the principal has no rights. A place that has refused a token that was fetched for it is not
/// believed again as long as others accept the token: one table must not cost a cluster its token.
/// Pure.
class token_refusals {
public:
    using token = std::shared_ptr<const azure::access_token>;

    /// The place has answered a request with this token with something other than 401.
    void accepted(const std::string& place, const token& used) {
        refusing_.erase(place);
        accepted_ = used;
    }

    /// The place has answered 401: whether to give up the token.
    bool blames_token(const std::string& place, const token& used) {
        auto known = refusing_.find(place);
        if (known == refusing_.end() || accepted_.lock() != used) return true;
        // What others accepted may have been revoked since.
        return ++known->second % believed_again_after == 0;
    }

    /// Another token, or one that cannot be replaced yet, was refused there as well.
    void refused_another(const std::string& place) { refusing_.try_emplace(place, 0); }

private:
    static constexpr unsigned believed_again_after = 8;

    std::map<std::string, unsigned> refusing_;  // By place: how often since.
    std::weak_ptr<const azure::access_token> accepted_;
};

}  // namespace kustodrop::kusto
