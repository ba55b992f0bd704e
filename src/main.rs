//! The program. What it does is in the library; what serves the whole process is here.

/// Items come from the store as maps of strings, so allocation is a good part of a run of many monitors.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    monitorctl::main()
}
