// Notifications of either kind; no signature survives in what is kept of them.
#include "fuzz/fuzz_target.hpp"
#include "kusto/notifications.hpp"
#include "kusto/redact.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(notification) {
    for (auto kind : {kusto::notification_kind::success, kusto::notification_kind::failure}) {
        auto parsed = kusto::parse_notification(kind, input);
        if (!parsed) continue;
        promise(parsed->source_id.size() == 36, "a notification names its source");
        promise(parsed->blob.find('?') == std::string::npos, "a blob without its query");
        promise(parsed->details.find('\n') == std::string::npos, "details are one line");
        promise(parsed->details.size() <= 4096 + 16, "details are bounded");
        auto step = kusto::judge(*parsed);
        bool good = step == kusto::next_step::settle_success;
        promise(good == parsed->success, "only a success is one");
        kusto::classify(parsed->code);
    }
    auto clean = kusto::redacted(input, 200);
    promise(clean.find('\n') == std::string::npos, "redacted text is one line");
    promise(clean.size() <= 200 + 16, "redacted text is bounded");
}
