exec ../../debug/interop
