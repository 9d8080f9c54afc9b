# cmake -D FOLDER=… -D OUT=… -P embed.cmake: writes the page with its style and scripts as one C++ file.
file(READ ${FOLDER}/page.html page)
file(READ ${FOLDER}/page.css style)
set(script "")
foreach(part text charts page)
    file(READ ${FOLDER}/${part}.js text)
    string(APPEND script "${text}")
endforeach()
string(REPLACE "{{style}}" "${style}" page "${page}")
string(REPLACE "{{script}}" "${script}" page "${page}")
string(REPLACE "{{nonce}}" ")page\" << nonce << R\"page(" page "${page}")
string(REPLACE "{{token}}" ")page\" << token << R\"page(" page "${page}")
file(
    WRITE ${OUT}
    "// Generated from daemon/admin/page by embed.cmake.
#include \"daemon/admin/status_page.hpp\"

#include <sstream>

namespace kustodrop::daemon {

std::string status_page(std::string_view nonce, std::string_view token) {
    std::ostringstream out;
    out << R\"page(${page})page\";
    return out.str();
}

}  // namespace kustodrop::daemon
"
)
