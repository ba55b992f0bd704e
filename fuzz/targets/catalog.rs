#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| monitorctl::fuzzing::catalog(bytes));
