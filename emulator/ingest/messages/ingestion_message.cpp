#include "emulator/ingest/messages/ingestion_message.hpp"

namespace kustodrop::emulator {

std::string ingestion_message::source_path() const {
    if (blob.host().empty()) return {};
    return blob.place();
}

}  // namespace kustodrop::emulator
