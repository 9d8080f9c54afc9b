#pragma once

#include "emulator/front/gateway.hpp"
#include "emulator/storage/blobs/blob_service.hpp"
#include "emulator/storage/queue_service.hpp"
#include "emulator/storage/table_service.hpp"
#include "http/url.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace kustodrop::emulator::test {

/// A folder for the life of a test.
struct folder {
    std::filesystem::path path;

    folder() {
        static int count = 0;
        path = std::filesystem::temp_directory_path() /
               ("kustodrop-emulator-test-" + std::to_string(::getpid()) + "-" +
                std::to_string(++count));
        std::filesystem::create_directories(path);
    }
    ~folder() { std::filesystem::remove_all(path); }
    folder(const folder&) = delete;
};

inline std::string header(const http::reply& reply, std::string_view name) {
    return std::string(reply.answer.headers.find(name).value_or(""));
}

/// The inside of the first <name>…</name>.
inline std::string element(std::string_view xml, const std::string& name) {
    auto from = xml.find("<" + name + ">");
    auto to = xml.find("</" + name + ">");
    if (from == std::string_view::npos || to == std::string_view::npos) return "(none)";
    from += name.size() + 2;
    return std::string(xml.substr(from, to - from));
}

inline std::string body_of(const http::reply& reply) {
    if (!reply.file) return reply.answer.body;
    std::ifstream file(reply.file->path, std::ios::binary);
    std::string all(std::istreambuf_iterator<char>(file), {});
    return all.substr(reply.file->offset, reply.file->length);
}

/// The storage services without sockets, on a clock that the test turns.
struct storage : kustodrop::test::world {
    folder home;
    random_generator random{1};
    worker_pool pool{0};
    storage_database database{home.path / "storage"};
    blob_files files{home.path / "blobs"};
    layout places{clock, database, {}};
    queue_store queues{clock, random, database};
    gateway door{clock, random};
    blob_service blob{{clock, random, pool, places, database, files}};
    queue_service queue{clock, places, queues, database};
    table_service table{clock, places, database};

    storage() {
        places.set_endpoints({"http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"});
        door.set_internal_value("the ingestor");
    }

    /// The first resource of that type with a SAS of these rights.
    http::url address(std::string_view type, std::string rights) {
        for (auto& one : places.resources()) {
            if (one.type == type) return places.address(one, std::move(rights), 1h);
        }
        BOOST_FAIL("no resource of type " << type);
        return {};
    }

    auto send(
        service& to,
        http::verb method,
        const http::url& target,
        std::string body,
        http::headers headers
    ) {
        http::incoming request;
        request.method = method;
        request.target = target.target();
        request.headers = std::move(headers);
        request.body = std::move(body);
        request.peer = "127.0.0.1";
        return start(door.handle(to, exchange(std::move(request))));
    }

    /// Sends it through the gateway; fails the test if the answer does not come at once.
    http::reply ask(service& to, http::verb method, const http::url& target) {
        return ask(to, method, target, "", {});
    }
    http::reply ask(
        service& to,
        http::verb method,
        const http::url& target,
        std::string body,
        http::headers headers
    ) {
        auto sent = send(to, method, target, std::move(body), std::move(headers));
        BOOST_REQUIRE(sent->value.has_value());
        return *sent->value;
    }
};

}  // namespace kustodrop::emulator::test
