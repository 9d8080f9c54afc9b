#pragma once

#include <string>
#include <string_view>

namespace kustodrop::spool {

/// Whose log it is, as its path says; what it does not say is empty.
struct log_origin {
    std::string namespace_name;
    std::string pod;
    std::string pod_uid;
    std::string container;
    std::string restart;  // How often the container was started before.
};

/// Reads the path of a log as kubelet makes it, …/NAMESPACE_POD_UID/CONTAINER/RESTART.log with
/// whatever a rotation adds, or as docker does, …/ID/ID-json.log: then the container is the id.
log_origin origin_of(std::string_view path);

}  // namespace kustodrop::spool
