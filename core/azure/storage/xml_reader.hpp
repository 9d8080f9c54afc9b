#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::azure {

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
