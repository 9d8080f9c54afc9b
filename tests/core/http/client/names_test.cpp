#include "names.hpp"

#include <chrono>
#include <condition_variable>
#include <dlfcn.h>
#include <map>
#include <mutex>
#include <netdb.h>
#include <string_view>

static std::mutex guard;
static std::condition_variable released;
static int stalling = 0;

kustodrop::test::stalled_names::stalled_names() {
    std::lock_guard lock(guard);
    ++stalling;
}

kustodrop::test::stalled_names::~stalled_names() {
    std::lock_guard lock(guard);
    --stalling;
    released.notify_all();
}

// What the library under test calls: the program's own symbol comes before the C library's.
extern "C" int getaddrinfo(
    const char* node, const char* service, const addrinfo* hints, addrinfo** out
) {
    static const std::map<std::string_view, const char*> known{
        {"inside.test", "127.0.0.1"},
        {"inside6.test", "::1"},
        {"sometimes.test", "127.0.0.1"},
        {"late.test", "127.0.0.7"},
        {"metadata.test", "169.254.169.254"}};
    auto name = std::string_view(node ? node : "");
    if (name == "stalled.test") {
        std::unique_lock lock(guard);
        released.wait(lock, [] { return stalling == 0; });
        return EAI_AGAIN;
    }
    if (name == "sometimes.test") {
        std::unique_lock lock(guard);
        released.wait(lock, [] { return stalling == 0; });
    }
    if (name == "late.test") {
        std::unique_lock lock(guard);
        released.wait_for(lock, std::chrono::milliseconds(350), [] { return false; });
    }
    auto found = known.find(name);
    auto* real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(found == known.end() ? node : found->second, service, hints, out);
}
