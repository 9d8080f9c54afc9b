// URLs and resource URIs: what was read is written the same, and a query is never printed.
#include "azure/storage/storage_place.hpp"
#include "fuzz/fuzz_target.hpp"
#include "http/url.hpp"
#include "kusto/cloud.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(url) {
    auto read = http::url::parse(input);
    auto place = azure::parse_storage_place(input, wall_time{});
    if (!read) return promise(!place, "only a URL is a place");
    promise(!read->host().empty(), "a URL has a host");
    promise(read->port() != 0, "a URL has a port");
    promise(read->path().starts_with('/'), "a path begins with a slash");
    promise(http::url::parse(read->reveal()) == read, "a URL is read back the same");
    promise(read->redacted().find('?') == std::string::npos || !read->query().empty(), "no ?");
    if (read->query().size() > 4) {
        auto own = read->without_query().reveal() + "?";
        bool elsewhere = own.find(read->query()) != std::string::npos;
        promise(elsewhere || read->redacted().find(read->query()) == std::string::npos, "secret");
    }
    read->parameter("sig");
    auto longer = read->with_parameters("comp=block").with_path_suffix("a");
    promise(longer.origin() == read->origin(), "the origin stays");
    kusto::check_endpoint(*read, {});
    if (!place) return promise(!place.error().detail.empty(), "a failure says why");
    promise(!place->account.empty() && !place->name.empty(), "a place has a name");
    promise(place->reserve >= duration::zero(), "a reserve is not negative");
    place->usable_at(wall_time{});
}
