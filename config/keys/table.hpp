#pragma once

#include "config/keys/key.hpp"
#include "config/settings.hpp"

/// The table of keys: the reader, the comparison of a reload, the example file, the manual page,
/// the JSON Schema and the test of every key are made from it. A new key is a new row.
namespace kustodrop::config {

/// The keys of the file's root, in the order of the example.
const std::vector<key<settings>>& root_keys();

/// The keys of one watch.
const std::vector<key<watch_options>>& watch_keys();

/// Reads all of them.
void read_root(section& root, settings& out);

/// All of them without their values; those of a watch below `watches`.
std::vector<documented_key> documented_keys();

// One function a section; the file of each is called as its part of the program.
key<settings> cluster_section();
key<settings> auth_section();
key<settings> clusters_map();
key<settings> upload_section();
key<settings> notifications_section();
key<settings> fleet_section();
key<settings> retention_section();
key<settings> network_section();
key<settings> drain_section();
key<settings> admin_section();
key<settings> log_section();

}  // namespace kustodrop::config
