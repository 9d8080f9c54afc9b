// Notifications of either kind; no signature survives in what is kept of them.
#include "fuzz/fuzz_target.hpp"
#include "kusto/notifications.hpp"
#include "kusto/redact.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(notification) {
    for (auto kind : {kusto::notification_kind::success, kusto::notification_kind::failure}) {
        auto word = kusto::parse_notification(kind, input);
        if (!word) continue;
        promise(word->source_id.size() == 36, "a word is about a source");
        promise(word->blob.find('?') == std::string::npos, "a blob without its query");
        promise(word->details.find('\n') == std::string::npos, "details are one line");
        promise(word->details.size() <= 4096 + 16, "details are bounded");
        auto step = kusto::judge(*word);
        bool good = step == kusto::next_step::settle_success;
        promise(good == word->success, "only a success is one");
        kusto::classify(word->code);
    }
    auto clean = kusto::redacted(input, 200);
    promise(clean.find('\n') == std::string::npos, "redacted words are one line");
    promise(clean.size() <= 200 + 16, "redacted words are bounded");
}
