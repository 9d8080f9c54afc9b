#pragma once

#include "emulator/ingest/access/storage_access.hpp"
#include "emulator/storage/layout.hpp"

namespace kustodrop::emulator {

/// Gives the ingestor the address of every queue and table with a fresh SAS of full rights.
void renew_addresses(const layout& resources, storage_access& access);

}  // namespace kustodrop::emulator
