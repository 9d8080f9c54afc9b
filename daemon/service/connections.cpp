#include "daemon/service/connections.hpp"

#include "config/clusters.hpp"

#include <utility>

namespace kustodrop::daemon {

static surroundings with_name(
    const surroundings& given, const std::string& name, logger& log, metrics& measured
) {
    if (name.empty()) return given;
    return {given.executor, given.time, given.random, log, measured, given.network, given.threads};
}

connections::link::link(
    const surroundings& given,
    std::string cluster,
    const config::settings& settings,
    const config::environment& environment
)
    : name(std::move(cluster)),
      labelled(given.measured, {"cluster", name}),
      log(given.log, "cluster", name),
      around(with_name(given, name, log, labelled)),
      service(around, config::settings_at(settings, name), environment) {}

connections::connections(
    const surroundings& around,
    const config::settings& settings,
    const config::environment& environment
) {
    auto names = config::cluster_names(settings);
    for (auto& name : names) {
        auto& made =
            *all_.emplace_back(std::make_unique<link>(around, name, settings, environment));
        auto& first = all_.front()->service;
        if (made.service.network && &made.service != &first) {
            made.service.network->share_blob_rates(*first.network);
        }
    }
}

void connections::change(const config::settings& settings) {
    for (auto& one : all_) one->service.change(config::settings_at(settings, one->name));
}

void connections::start(task_group& tasks) {
    for (auto& one : all_) one->service.start(tasks);
}

connection& connections::find(std::string_view name) {
    for (auto& one : all_) {
        if (one->name == name) return one->service;
    }
    return all_.front()->service;
}

std::vector<pipeline::service_parts> connections::parts() {
    std::vector<pipeline::service_parts> out;
    for (auto& one : all_) {
        auto& part = out.emplace_back(service_parts_of(one->service));
        part.cluster = one->name;
        part.log = &one->around.log;
        part.measured = &one->around.measured;
    }
    return out;
}

std::string connections::endpoints() {
    std::string out;
    for (auto& one : all_) {
        out += (out.empty() ? "" : ", ") + one->service.endpoint().redacted();
    }
    return out;
}

pipeline::service_parts service_parts_of(connection& service) {
    pipeline::service_parts out{
        service.router,
        service.identity_token,
        service.blobs,
        service.queues,
        service.tables,
        {&service.rest, &service.transports},
        &service.streaming};
    out.unusable = [&service] { return service.unusable(); };
    return out;
}

}  // namespace kustodrop::daemon
