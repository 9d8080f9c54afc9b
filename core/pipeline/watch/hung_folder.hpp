#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <set>
#include <string>

namespace kustodrop::pipeline {

/// The failure of what waits for a folder that does not answer.
inline failure folder_hangs() {
    return {
        .code = errc::timeout,
        .next = remedy::retry,
        .detail = "the watched folder does not answer: what was asked of it does not return",
        .hint =
            "look at its mount and the server of that (df on the folder hangs as well); its "
            "files wait, and go on by themselves when it answers"};
}

/// What is asked of a folder when it is opened is answered soon. What is asked of an open one may
/// take its time, for it may be a large one.
enum class folder_question { whether_it_is_there, what_is_in_it };

/// Pure. Whether a folder does not answer what was asked so long ago.
inline bool hangs(folder_question asked, duration ago) {
    return ago >= (asked == folder_question::whether_it_is_there ? duration(5s) : duration(1min));
}

/// Says in the log, once each, which folders do not answer and which do so again.
class hung_folders {
public:
    void note(const std::string& watch, bool hangs, logger& log) {
        bool is_news = hangs ? said_.insert(watch).second : said_.erase(watch) > 0;
        if (!is_news) return;
        if (hangs) {
            log.warning(folder_hangs().message(), {{"watch", watch}});
        } else {
            log.info("the watched folder answers again", {{"watch", watch}});
        }
    }

private:
    std::set<std::string> said_;
};

}  // namespace kustodrop::pipeline
