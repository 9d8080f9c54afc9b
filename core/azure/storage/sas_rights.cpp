#include "azure/storage/sas_rights.hpp"

#include "base/text.hpp"

namespace kustodrop::azure {

bool allows(const storage_place& place, char right) {
    auto rights = place.location.parameter("sp");
    return !rights || rights->find(right) != std::string::npos;
}

std::string key_of(const storage_place& place) { return place.account + "/" + place.name; }

// "si" names a policy of the account, which then says what the SAS does not.
std::string sas_description(const storage_place& place) {
    static constexpr std::size_t longest = 40;
    std::string out;
    for (std::string_view name : {"sv", "sp", "st", "se", "si"}) {
        auto value = place.location.parameter(name);
        if (!value) continue;
        if (!out.empty()) out += ' ';
        out.append(name).append("=").append(printable(value->substr(0, longest)));
    }
    return out.empty() ? "no SAS" : out;
}

}  // namespace kustodrop::azure
