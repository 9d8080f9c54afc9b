// Answers of queues and storage errors; what is written as a message is read back the same.
#include "azure/storage/queue_xml.hpp"
#include "azure/storage/storage_error.hpp"
#include "azure/storage/xml_reader.hpp"
#include "fuzz/fuzz_target.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(queue_xml) {
    using kind = azure::xml_reader::kind;
    azure::xml_reader reader(input);
    int depth = 0;
    for (;;) {
        auto token = reader.next();
        if (token.type == kind::end) promise(depth == 0, "a document ends when all is closed");
        if (token.type == kind::end || token.type == kind::bad) break;
        if (token.type == kind::open) ++depth;
        if (token.type == kind::close) --depth;
        promise(depth >= 0 && depth <= 17, "depth is bounded");
    }
    if (auto messages = azure::parse_queue_messages(input)) {
        promise(messages->size() <= 32, "at most 32 messages");
        for (auto& one : *messages) promise(!one.id.empty(), "a message has an id");
    }
    http::response answer;
    answer.status = 403;
    answer.body = input;
    auto code = azure::storage_error_code(answer);
    promise(code.size() <= 64, "a code is short");
    promise(
        !azure::storage_failure(answer, "put blob").code.text().empty(), "a failure has a code"
    );
    auto text = azure::queue_message_xml(input);
    azure::xml_reader written(text);
    std::string back;
    for (auto token = written.next(); token.type != kind::end; token = written.next()) {
        if (token.type == kind::bad) return;  // Bytes that XML cannot hold; ours are base64.
        if (token.type == kind::text) back += token.value;
    }
    promise(back == input, "what is written is read back");
}
