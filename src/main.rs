//! The binary: one line around the library.

fn main() -> std::process::ExitCode {
    monitorctl::main()
}
