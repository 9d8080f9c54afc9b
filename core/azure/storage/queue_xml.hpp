#pragma once

#include "azure/storage/queue.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::azure {

/// The messages of a QueueMessagesList (docs/protocol.md §6.2). Failure "bad_answer" if it is none.
result<std::vector<queue_message>> parse_queue_messages(std::string_view xml);

/// The body of Put Message.
std::string queue_message_xml(std::string_view text);

/// One step through a document: small, flat XML as Azure Storage writes it. Elements, text, CDATA,
/// the five named entities and character references; attributes are skipped. A DTD, a processing
/// instruction other than the declaration, a depth above 16 or bad nesting end the reading.
class xml_reader {
public:
    enum class kind { open, text, close, end, bad };
    struct token {
        kind type = kind::end;
        std::string value = {};  // The element's name, or the text with entities decoded.
    };

    explicit xml_reader(std::string_view document);
    token next();

private:
    token fail();
    token read_markup();
    token read_open();
    token read_close();
    token read_text();
    bool skip_asides();
    bool skip_past(std::string_view mark);

    std::string_view rest_;
    std::vector<std::string> open_;
    std::string self_closed_;  // Owed a close.
    bool bad_ = false;
};

}  // namespace kustodrop::azure
