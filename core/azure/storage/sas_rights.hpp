#pragma once

#include "azure/storage/storage_place.hpp"

#include <string>

namespace kustodrop::azure {

/// Whether the SAS of a place lets do this: `right` is a letter of its "sp". True where it has
/// none, as when a policy of the account says what is allowed.
bool allows(const storage_place& place, char right);

/// "account/name": a name alone may stand in several accounts.
std::string key_of(const storage_place& place);

/// "sv=2021-08-06 sp=rw st=… se=…": what the SAS says of itself, without its signature.
std::string sas_description(const storage_place& place);

}  // namespace kustodrop::azure
