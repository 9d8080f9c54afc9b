#pragma once

namespace kustodrop::simulation {

/// From now on nothing can be written into databases, as on a disk without room, or again
/// everything can. What lies there stays, and can be read.
void set_disk_full(bool is_full);

}  // namespace kustodrop::simulation
