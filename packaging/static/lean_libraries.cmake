# Libraries written in C without what unwinds their frames: nothing of ours throws through them, and
# it would be a twentieth of the static file.
function(kustodrop_lean target)
    get_target_property(archive ${target} IMPORTED_LOCATION)
    get_filename_component(name ${archive} NAME)
    set(lean ${CMAKE_BINARY_DIR}/lean/${name})
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lean)
    execute_process(
        COMMAND ${CMAKE_OBJCOPY} --enable-deterministic-archives
                --remove-section=.eh_frame --remove-section=.rela.eh_frame ${archive} ${lean}
        COMMAND_ERROR_IS_FATAL ANY
    )
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${lean})
endfunction()

foreach(target OpenSSL::Crypto OpenSSL::SSL SQLite::SQLite3)
    kustodrop_lean(${target})
endforeach()
